package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.runtime.datanet.CorpusRows.Member;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What datanets' contributions were at a version, committed to so that spans can be proved. Made
 * from the store, which is the truth, when asked for: not with each contribution, because it costs
 * tokenizing and some µs of hashing for <em>every</em> token of the datanet.
 *
 * <p>Recorded when first made; from then on a store that gives another root is told. Kept, the last
 * used longest, up to so many tokens together; what a retraction made impossible is dropped when
 * that has committed. One is made at a time, on the thread that asks. Safe for any thread.
 *
 * <p>Commits to every contribution that was accepted, as the datanet's tree does and with its
 * leaves, those that were retracted or may not be attributed with no tokens.
 *
 * <p>Longer than 250 lines because half of them say what is refused, why, and what to do.
 */
public final class Corpora {

  private static final String DOING = "committing to a datanet";
  private static final int WAIT_SECONDS = 10;

  private record Version(DatanetId datanet, long number) {}

  private final Store store;
  private final AttributionEngine engine;
  private final Indexes indexes;
  private final Clock clock;
  private final int most;
  private final ReentrantLock making = new ReentrantLock();
  private final Map<Version, CommittedCorpus> kept = new LinkedHashMap<>(16, 0.75f, true);
  // how often anything was forgotten
  private long forgotten;

  /**
   * @param most tokens that are kept, and of one version
   */
  public Corpora(Store store, AttributionEngine engine, Indexes indexes, Clock clock, int most) {
    this.store = store;
    this.engine = engine;
    this.indexes = indexes;
    this.clock = clock;
    this.most = most;
  }

  /** The tokenizer that is part of every root. */
  public TextTokenizer tokenizer() {
    return indexes
        .tokenizer()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.MODEL_UNAVAILABLE,
                    "a proof while no tokenizer is loaded",
                    "proofs while a base model is loaded",
                    "look at the server's readiness"));
  }

  /**
   * A datanet at a version.
   *
   * @throws OpenLedgerException {@link ErrorCode#PROOF_IMPOSSIBLE}, {@link
   *     ErrorCode#CORPUS_TOO_LARGE}, {@link ErrorCode#CORPUS_CHANGED}, {@link ErrorCode#BUSY}
   */
  public CommittedCorpus at(DatanetId datanet, long version) {
    Version asked = new Version(datanet, version);
    // asked each time: a retraction by another server drops nothing here
    List<Member> members = members(asked);
    Optional<CommittedCorpus> known = known(asked);
    if (known.isPresent()) {
      return known.get();
    }
    takeTurn();
    try {
      known = known(asked);
      return known.isPresent() ? known.get() : make(asked, members);
    } finally {
      making.unlock();
    }
  }

  private List<Member> members(Version asked) {
    List<Member> members =
        store.requiresNew(DOING, c -> CorpusRows.members(c, asked.datanet(), asked.number()));
    for (Member member : members) {
      if (member.foundAt(asked.number()) && member.retracted().isPresent()) {
        forget(asked.datanet());
        throw gone(asked, member.sequence());
      }
    }
    return members;
  }

  private static OpenLedgerException gone(Version asked, long sequence) {
    return new OpenLedgerException(
        ErrorCode.PROOF_IMPOSSIBLE,
        "contribution "
            + new ContributionId(asked.datanet(), sequence)
            + ", which an answer of version "
            + asked.number()
            + " was put to, was retracted since, and its text is not used any more",
        "versions whose contributions are all active",
        "proofs that were made before stay good: ask for them soon after the answer");
  }

  private synchronized Optional<CommittedCorpus> known(Version asked) {
    return Optional.ofNullable(kept.get(asked));
  }

  private void takeTurn() {
    try {
      if (making.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new OpenLedgerException(
        ErrorCode.BUSY,
        "a proof while another version is committed to",
        "one at a time",
        "try again in some seconds");
  }

  private CommittedCorpus make(Version asked, List<Member> members) {
    TextTokenizer tokenizer = tokenizer();
    long before = forgotten();
    // before the work: what is recorded of another tokenizer can never be made again with this one
    store
        .requiresNew(DOING, c -> CorpusRows.root(c, asked.datanet(), asked.number()))
        .ifPresent(root -> requireTokenizer(asked, root, tokenizer));
    List<CommittedCorpus.Document> documents = documents(asked, members, tokenizer);
    CommittedCorpus corpus;
    try {
      corpus = engine.commit(tokenizer.digest(), documents, Corpora::unlessInterrupted);
    } catch (UnsupportedOperationException e) {
      throw new OpenLedgerException(
          ErrorCode.PROOF_IMPOSSIBLE,
          "an attribution engine without proofs",
          "one that commits to corpora",
          "install openledger-attribution",
          e);
    }
    CorpusRows.Root made = new CorpusRows.Root(tokenizer.digest(), corpus.root());
    CorpusRows.Root recorded =
        store.requiresNew(
            "recording a root",
            c ->
                CorpusRows.record(
                    c,
                    asked.datanet(),
                    asked.number(),
                    made,
                    corpus.tokens(),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    requireTokenizer(asked, recorded, tokenizer);
    if (!recorded.root().equals(corpus.root())) {
      throw new OpenLedgerException(
          ErrorCode.CORPUS_CHANGED,
          "datanet "
              + asked.datanet()
              + " at version "
              + asked.number()
              + " gives the root "
              + corpus.root()
              + ", recorded is "
              + recorded.root(),
          "the root that was recorded first",
          "compare ol_contributions with a backup: a text or the journal was changed by hand");
    }
    keep(asked, corpus, before);
    return corpus;
  }

  private static void unlessInterrupted(double fraction) {
    if (Thread.currentThread().isInterrupted()) {
      throw new OpenLedgerException(
          ErrorCode.CANCELLED, "an interrupt", "a thread that may work on", "call again");
    }
  }

  private static void requireTokenizer(
      Version asked, CorpusRows.Root root, TextTokenizer tokenizer) {
    if (!root.tokenizer().equals(tokenizer.digest())) {
      throw new OpenLedgerException(
          ErrorCode.PROOF_IMPOSSIBLE,
          "the root of datanet "
              + asked.datanet()
              + " at version "
              + asked.number()
              + " was made with the tokenizer "
              + root.tokenizer()
              + ", the server has "
              + tokenizer.digest(),
          "the tokenizer of the root",
          "start the server with the base model of that time");
    }
  }

  private List<CommittedCorpus.Document> documents(
      Version asked, List<Member> members, TextTokenizer tokenizer) {
    List<CommittedCorpus.Document> documents = new ArrayList<>();
    long tokens = 0;
    for (Member member : members) {
      ContributionId id = new ContributionId(asked.datanet(), member.sequence());
      int[] own = new int[0];
      if (member.foundAt(asked.number())) {
        own =
            tokenizer
                .encode(
                    store
                        .requiresNew(DOING, c -> ContributionRows.text(c, id))
                        .orElseThrow(() -> gone(asked, member.sequence())))
                .tokens();
        unlessInterrupted(0);
      }
      tokens += own.length;
      if (tokens > most) {
        throw new OpenLedgerException(
            ErrorCode.CORPUS_TOO_LARGE,
            "datanet " + asked.datanet() + " with more than " + most + " tokens",
            "at most " + most + " (openledger.limits.proof-tokens)",
            "raise the limit, and the heap by 40 bytes for each token");
      }
      documents.add(new CommittedCorpus.Document(id, member.leaf(), own));
    }
    return documents;
  }

  private synchronized long forgotten() {
    return forgotten;
  }

  private synchronized void keep(Version asked, CommittedCorpus corpus, long before) {
    if (forgotten != before) {
      // something was retracted while it was made: it may hold that
      return;
    }
    kept.put(asked, corpus);
    long tokens = kept.values().stream().mapToLong(CommittedCorpus::tokens).sum();
    Iterator<CommittedCorpus> oldest = kept.values().iterator();
    while (tokens > most && oldest.hasNext()) {
      tokens -= oldest.next().tokens();
      oldest.remove();
    }
  }

  /** Drops what is kept of a datanet: a contribution was retracted. */
  synchronized void forget(DatanetId datanet) {
    forgotten++;
    kept.keySet().removeIf(version -> version.datanet().equals(datanet));
  }

  /** How many versions are kept. */
  synchronized int kept() {
    return kept.size();
  }
}
