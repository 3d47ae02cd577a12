package io.openledger.runtime.support;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.TokenScore;
import io.openledger.api.model.Usage;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingStatus;
import io.openledger.api.spi.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model that says again what it is asked, word by word, with slots, tiers, access and counts as
 * an engine has them. A folder with a file {@code broken} cannot be loaded; the test decides what
 * happens before each answer. A word's log-probability is minus its place, from 1.
 */
public final class ScriptedServing implements ServingEngineFactory {

  private static final Distribution NONE = Distribution.empty();

  /** What was asked, in order. */
  public final List<ServingEngine.Request> requests = new CopyOnWriteArrayList<>();

  /** How often it was asked where all adapters are. */
  public final AtomicInteger residencies = new AtomicInteger();

  private volatile Consumer<String> before = prompt -> {};
  private volatile Runnable beforeUnregister = () -> {};
  private volatile Consumer<String> checking = prompt -> {};
  private volatile boolean atOnce;
  private volatile @Nullable OpenLedgerException refusal;
  private volatile String tokenizer = "words";

  /** What happens before each answer. */
  public void beforeAnswer(Consumer<String> action) {
    before = action;
  }

  /** What happens before an adapter is taken away. */
  public void beforeUnregister(Runnable action) {
    beforeUnregister = action;
  }

  /** What is looked at before an answer is begun. */
  public void checks(Consumer<String> action) {
    checking = action;
  }

  /** Every answer is cancelled by the engine itself, before its first token. */
  public void endsAtOnce(boolean ends) {
    atOnce = ends;
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
    return new Engine(settings, tokenizer);
  }

  /** An adapter; guarded by its engine. */
  private static final class Adapter {
    ModelInfo info;
    AdapterAccess access;
    long version = 1;
    AdapterResidency.Tier tier = AdapterResidency.Tier.DISK;
    boolean pinned;
    int running;
    long used;

    Adapter(ModelInfo info, AdapterAccess access) {
      this.info = info;
      this.access = access;
    }

    AdapterResidency residency() {
      return new AdapterResidency(info, version, access, tier, pinned, running, 8, 1024);
    }
  }

  private final class Engine implements ServingEngine {
    private final ModelInfo base;
    private final int slots;
    private final WordTokenizer words;
    private final Map<ModelId, Adapter> adapters = new TreeMap<>();
    private final long[] counts = new long[8];
    private long clock;
    private int running;

    Engine(Settings settings, String tokenizer) {
      this.words = new WordTokenizer(tokenizer);
      this.slots = settings.limits().slots();
      this.base =
          new ModelInfo(
              settings.base(), Optional.empty(), "script", Hash256.sha256("base"), 4096, true);
    }

    @Override
    public ModelInfo base() {
      return base;
    }

    @Override
    public synchronized List<ModelInfo> adapters() {
      return adapters.values().stream().map(a -> a.info).toList();
    }

    @Override
    public TextTokenizer tokenizer() {
      return words;
    }

    private ModelInfo read(ModelId adapter, Path folder) {
      if (!Files.isDirectory(folder) || Files.exists(folder.resolve("broken"))) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_BROKEN, "a torn adapter " + adapter, "a whole one", "send it again");
      }
      Path weights = folder.resolve("adapter_model.safetensors");
      try {
        Hash256 digest =
            Files.exists(weights)
                ? Hash256.sha256(Files.readAllBytes(weights))
                : Hash256.sha256(adapter.value());
        return new ModelInfo(adapter, Optional.of(base.id()), "script", digest, 4096, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public synchronized ModelInfo register(ModelId adapter, Path folder, AdapterAccess access) {
      ModelInfo info = read(adapter, folder);
      if (adapters.putIfAbsent(adapter, new Adapter(info, access)) != null) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_EXISTS, "a second " + adapter, "one", "choose another name");
      }
      return info;
    }

    private Adapter require(ModelId adapter) {
      Adapter known = adapters.get(adapter);
      if (known == null) {
        throw new OpenLedgerException(
            ErrorCode.MODEL_UNKNOWN, "no adapter " + adapter, "one that is", "list them");
      }
      return known;
    }

    @Override
    public synchronized ModelInfo replace(ModelId adapter, Path folder) {
      Adapter known = require(adapter);
      known.info = read(adapter, folder);
      known.version++;
      known.tier = known.pinned ? AdapterResidency.Tier.SLOT : AdapterResidency.Tier.DISK;
      return known.info;
    }

    @Override
    public synchronized void grant(ModelId adapter, AdapterAccess access) {
      require(adapter).access = access;
    }

    @Override
    public synchronized boolean unregister(ModelId adapter) {
      beforeUnregister.run();
      return adapters.remove(adapter) != null;
    }

    private long resident() {
      return adapters.values().stream().filter(a -> a.tier == AdapterResidency.Tier.SLOT).count();
    }

    @Override
    public synchronized void load(ModelId adapter) {
      Adapter known = require(adapter);
      known.used = ++clock;
      if (known.tier == AdapterResidency.Tier.SLOT) {
        counts[4]++;
        return;
      }
      counts[5]++;
      if (resident() == slots) {
        Adapter oldest =
            adapters.values().stream()
                .filter(a -> a.tier == AdapterResidency.Tier.SLOT && !a.pinned && a.running == 0)
                .min(Comparator.comparingLong(a -> a.used))
                .orElseThrow(
                    () ->
                        new OpenLedgerException(
                            ErrorCode.BUSY, "no slot", slots + " slots", "call again later"));
        oldest.tier = AdapterResidency.Tier.HOST;
        counts[7]++;
      }
      known.tier = AdapterResidency.Tier.SLOT;
    }

    @Override
    public synchronized boolean unload(ModelId adapter) {
      Adapter known = require(adapter);
      if (known.pinned || known.running > 0) {
        return false;
      }
      known.tier = AdapterResidency.Tier.DISK;
      return true;
    }

    @Override
    public synchronized void pin(ModelId adapter, boolean pinned) {
      Adapter known = require(adapter);
      long others = adapters.values().stream().filter(a -> a.pinned && a != known).count();
      if (pinned && others + 1 >= slots) {
        throw new OpenLedgerException(
            ErrorCode.BUSY, "the last slot", "a slot that is not pinned", "unpin another");
      }
      if (pinned) {
        load(adapter);
      }
      known.pinned = pinned;
    }

    @Override
    public synchronized Optional<AdapterResidency> residency(ModelId adapter) {
      return Optional.ofNullable(adapters.get(adapter)).map(Adapter::residency);
    }

    @Override
    public synchronized List<AdapterResidency> residency() {
      residencies.incrementAndGet();
      return adapters.values().stream().map(Adapter::residency).toList();
    }

    @Override
    public String renderChat(List<ChatMessage> messages) {
      return messages.get(messages.size() - 1).content();
    }

    private synchronized void begin(Request request) {
      for (WeightedAdapter asked : request.adapters()) {
        if (!require(asked.id()).access.permits(request.scheduling().tenant())) {
          throw new OpenLedgerException(
              ErrorCode.MODEL_UNKNOWN, "no adapter " + asked.id(), "one that is", "list them");
        }
      }
      for (WeightedAdapter asked : request.adapters()) {
        load(asked.id());
        require(asked.id()).running++;
      }
      running++;
    }

    private synchronized void end(Request request) {
      request.adapters().stream()
          .map(a -> adapters.get(a.id()))
          .filter(a -> a != null)
          .forEach(a -> a.running--);
      running--;
    }

    @Override
    public void check(Request request) {
      checking.accept(request.prompt());
    }

    @Override
    public Generation generate(Request request, Listener listener) {
      check(request);
      requests.add(request);
      begin(request);
      try {
        before.accept(request.prompt());
        return say(request, listener);
      } finally {
        end(request);
      }
    }

    private TokenScore score(String word, int place, int alternatives) {
      List<Byte> bytes = new ArrayList<>();
      for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
        bytes.add(b);
      }
      List<TokenScore.Alternative> likeliest = new ArrayList<>();
      for (int i = 0; i < alternatives; i++) {
        String other = i == 0 ? word : word + i;
        likeliest.add(
            new TokenScore.Alternative(
                place + i, other, i == 0 ? bytes : List.of((byte) 'x'), -place - i));
      }
      return new TokenScore(place, word, bytes, -place, likeliest);
    }

    private Generation say(Request request, Listener listener) {
      StringBuilder text = new StringBuilder();
      List<TokenScore> scores = new ArrayList<>();
      OptionalInt scored = request.options().logProbabilities();
      int count = 0;
      FinishReason reason = FinishReason.STOP;
      String[] said = request.prompt().split("(?<= )", -1);
      for (String word : said) {
        if (count == request.options().maxTokens()) {
          reason = FinishReason.LENGTH;
          break;
        }
        if (atOnce || listener.cancelled()) {
          reason = FinishReason.CANCELLED;
          break;
        }
        text.append(word);
        count++;
        if (scored.isPresent()) {
          TokenScore score = score(word, count, scored.getAsInt());
          scores.add(score);
          listener.onScore(score);
        }
        if (!listener.onText(word)) {
          reason = FinishReason.CANCELLED;
          break;
        }
      }
      List<TokenScore> prompt = new ArrayList<>();
      for (int i = 0; request.echo() && i < said.length; i++) {
        TokenScore score = score(said[i], i, scored.orElse(0));
        // nothing comes before the first token
        prompt.add(i > 0 ? score : new TokenScore(0, score.text(), score.bytes(), 0, List.of()));
      }
      int read = words.encode(request.prompt()).length();
      synchronized (this) {
        counts[reason == FinishReason.CANCELLED ? 1 : 0]++;
        counts[2] += read;
        counts[3] += count;
      }
      return new Generation(
          text.toString(),
          reason,
          new Usage(read, count),
          Duration.ZERO,
          Duration.ZERO,
          prompt,
          scores);
    }

    @Override
    public synchronized ServingStatus status() {
      int host =
          (int)
              adapters.values().stream().filter(a -> a.tier == AdapterResidency.Tier.HOST).count();
      int pinned = (int) adapters.values().stream().filter(a -> a.pinned).count();
      return new ServingStatus(
          running,
          0,
          true,
          new ServingStatus.Requests(counts[0], counts[1], 0, 0, 0, counts[2], 0, counts[3]),
          new ServingStatus.Times(NONE, NONE, NONE, NONE, NONE),
          new ServingStatus.Batches(NONE, NONE),
          new ServingStatus.Adapters(
              adapters.size(),
              host,
              (int) resident(),
              pinned,
              counts[4],
              counts[5],
              host,
              counts[7]),
          new ServingStatus.Memory(0, 0, 0, resident() * 1024, host * 1024L));
    }

    @Override
    public void close() {}
  }
}
