package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.util.List;

/**
 * What a model is asked: a text to continue, or a conversation to answer; and how.
 *
 * @param content the text or the conversation
 * @param options how tokens are chosen
 * @param handling when its turn comes, and whether the prompt is scored
 */
public record Prompt(Content content, GenerationOptions options, Handling handling) {

  public Prompt {
    if (handling.echo() && options.logProbabilities().isEmpty()) {
      throw OpenLedgerException.invalid("echo", "without log-probabilities", "echo with them");
    }
  }

  /** Handled as usual. */
  public Prompt(Content content, GenerationOptions options) {
    this(content, options, Handling.USUAL);
  }

  /** A text or a conversation. */
  public sealed interface Content permits Text, Chat {}

  /**
   * A text that the model continues as it stands.
   *
   * @param text not empty, at most 1 000 000 characters
   */
  public record Text(String text) implements Content {
    public Text {
      if (text.isEmpty() || text.length() > 1_000_000) {
        throw OpenLedgerException.invalid(
            "prompt", text.length() + " characters", "1 to 1000000 characters");
      }
    }
  }

  /**
   * A conversation that the checkpoint's chat template turns into text.
   *
   * @param messages 1 to 1000, together at most 1 000 000 characters
   */
  public record Chat(List<ChatMessage> messages) implements Content {
    public Chat {
      messages = List.copyOf(messages);
      if (messages.isEmpty() || messages.size() > 1000) {
        throw OpenLedgerException.invalid("messages", messages.size(), "1 to 1000");
      }
      long characters = messages.stream().mapToLong(m -> m.content().length()).sum();
      if (characters > 1_000_000) {
        throw OpenLedgerException.invalid(
            "conversation", characters + " characters", "at most 1000000 characters");
      }
    }
  }

  /** A text, continued greedily by 256 tokens at most. */
  public static Prompt text(String text) {
    return new Prompt(new Text(text), GenerationOptions.greedy(256));
  }

  /** A conversation, answered greedily with 256 tokens at most. */
  public static Prompt chat(List<ChatMessage> messages) {
    return new Prompt(new Chat(messages), GenerationOptions.greedy(256));
  }

  /** The same content with other options. */
  public Prompt with(GenerationOptions other) {
    return new Prompt(content, other, handling);
  }

  /** The same content, handled otherwise. */
  public Prompt with(Handling other) {
    return new Prompt(content, options, other);
  }
}
