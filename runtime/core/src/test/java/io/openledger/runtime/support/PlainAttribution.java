package io.openledger.runtime.support;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.TokenizedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Attribution that anyone can follow: matches by looking everywhere, 16 bits of information a
 * token, near-duplicates by shared words, remainders of a split to the treasury. Can be made to
 * fail.
 */
public final class PlainAttribution implements AttributionEngine {

  private volatile @Nullable Supplier<RuntimeException> failure;
  private volatile @Nullable Supplier<RuntimeException> openFailure;
  private volatile Function<long[], List<String>> erasing = sequences -> List.of();
  private volatile int opened;

  /** Makes every trace throw, until empty is given. */
  public void failTraces(Optional<Supplier<RuntimeException>> with) {
    failure = with.orElse(null);
  }

  /** Makes every opening of an index throw, until empty is given. */
  public void failOpens(Optional<Supplier<RuntimeException>> with) {
    openFailure = with.orElse(null);
  }

  /**
   * What happens when an index is asked to erase, on the thread that asks and before it does.
   *
   * @param erasing is given the sequences, and gives the files that cannot go yet
   */
  public void onErase(Function<long[], List<String>> erasing) {
    this.erasing = erasing;
  }

  public int opened() {
    return opened;
  }

  @Override
  public synchronized SpanIndex open(Path directory, Hash256 tokenizer, int vocabularySize) {
    Supplier<RuntimeException> fail = openFailure;
    if (fail != null) {
      throw fail.get();
    }
    Path mark = directory.resolve("tokenizer");
    try {
      Files.createDirectories(directory);
      if (Files.exists(mark) && !Files.readString(mark).equals(tokenizer.hex())) {
        throw new OpenLedgerException(
            ErrorCode.INDEX_MISMATCH, "another tokenizer", tokenizer.hex(), "rebuild");
      }
      Files.writeString(mark, tokenizer.hex());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    opened++;
    return new PlainIndex(directory, sequences -> erasing.apply(sequences));
  }

  @Override
  public List<SpanMatch> trace(
      TokenizedText text, Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds) {
    Supplier<RuntimeException> fail = failure;
    if (fail != null) {
      throw fail.get();
    }
    int[] longest = new int[text.length()];
    for (SpanIndex index : datanets.values()) {
      int[] here = index.longestMatches(text.tokens());
      for (int i = 0; i < here.length; i++) {
        longest[i] = Math.max(longest[i], here[i]);
      }
    }
    List<SpanMatch> spans = new ArrayList<>();
    int covered = 0;
    for (int i = 0; i < longest.length; i++) {
      int end = i + longest[i];
      if (longest[i] >= thresholds.minimumTokens() && end > covered) {
        spans.add(span(text, datanets, i, end, end - Math.max(i, covered), thresholds));
        covered = end;
      }
    }
    return spans;
  }

  private static SpanMatch span(
      TokenizedText text,
      Map<DatanetId, SpanIndex> datanets,
      int start,
      int end,
      int fresh,
      SpanThresholds thresholds) {
    List<ContributionId> in = new ArrayList<>();
    List<ContributionId> earliest = new ArrayList<>();
    long occurrences = 0;
    long documents = 0;
    for (Map.Entry<DatanetId, SpanIndex> e : new TreeMap<>(datanets).entrySet()) {
      SpanIndex.Occurrences o =
          e.getValue().locate(text.tokens(), start, end, thresholds.listedContributions());
      occurrences += o.occurrences();
      documents += o.documentCount();
      for (long sequence : o.documents()) {
        in.add(new ContributionId(e.getKey(), sequence));
      }
      if (o.documents().length > 0) {
        earliest.add(new ContributionId(e.getKey(), o.documents()[0]));
      }
    }
    long credited = 16_000L * fresh;
    return new SpanMatch(
        text.starts()[start],
        text.ends()[end - 1],
        end - start,
        16_000L * (end - start),
        credited,
        occurrences,
        documents,
        in,
        credited == 0 ? List.of() : List.of(new SpanCredit(credited, earliest)));
  }

  @Override
  public OptionalLong nearDuplicateOf(int[] tokens, SpanIndex index, int basisPoints) {
    for (Map.Entry<Long, int[]> d : ((PlainIndex) index).all().entrySet()) {
      java.util.Set<Integer> words = new java.util.HashSet<>();
      for (int t : d.getValue()) {
        words.add(t);
      }
      long shared = java.util.Arrays.stream(tokens).filter(words::contains).count();
      if (tokens.length > 0 && shared * 10_000 >= (long) basisPoints * tokens.length) {
        return OptionalLong.of(d.getKey());
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public List<Credit> credit(CreditRequest request) {
    BigInteger left = request.fee().value();
    List<Credit> credits = new ArrayList<>();
    long bits = request.spans().stream().mapToLong(SpanMatch::creditedMillibits).sum();
    BigInteger contributors = part(request.fee(), request.split().of(FeeRole.CONTRIBUTORS));
    for (SpanMatch span : request.spans()) {
      for (SpanCredit part : span.credits()) {
        Ownership owner = request.owners().get(part.contribution());
        for (ContributorShare share : owner.shares()) {
          BigInteger amount =
              contributors
                  .multiply(BigInteger.valueOf(part.millibits()))
                  .multiply(BigInteger.valueOf(share.basisPoints()))
                  .divide(BigInteger.valueOf(bits).multiply(BigInteger.valueOf(10_000)));
          left = left.subtract(amount);
          add(
              credits,
              FeeRole.CONTRIBUTORS,
              AccountId.contributor(share.contributor()),
              Optional.of(owner.owner()),
              amount);
        }
      }
    }
    for (FeeRole role : FeeRole.values()) {
      if (role != FeeRole.CONTRIBUTORS && role != FeeRole.TREASURY) {
        BigInteger whole = part(request.fee(), request.split().of(role));
        if (role == FeeRole.ADAPTER_BUILDER) {
          long sum = request.builders().values().stream().mapToLong(Long::longValue).sum();
          for (Map.Entry<AccountId, Long> b : new TreeMap<>(request.builders()).entrySet()) {
            BigInteger amount =
                whole.multiply(BigInteger.valueOf(b.getValue())).divide(BigInteger.valueOf(sum));
            left = left.subtract(amount);
            add(credits, role, b.getKey(), Optional.empty(), amount);
          }
        }
        AccountId account = request.parties().get(role);
        if (account != null) {
          BigInteger amount = whole;
          left = left.subtract(amount);
          add(credits, role, account, Optional.empty(), amount);
        }
      }
    }
    add(credits, FeeRole.TREASURY, request.parties().get(FeeRole.TREASURY), Optional.empty(), left);
    return credits;
  }

  private static BigInteger part(Wei fee, int basisPoints) {
    return fee.value().multiply(BigInteger.valueOf(basisPoints)).divide(BigInteger.valueOf(10_000));
  }

  private static void add(
      List<Credit> to,
      FeeRole role,
      AccountId account,
      Optional<ContributionId> contribution,
      BigInteger amount) {
    if (amount.signum() > 0) {
      to.add(new Credit(role, account, contribution, new Wei(amount)));
    }
  }

  /** RFC 6962 §2.1 as it is written there: recursively. */
  @Override
  public Hash256 merkleRoot(List<Hash256> leaves) {
    return leaves.isEmpty() ? Hash256.ZERO : root(leaves);
  }

  private static Hash256 root(List<Hash256> leaves) {
    if (leaves.size() == 1) {
      return hash(new byte[] {0}, leaves.get(0).toBytes());
    }
    int k = Integer.highestOneBit(leaves.size() - 1);
    return hash(
        new byte[] {1},
        root(leaves.subList(0, k)).toBytes(),
        root(leaves.subList(k, leaves.size())).toBytes());
  }

  private volatile int committed;

  /** How often it committed to a corpus. */
  public int committed() {
    return committed;
  }

  /**
   * The root is a hash of everything in order, and a proof one of root and claim: anyone can make
   * it, so it proves that root and claim were carried through, and nothing else.
   */
  @Override
  public CommittedCorpus commit(
      Hash256 tokenizer, List<CommittedCorpus.Document> documents, DoubleConsumer progress) {
    committed++;
    StringBuilder all = new StringBuilder(tokenizer.hex());
    for (CommittedCorpus.Document d : documents) {
      all.append(d.id()).append(d.content()).append(Arrays.toString(d.tokens()));
    }
    Hash256 root = Hash256.sha256(all.toString());
    long tokens = documents.stream().mapToLong(d -> d.tokens().length).sum();
    return new CommittedCorpus() {
      @Override
      public Hash256 root() {
        return root;
      }

      @Override
      public long tokens() {
        return tokens;
      }

      @Override
      public List<Proof> prove(TokenizedText text, SpanMatch span, ContributionId contribution) {
        // a token is a word here
        int[] answer = text.tokens();
        int start = Arrays.binarySearch(text.starts(), span.start());
        int end = start + span.tokens();
        int[] in =
            documents.stream()
                .filter(d -> d.id().equals(contribution))
                .findFirst()
                .orElseThrow()
                .tokens();
        for (int at = 0; at + end - start <= in.length; at++) {
          if (Arrays.equals(in, at, at + end - start, answer, start, end)) {
            SpanClaim claim =
                new SpanClaim(
                    tokenizer,
                    contribution,
                    at,
                    Arrays.stream(answer, start, end).boxed().toList(),
                    start > 0 ? OptionalInt.of(answer[start - 1]) : OptionalInt.empty(),
                    end < answer.length ? OptionalInt.of(answer[end]) : OptionalInt.empty());
            return List.of(new Proof(claim, proof(root, claim)));
          }
        }
        throw OpenLedgerException.invalid("the span", "not there", "one that is there");
      }
    };
  }

  private static byte[] proof(Hash256 root, SpanClaim claim) {
    return Hash256.sha256(root + " " + claim).toBytes();
  }

  @Override
  public void verify(Hash256 root, SpanClaim claim, byte[] proof) {
    if (!Arrays.equals(proof, proof(root, claim))) {
      throw OpenLedgerException.invalid("the proof", "another", "the one of root and claim");
    }
  }

  private static Hash256 hash(byte[]... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return Hash256.sha256(all.toByteArray());
  }
}
