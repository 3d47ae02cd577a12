package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The chain as several endpoints tell it, none of which is believed alone. Safe for any number of
 * threads; it has none of its own and asks endpoints at once without any.
 *
 * <p>What is said of blocks, receipts, logs, nonces, balances, code, storage and what calls return
 * counts if a quorum says the same, by default more than half of the endpoints configured. Who
 * contradicts a quorum about a block that it calls final itself is put aside until {@link #lift};
 * who contradicts it about newer blocks is noted, for that happens to honest nodes in a
 * reorganisation. Of gas and tips, about which honest nodes differ, a median is taken.
 *
 * <p>An endpoint that fails is left alone for a back-off that doubles; one that is late is not
 * asked for what is new; one of another chain is not asked. With fewer left than the quorum, calls
 * are refused with {@code CHAIN_UNAVAILABLE} and with what is wrong with each.
 *
 * <p>A call takes at most as long as four rounds of questions, each bounded by {@link
 * RpcLimits#answer}; logs of many blocks take more where endpoints want them in pieces.
 *
 * <p>With one endpoint, or a quorum of one, a lie is noticed only where another endpoint or the
 * endpoint itself contradicts it.
 *
 * <p>It is long because each method of the interface says here how far its answer can be trusted.
 */
public final class Endpoints implements ChainClient {

  private final long chainId;
  private final EndpointSettings settings;
  private final Panel panel;
  private final Confirmed confirmed;
  private final Receipts receipts;
  private final Logs logs;
  private final L1Fees l1Fees = new L1Fees(this);

  /**
   * Asks nobody yet.
   *
   * @param chainId which chain is meant, 1 or more
   * @param services the endpoints, 1 to 16, the preferred ones first, each with a name of its own
   * @param settings when they are believed
   * @param nanos monotonic time, such as {@code System::nanoTime}
   * @param clock for times that people read; it may jump
   */
  public Endpoints(
      long chainId,
      List<HttpService> services,
      EndpointSettings settings,
      LongSupplier nanos,
      Clock clock) {
    if (chainId < 1) {
      throw OpenLedgerException.invalid("chain id", chainId, "1 or more");
    }
    if (services.isEmpty() || services.size() > 16) {
      throw OpenLedgerException.invalid("number of endpoints", services.size(), "1 to 16");
    }
    Set<String> names = new HashSet<>();
    for (HttpService service : services) {
      if (!names.add(service.endpoint().name())) {
        throw OpenLedgerException.invalid(
            "endpoint's name", service.endpoint().name() + " twice", "a name of its own for each");
      }
    }
    this.chainId = chainId;
    this.settings = settings;
    List<Member> members =
        services.stream().map(s -> new Member(new Node(s), settings, nanos, clock)).toList();
    this.panel = new Panel(members, settings, chainId, nanos);
    this.confirmed = new Confirmed(panel);
    Proofs proofs = new Proofs(panel, confirmed);
    this.receipts = new Receipts(panel, confirmed, proofs);
    this.logs = new Logs(panel, confirmed, proofs);
  }

  /** How each endpoint does, as configured; asks nobody. */
  public List<EndpointState> states() {
    return panel.members().stream().map(Member::state).toList();
  }

  /**
   * Looks at the heads of all endpoints that are due. Calls do so themselves where the last look is
   * too old; called from time to time it keeps {@link #states} true where nobody calls.
   */
  public void refresh() {
    panel.look();
  }

  /**
   * Asks an endpoint again that was put aside. A new start of the process does the same.
   *
   * @throws OpenLedgerException if there is none of that name
   */
  public void lift(String name) {
    named(name).lift();
  }

  /** Puts an endpoint aside until {@link #lift}, for a reason that {@link #states} tells. */
  public void putAside(String name, String reason) {
    named(name).aside(reason);
  }

  private Member named(String name) {
    return panel.members().stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                OpenLedgerException.invalidText(
                    "endpoint",
                    name,
                    "one of "
                        + String.join(", ", panel.members().stream().map(Member::name).toList())));
  }

  /**
   * Holds finality against a block that was final when the process ended: a chain that does not
   * have it is disputed.
   */
  public void remember(FinalBlock wasFinal) {
    confirmed.remember(wasFinal);
  }

  /** As {@link #remember(FinalBlock)}. */
  public void remember(BlockHeader wasFinal) {
    confirmed.remember(FinalBlock.of(wasFinal));
  }

  /** The last block that enough endpoints called final; asks nobody. */
  public Optional<FinalBlock> settled() {
    return confirmed.last();
  }

  /** Why what endpoints called final last is not believed, if it is not; asks nobody. */
  public Optional<String> finalityDispute() {
    return confirmed.dispute();
  }

  /**
   * What a quorum calls final now, if it does not follow from what was final: what {@link
   * #acceptFinality} would accept.
   */
  public Optional<BlockHeader> unaccepted() {
    return confirmed.unaccepted();
  }

  /**
   * Takes what a quorum now says is final for final, although it does not follow from what was. An
   * administrator's decision, after the chain itself was set back.
   */
  public void acceptFinality() {
    confirmed.forget();
  }

  /** How many endpoints must say the same. */
  public int quorum() {
    return panel.quorum();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is the configured one, and nobody is asked: endpoints of another chain have no say.
   */
  @Override
  public long chainId() {
    return chainId;
  }

  @Override
  public BlockHeader head(Finality finality) {
    return confirmed.head(finality);
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    return confirmed.block(number);
  }

  /**
   * What enough say of the state of the newest block that enough have. A reorganisation between the
   * two questions is no dispute that lasts, so both are asked again once.
   */
  private <T> T newest(
      Function<String, Question<T>> question, Function<T, ?> identity, String what) {
    Ballot<T> ballot = stateNow(question, identity);
    if (ballot.parties().size() > 1 && ballot.winners(panel.quorum()).isEmpty()) {
      ballot = stateNow(question, identity);
    }
    return panel.decide(ballot, what, OptionalLong.empty());
  }

  private <T> Ballot<T> stateNow(Function<String, Question<T>> question, Function<T, ?> identity) {
    long head = head(Finality.UNSAFE).number();
    List<Member> able = panel.fresh().stream().filter(m -> m.reached(head)).toList();
    return panel.ask(able, panel.quorum(), question.apply(Question.hex(head)), identity);
  }

  private <T> T at(long block, Question<T> question, Function<T, ?> identity, String what) {
    return panel.decide(
        panel.ask(panel.up(), panel.quorum(), question, identity),
        what + " in block " + block,
        confirmed.settled(block));
  }

  @Override
  public Wei balance(ChainAddress address) {
    return new Wei(
        newest(
            at -> Question.balance(address, at), Function.identity(), "the balance of " + address));
  }

  /**
   * {@inheritDoc}
   *
   * <p>In the newest block it is the nonce that as many endpoints as must agree have seen: one that
   * tells a number too high or too low moves nothing.
   */
  @Override
  public long nonce(ChainAddress address, Finality finality) {
    String what = "the nonce of " + address;
    if (finality != Finality.UNSAFE) {
      long block = head(finality).number();
      return at(block, Question.nonce(address, Question.hex(block)), Function.identity(), what);
    }
    Ballot<Long> ballot =
        panel.poll(panel.fresh(), Question.nonce(address, finality.tag()), Function.identity());
    List<Long> nonces =
        ballot.answers().values().stream()
            .flatMap(answer -> answer.value().stream())
            .sorted(Comparator.reverseOrder())
            .toList();
    if (nonces.size() < panel.quorum()) {
      throw panel.tooFew(ballot, what);
    }
    return nonces.get(panel.quorum() - 1);
  }

  @Override
  public long nonce(ChainAddress address, long block) {
    return at(
        block,
        Question.nonce(address, Question.hex(block)),
        Function.identity(),
        "the nonce of " + address);
  }

  /**
   * {@inheritDoc}
   *
   * <p>All endpoints are asked, and all that have the block must show the same: a quorum of them,
   * and two at least where two are up. One that shows something else makes it a dispute. A deposit
   * from L1, and what is signed for any chain, is believed of two alone.
   */
  @Override
  public Optional<List<SentTransaction>> sent(ChainAddress sender, Hash256 block) {
    List<Member> up = panel.up();
    Ballot<List<SentTransaction>> shown = new Ballot<>(Function.identity());
    panel
        .poll(up, Question.sent(sender, block, chainId), Function.identity())
        .answers()
        .forEach(
            (member, answer) ->
                answer.value().flatMap(sent -> sent).ifPresent(sent -> shown.value(member, sent)));
    if (shown.parties().size() > 1) {
      throw Refusals.disputed(
          "endpoints contradict each other about what "
              + sender
              + " sent in block 0x"
              + block.hex());
    }
    int least = Math.max(panel.quorum(), Math.min(2, up.size()));
    return shown
        .winners(least)
        .flatMap(
            who ->
                shown
                    .of(who)
                    .value()
                    .map(
                        sent ->
                            sent.stream()
                                .filter(each -> each.signed() || who.size() > 1)
                                .toList()));
  }

  @Override
  public byte[] code(ChainAddress address) {
    return newest(at -> Question.code(address, at), ByteBuffer::wrap, "the code at " + address);
  }

  @Override
  public BigInteger storage(ChainAddress address, BigInteger slot) {
    return newest(
        at -> Question.storage(address, slot, at),
        Function.identity(),
        "slot " + slot + " of " + address);
  }

  @Override
  public byte[] call(Call call, Finality finality) {
    return finality == Finality.UNSAFE
        ? newest(at -> Question.call(call, at), ByteBuffer::wrap, "a call")
        : call(call, head(finality).number());
  }

  @Override
  public byte[] call(Call call, long block) {
    return at(block, Question.call(call, Question.hex(block)), ByteBuffer::wrap, "a call");
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is the upper median of what endpoints say: too little would be paid for and fail.
   */
  @Override
  public long estimateGas(Call call) {
    String what = "an estimate of gas";
    Ballot<Long> ballot =
        panel.poll(panel.fresh(), Question.estimateGas(call), Function.identity());
    List<Long> estimates =
        ballot.answers().values().stream()
            .flatMap(answer -> answer.value().stream())
            .sorted()
            .toList();
    if (estimates.isEmpty() || ballot.answers().size() - estimates.size() >= panel.quorum()) {
      throw ballot.answers().values().stream()
          .flatMap(answer -> answer.refusal().stream())
          .findFirst()
          .map(Refusals::refused)
          .orElseGet(() -> panel.tooFew(ballot, what));
    }
    return estimates.get(estimates.size() / 2);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The base fee is that of the newest block that enough have. The tip is the lower median of
   * what endpoints ask for, within the settings' bounds, and never above the ceiling.
   */
  @Override
  public Fees fees(Wei ceiling) {
    BlockHeader head = head(Finality.UNSAFE);
    List<BigInteger> tips = values(Question.priorityFee()).toList();
    if (tips.isEmpty()) {
      tips = values(Question.tips()).flatMap(Optional::stream).toList();
    }
    return FeeMarket.fees(head.baseFee(), tips, settings, ceiling);
  }

  private <T> Stream<T> values(Question<T> question) {
    return panel.poll(panel.fresh(), question, Function.identity()).answers().values().stream()
        .flatMap(answer -> answer.value().stream());
  }

  @Override
  public Wei l1Fee(byte[] raw) {
    return l1Fees.of(raw);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A receipt that some endpoints hide is found: if fewer than enough show it, one of all must
   * prove it against the hash of the block. One that does not stand in a block that enough
   * endpoints have is not believed. That there is none is believed if enough endpoints say so that
   * are not late.
   */
  @Override
  public Optional<TransactionReceipt> receipt(Hash256 transaction) {
    return receipts.of(transaction);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Two endpoints at least must show the same logs where two have come so far, whatever the
   * quorum. Where they do not, one that proves the receipts of the blocks in question against
   * hashes that enough endpoints have is right; without a proof it is the quorum.
   */
  @Override
  public List<EventLog> logs(EventFilter filter, long from, long to) {
    return logs.of(filter, from, to);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Accepted if one endpoint took them; else what one says that tells more than that it failed.
   */
  @Override
  public Broadcast broadcast(SignedTransaction transaction) {
    return handOver(transaction).outcome();
  }

  @Override
  public Handover handOver(SignedTransaction transaction) {
    Ballot<Hash256> ballot =
        panel.poll(panel.up(), Question.send(transaction), Function.identity());
    List<RpcException> refusals =
        Stream.concat(
                ballot.answers().values().stream().flatMap(answer -> answer.refusal().stream()),
                ballot.failures().stream())
            .toList();
    boolean taken = ballot.answers().values().stream().anyMatch(a -> a.refusal().isEmpty());
    // in the order of the enumeration: what tells most comes first
    Broadcast outcome =
        taken
            ? Broadcast.ACCEPTED
            : refusals.stream()
                .map(NodeClient::outcome)
                .min(Comparator.naturalOrder())
                .orElse(Broadcast.UNKNOWN);
    String words =
        refusals.stream()
            .filter(e -> NodeClient.outcome(e) == outcome)
            .map(e -> String.valueOf(e.getMessage()))
            .distinct()
            .collect(Collectors.joining("; "));
    return new Handover(outcome, Optional.of(words).filter(w -> !w.isEmpty()));
  }
}
