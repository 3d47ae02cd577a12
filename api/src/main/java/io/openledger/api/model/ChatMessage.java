package io.openledger.api.model;

import java.util.Locale;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param content what is said
 */
public record ChatMessage(Role role, String content) {

  /** Who speaks. */
  public enum Role {
    /** Standing instructions. */
    SYSTEM,
    /** The person. */
    USER,
    /** The model. */
    ASSISTANT;

    /** As chat templates spell it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the person says. */
  public static ChatMessage user(String content) {
    return new ChatMessage(Role.USER, content);
  }

  /** Standing instructions. */
  public static ChatMessage system(String content) {
    return new ChatMessage(Role.SYSTEM, content);
  }

  /** What the model said. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(Role.ASSISTANT, content);
  }
}
