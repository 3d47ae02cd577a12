package io.openledger.rollup.reader;

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
import io.openledger.chain.connector.rpc.SentTransaction;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chain in memory that a test extends, takes back and finalises; asked as a real one is. */
final class PlainChain implements ChainClient {

  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  /** A log without its place. */
  record Told(ChainAddress address, List<Hash256> topics, byte[] data) {}

  private record Block(BlockHeader header, List<EventLog> logs) {}

  private final List<Block> blocks = new ArrayList<>();
  private long salt;
  private long finalized;
  private long mostBlocks = 10_000;
  private Runnable beforeEach = () -> {};
  private int dropped;
  private boolean dropsSettled;
  private Duration pause = Duration.ZERO;

  PlainChain() {
    mine(List.of());
  }

  void mine(List<Told> told) {
    long number = blocks.size();
    Hash256 parent = number == 0 ? Hash256.ZERO : blocks.get(blocks.size() - 1).header().hash();
    Hash256 hash = Hash256.sha256(number + " " + parent + " " + salt++);
    List<EventLog> logs = new ArrayList<>();
    for (Told t : told) {
      logs.add(
          new EventLog(
              t.address(),
              t.topics(),
              t.data(),
              number,
              hash,
              Hash256.sha256(hash + "/" + logs.size()),
              // gaps, as other contracts' logs leave them
              3 * logs.size()));
    }
    blocks.add(new Block(new BlockHeader(number, hash, parent, time(), Wei.of(7)), logs));
  }

  /** The time of the next block. */
  Instant time() {
    return blocks.isEmpty()
        ? BEGINNING
        : blocks.get(blocks.size() - 1).header().time().plusSeconds(2).plus(pause);
  }

  /** Blocks come later from now on, each by so much. */
  void pause(Duration longer) {
    pause = longer;
  }

  /** Takes back so many blocks, down to the last final one at most. */
  int takeBack(int depth) {
    int taken = 0;
    while (taken < depth && blocks.size() - 1 > finalized) {
      blocks.remove(blocks.size() - 1);
      taken++;
    }
    return taken;
  }

  void finalizeTo(long number) {
    finalized = Math.max(finalized, Math.min(number, blocks.size() - 1));
  }

  /** Another history from a block on, final or not. */
  void forge(long from) {
    while (blocks.size() > from) {
      blocks.remove(blocks.size() - 1);
    }
    finalized = Math.min(finalized, from - 1);
  }

  void refuseAbove(long most) {
    mostBlocks = most;
  }

  /** Runs before each question, and may throw. */
  void beforeEach(Runnable task) {
    beforeEach = task;
  }

  /**
   * Leaves out the last log of the next so many answers that have one.
   *
   * @param settled whether of blocks that are final, or only of others
   */
  void dropLogs(int answers, boolean settled) {
    dropped = answers;
    dropsSettled = settled;
  }

  long height() {
    return blocks.size() - 1;
  }

  long finalizedNumber() {
    return finalized;
  }

  List<EventLog> allLogs() {
    return blocks.stream().flatMap(b -> b.logs().stream()).toList();
  }

  @Override
  public long chainId() {
    return 161_201;
  }

  @Override
  public BlockHeader head(Finality finality) {
    beforeEach.run();
    int number = finality == Finality.UNSAFE ? blocks.size() - 1 : (int) finalized;
    return blocks.get(number).header();
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    beforeEach.run();
    return number < blocks.size()
        ? Optional.of(blocks.get((int) number).header())
        : Optional.empty();
  }

  @Override
  public List<EventLog> logs(EventFilter filter, long from, long to) {
    beforeEach.run();
    if (to - from >= mostBlocks) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED, "block range is too wide", "less", "ask for less");
    }
    List<EventLog> found = new ArrayList<>();
    for (long n = from; n <= Math.min(to, height()); n++) {
      for (EventLog log : blocks.get((int) n).logs()) {
        if (filter.addresses().contains(log.address())
            && filter.events().contains(log.topics().get(0))) {
          found.add(log);
        }
      }
    }
    if (dropped > 0 && !found.isEmpty() && (dropsSettled || to > finalized)) {
      dropped--;
      found.remove(found.size() - 1);
    }
    return found;
  }

  /** A log of an event with these values, in the order of its declaration. */
  static Told told(ChainAddress address, EventType type, Object... values) {
    List<Hash256> topics = new ArrayList<>(List.of(type.topic()));
    List<String> types = new ArrayList<>();
    List<Object> rest = new ArrayList<>();
    String text = type.toString();
    String inside = text.substring(text.indexOf('(') + 1, text.length() - 1);
    String[] arguments = inside.isEmpty() ? new String[0] : inside.split(", ");
    for (int i = 0; i < arguments.length; i++) {
      String[] words = arguments[i].split(" ");
      if (words.length == 3) {
        topics.add(
            Hash256.of(AbiSignature.parse("t(" + words[0] + ")").encodeArguments(values[i])));
      } else {
        types.add(words[0]);
        rest.add(values[i]);
      }
    }
    byte[] data =
        AbiSignature.parse("d(" + String.join(",", types) + ")").encodeArguments(rest.toArray());
    return new Told(address, topics, data);
  }

  private static UnsupportedOperationException unasked() {
    return new UnsupportedOperationException("the reader has no use for it");
  }

  @Override
  public Wei balance(ChainAddress address) {
    throw unasked();
  }

  @Override
  public long nonce(ChainAddress address, Finality finality) {
    throw unasked();
  }

  @Override
  public long nonce(ChainAddress address, long block) {
    throw unasked();
  }

  @Override
  public Optional<List<SentTransaction>> sent(ChainAddress sender, Hash256 block) {
    throw unasked();
  }

  @Override
  public byte[] code(ChainAddress address) {
    throw unasked();
  }

  @Override
  public BigInteger storage(ChainAddress address, BigInteger slot) {
    throw unasked();
  }

  @Override
  public byte[] call(Call call, Finality finality) {
    throw unasked();
  }

  @Override
  public byte[] call(Call call, long block) {
    throw unasked();
  }

  @Override
  public long estimateGas(Call call) {
    throw unasked();
  }

  @Override
  public Fees fees(Wei ceiling) {
    throw unasked();
  }

  @Override
  public Wei l1Fee(byte[] raw) {
    throw unasked();
  }

  @Override
  public Optional<TransactionReceipt> receipt(Hash256 transaction) {
    throw unasked();
  }

  @Override
  public Broadcast broadcast(SignedTransaction transaction) {
    throw unasked();
  }

  /** Types of events by contract and name. */
  static EventType type(String contract, String name) {
    Map<String, EventType> types = new HashMap<>();
    EventCatalogue.of(contract).forEach(e -> types.put(e.type().name(), e.type()));
    return Optional.ofNullable(types.get(name)).orElseThrow();
  }
}
