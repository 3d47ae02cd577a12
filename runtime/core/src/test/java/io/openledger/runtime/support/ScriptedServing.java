package io.openledger.runtime.support;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingStatus;
import io.openledger.api.spi.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model that says again what it is asked, word by word. A folder with a file {@code broken}
 * cannot be loaded; {@code wordsOf} of the test decides what happens before each answer.
 */
public final class ScriptedServing implements ServingEngineFactory {

  private static final Distribution NONE = Distribution.empty();

  private volatile Consumer<String> before = prompt -> {};
  private volatile @Nullable OpenLedgerException refusal;
  private volatile String tokenizer = "words";

  /** What happens before each answer. */
  public void beforeAnswer(Consumer<String> action) {
    before = action;
  }

  /** Makes opening fail. */
  public void refuse(OpenLedgerException with) {
    refusal = with;
  }

  public void tokenizer(String name) {
    tokenizer = name;
  }

  @Override
  public ServingEngine open(Settings settings, Executor executor) {
    OpenLedgerException refused = refusal;
    if (refused != null) {
      throw refused;
    }
    return new Engine(settings.base(), tokenizer);
  }

  private final class Engine implements ServingEngine {
    private final ModelInfo base;
    private final WordTokenizer words;
    private final Map<ModelId, ModelInfo> adapters = new ConcurrentSkipListMap<>();

    Engine(ModelId base, String tokenizer) {
      this.words = new WordTokenizer(tokenizer);
      this.base =
          new ModelInfo(base, Optional.empty(), "script", Hash256.sha256("base"), 4096, true);
    }

    @Override
    public ModelInfo base() {
      return base;
    }

    @Override
    public List<ModelInfo> adapters() {
      return new ArrayList<>(adapters.values());
    }

    @Override
    public TextTokenizer tokenizer() {
      return words;
    }

    @Override
    public ModelInfo register(ModelId adapter, Path folder, AdapterAccess access) {
      if (Files.exists(folder.resolve("broken"))) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_BROKEN, "a torn adapter " + adapter, "a whole one", "send it again");
      }
      ModelInfo info =
          new ModelInfo(
              adapter,
              Optional.of(base.id()),
              "script",
              Hash256.sha256(adapter.value()),
              4096,
              true);
      adapters.put(adapter, info);
      return info;
    }

    @Override
    public ModelInfo replace(ModelId adapter, Path folder) {
      return register(adapter, folder);
    }

    @Override
    public void grant(ModelId adapter, AdapterAccess access) {}

    @Override
    public void load(ModelId adapter) {}

    @Override
    public boolean unload(ModelId adapter) {
      return true;
    }

    @Override
    public void pin(ModelId adapter, boolean pinned) {}

    @Override
    public List<AdapterResidency> residency() {
      return List.of();
    }

    @Override
    public boolean unregister(ModelId adapter) {
      return adapters.remove(adapter) != null;
    }

    @Override
    public String renderChat(List<ChatMessage> messages) {
      return messages.get(messages.size() - 1).content();
    }

    @Override
    public Generation generate(Request request, Listener listener) {
      before.accept(request.prompt());
      StringBuilder text = new StringBuilder();
      int count = 0;
      FinishReason reason = FinishReason.STOP;
      for (String word : request.prompt().split("(?<= )", -1)) {
        if (count == request.options().maxTokens()) {
          reason = FinishReason.LENGTH;
          break;
        }
        if (listener.cancelled()) {
          reason = FinishReason.CANCELLED;
          break;
        }
        text.append(word);
        count++;
        if (!listener.onText(word)) {
          reason = FinishReason.CANCELLED;
          break;
        }
      }
      int read = words.encode(request.prompt()).length();
      return new Generation(
          text.toString(), reason, new Usage(read, count), Duration.ZERO, Duration.ZERO);
    }

    @Override
    public ServingStatus status() {
      return new ServingStatus(
          0,
          0,
          true,
          new ServingStatus.Requests(0, 0, 0, 0, 0, 0, 0, 0),
          new ServingStatus.Times(NONE, NONE, NONE, NONE, NONE),
          new ServingStatus.Batches(NONE, NONE),
          new ServingStatus.Adapters(adapters.size(), 0, 0, 0, 0, 0, 0, 0),
          new ServingStatus.Memory(0, 0, 0, 0, 0));
    }

    @Override
    public void close() {}
  }
}
