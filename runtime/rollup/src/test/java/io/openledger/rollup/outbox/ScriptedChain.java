package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.Handover;
import io.openledger.chain.connector.rpc.SentTransaction;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A chain of one account in memory, with the rules that matter to an outbox: one transaction a
 * nonce, replacement for 10 % more, base fee, balance, reorganisations, a pool that forgets. It
 * does what a test says, when the test says it.
 */
final class ScriptedChain implements ChainClient {

  static final ChainAddress CONTRACT = new ChainAddress("0x" + "c0".repeat(20));

  private record Included(SignedTransaction tx, Eip1559Transaction what, boolean succeeded) {}

  private record Block(
      BlockHeader header, List<Included> content, List<SentTransaction> foreign, long nonceAfter) {}

  final ChainAddress account;
  private final List<Block> blocks = new ArrayList<>();
  final TreeMap<Long, SignedTransaction> pool = new TreeMap<>();
  private final Map<Hash256, Eip1559Transaction> opened = new HashMap<>();
  private long salt;

  long chainId = 1612;
  Wei balance = new Wei(BigInteger.TEN.pow(24));
  Wei baseFee = Wei.of(1_000_000_000);
  int safeDepth = 3;
  int finalDepth = 6;
  final Set<String> reverting = new HashSet<>();
  final Set<Hash256> hidden = new HashSet<>();

  /** Receipts about which endpoints contradict each other, and those that nobody answers about. */
  final Set<Hash256> disputed = new HashSet<>();

  final Set<Hash256> unanswered = new HashSet<>();

  /** Blocks below this one have no states any more, as of a node that prunes them. */
  long statesFrom;

  /** Nonces that are said to be used in final blocks, beside those that are. */
  long finalTooHigh;

  /** Blocks below this one are not shown with their transactions. */
  long bodiesFrom;

  /** Told of each call, before it; may throw. */
  Consumer<String> onCall = method -> {};

  /** What was handed over, in order. */
  final List<SignedTransaction> told = new ArrayList<>();

  /** What every call is said to take. */
  long estimate = 40_000;

  /** Takes transactions and says nothing of it. */
  boolean mute;

  /** Says this of a transaction, and does not take it. */
  Function<Eip1559Transaction, Optional<Handover>> refusal = what -> Optional.empty();

  ScriptedChain(ChainAddress account) {
    this.account = account;
    append(List.of(), List.of(), 0);
  }

  private void append(List<Included> content, List<SentTransaction> foreign, long nonceAfter) {
    long number = blocks.size();
    Hash256 parent = blocks.isEmpty() ? Hash256.ZERO : head().header().hash();
    Hash256 hash = Hash256.sha256(parent + "/" + number + "/" + salt + "/" + content.size());
    blocks.add(
        new Block(
            new BlockHeader(
                number, hash, parent, Instant.ofEpochSecond(1_800_000_000L + 2 * number), baseFee),
            content,
            foreign,
            nonceAfter));
  }

  private Block head() {
    return blocks.get(blocks.size() - 1);
  }

  private Eip1559Transaction open(SignedTransaction tx) {
    return opened.computeIfAbsent(
        tx.hash(),
        h -> {
          SignedTransaction.Opened o = tx.open();
          if (!o.sender().equals(account)) {
            throw new AssertionError("signed by " + o.sender());
          }
          return o.transaction();
        });
  }

  /** A block with what waits and pays enough. */
  void mine() {
    List<Included> content = new ArrayList<>();
    long next = head().nonceAfter();
    while (pool.containsKey(next)) {
      SignedTransaction tx = pool.get(next);
      Eip1559Transaction what = open(tx);
      if (what.fees().maxFeePerGas().compareTo(baseFee) < 0) {
        break;
      }
      pool.remove(next);
      content.add(
          new Included(tx, what, !reverting.contains(HexFormat.of().formatHex(what.data()))));
      next++;
    }
    append(content, List.of(), next);
  }

  void mine(int count) {
    for (int i = 0; i < count; i++) {
      mine();
    }
  }

  /** A block with transactions from outside, of the account's next nonces. */
  void foreign(int count) {
    List<SentTransaction> foreign = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long nonce = head().nonceAfter() + i;
      pool.remove(nonce);
      foreign.add(
          new SentTransaction(
              Hash256.sha256("foreign " + nonce + "/" + salt),
              nonce,
              Optional.of(account),
              Wei.ZERO,
              new byte[0]));
    }
    append(List.of(), foreign, head().nonceAfter() + count);
  }

  /** Takes back blocks and makes one more empty one than there were; what was in them is gone. */
  void reorg(int depth) {
    salt++;
    for (int i = 0; i < depth; i++) {
      blocks.remove(blocks.size() - 1);
    }
    long nonce = head().nonceAfter();
    for (int i = 0; i <= depth; i++) {
      append(List.of(), List.of(), nonce);
    }
  }

  int height() {
    return blocks.size() - 1;
  }

  /** How often each calldata took effect, on the chain as it is. */
  Map<String, Integer> effects() {
    Map<String, Integer> effects = new TreeMap<>();
    for (Block block : blocks) {
      for (Included in : block.content()) {
        if (in.succeeded() && in.what().to().equals(Optional.of(CONTRACT))) {
          effects.merge(HexFormat.of().formatHex(in.what().data()), 1, Integer::sum);
        }
      }
    }
    return effects;
  }

  @Override
  public long chainId() {
    onCall.accept("chainId");
    return chainId;
  }

  private int index(Finality finality) {
    int depth =
        switch (finality) {
          case UNSAFE -> 0;
          case SAFE -> safeDepth;
          case FINALIZED -> finalDepth;
        };
    return Math.max(0, height() - depth);
  }

  @Override
  public BlockHeader head(Finality finality) {
    onCall.accept("head");
    return blocks.get(index(finality)).header();
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    onCall.accept("block");
    return number <= height() ? Optional.of(blocks.get((int) number).header()) : Optional.empty();
  }

  @Override
  public Wei balance(ChainAddress address) {
    onCall.accept("balance");
    return balance;
  }

  @Override
  public long nonce(ChainAddress address, Finality finality) {
    onCall.accept("nonce");
    return finality == Finality.UNSAFE
        ? head().nonceAfter()
        : nonceAt(index(finality)) + finalTooHigh;
  }

  @Override
  public long nonce(ChainAddress address, long block) {
    onCall.accept("nonceAt");
    return nonceAt(block);
  }

  private long nonceAt(long block) {
    if (block < statesFrom) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE, "missing trie node", "a state", "ask an archive");
    }
    return blocks.get((int) block).nonceAfter();
  }

  @Override
  public Optional<List<SentTransaction>> sent(ChainAddress sender, Hash256 block) {
    onCall.accept("sent");
    for (Block each : blocks) {
      if (each.header().hash().equals(block) && each.header().number() >= bodiesFrom) {
        List<SentTransaction> sent = new ArrayList<>(each.foreign());
        for (Included in : each.content()) {
          sent.add(
              new SentTransaction(
                  in.tx().hash(),
                  in.what().nonce(),
                  in.what().to(),
                  in.what().value(),
                  in.what().data()));
        }
        return Optional.of(sent);
      }
    }
    return Optional.empty();
  }

  @Override
  public byte[] code(ChainAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BigInteger storage(ChainAddress address, BigInteger slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] call(Call call, Finality finality) {
    throw new UnsupportedOperationException();
  }

  private void refuseIfReverting(Call call) {
    if (reverting.contains(HexFormat.of().formatHex(call.data()))) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED, "NothingToClaim()", "a call that goes through", "wait");
    }
  }

  @Override
  public byte[] call(Call call, long block) {
    onCall.accept("call");
    refuseIfReverting(call);
    return new byte[0];
  }

  @Override
  public long estimateGas(Call call) {
    onCall.accept("estimateGas");
    refuseIfReverting(call);
    return estimate;
  }

  @Override
  public Fees fees(Wei ceiling) {
    onCall.accept("fees");
    return Fees.of(baseFee, Wei.of(1_000_000), ceiling);
  }

  @Override
  public Wei l1Fee(byte[] raw) {
    return Wei.ZERO;
  }

  @Override
  public Optional<TransactionReceipt> receipt(Hash256 transaction) {
    onCall.accept("receipt");
    if (disputed.contains(transaction) || unanswered.contains(transaction)) {
      throw new OpenLedgerException(
          disputed.contains(transaction) ? ErrorCode.CHAIN_DISPUTED : ErrorCode.CHAIN_UNAVAILABLE,
          "no two endpoints say the same of it",
          "endpoints that agree",
          "wait");
    }
    if (hidden.contains(transaction)) {
      return Optional.empty();
    }
    for (int i = height(); i >= 0; i--) {
      Block block = blocks.get(i);
      for (Included in : block.content()) {
        if (in.tx().hash().equals(transaction)) {
          return Optional.of(
              new TransactionReceipt(
                  transaction,
                  block.header().number(),
                  block.header().hash(),
                  in.succeeded(),
                  30_000,
                  Wei.of(1),
                  Optional.empty(),
                  Optional.empty(),
                  List.of()));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public List<EventLog> logs(EventFilter filter, long from, long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Broadcast broadcast(SignedTransaction tx) {
    return handOver(tx).outcome();
  }

  @Override
  public Handover handOver(SignedTransaction tx) {
    onCall.accept("broadcast");
    told.add(tx);
    return refusal
        .apply(open(tx))
        .orElseGet(
            () -> {
              Broadcast outcome = take(tx);
              return new Handover(mute ? Broadcast.UNKNOWN : outcome, Optional.empty());
            });
  }

  private Broadcast take(SignedTransaction tx) {
    Eip1559Transaction what = open(tx);
    if (what.chainId() != chainId) {
      return Broadcast.UNKNOWN;
    }
    if (what.nonce() < head().nonceAfter()) {
      return Broadcast.NONCE_USED;
    }
    if (what.atMost().compareTo(balance) > 0) {
      return Broadcast.FUNDS;
    }
    SignedTransaction there = pool.get(what.nonce());
    if (there != null && !there.equals(tx) && !replaces(open(there).fees(), what.fees())) {
      return Broadcast.UNDERPRICED;
    }
    pool.put(what.nonce(), tx);
    return Broadcast.ACCEPTED;
  }

  private static boolean replaces(Fees before, Fees now) {
    return tenth(before.maxFeePerGas(), now.maxFeePerGas())
        && tenth(before.maxPriorityFeePerGas(), now.maxPriorityFeePerGas());
  }

  private static boolean tenth(Wei before, Wei now) {
    return now.value()
            .multiply(BigInteger.TEN)
            .compareTo(before.value().multiply(BigInteger.valueOf(11)))
        >= 0;
  }
}
