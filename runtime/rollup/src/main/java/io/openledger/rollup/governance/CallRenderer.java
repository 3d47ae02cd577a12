package io.openledger.rollup.governance;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Puts the calls of one proposal into plain words. Whatever the bytes are, each call comes out as
 * one {@link ProposedCall} and nothing is thrown; what cannot be read is {@link Danger#UNKNOWN}.
 *
 * <p>Limits: calldata above {@value #LONGEST} bytes is not read; calls within calls are followed
 * {@value #DEEPEST} deep and {@value #MOST} in all, and what is beyond is told as what is not
 * shown. One thread, one proposal.
 */
final class CallRenderer {

  static final int LONGEST = 64 << 10;
  static final int DEEPEST = 4;
  static final int MOST = 256;

  private static final int SHOWN_ARGUMENTS = 300;

  private final GovernanceContracts contracts;
  private final StoreState before;
  private final Optional<Instant> executable;
  private PolicyReadings policy;
  private DelayReadings delays;
  private final PowerReadings power;
  private int followed;

  /**
   * @param contracts that are known
   * @param before what held before
   * @param rules by which is decided now
   * @param executable when it could be executed; empty if that is over
   */
  CallRenderer(
      GovernanceContracts contracts, StoreState before, Rules rules, Optional<Instant> executable) {
    this.contracts = contracts;
    this.before = before;
    this.executable = executable;
    this.delays = new DelayReadings(contracts, before.distributor(), List.of());
    this.policy = new PolicyReadings(before, executable, delays);
    this.power = new PowerReadings(contracts, rules);
  }

  /** All calls, in their order. */
  List<ProposedCall> render(List<RawCall> calls) {
    delays = new DelayReadings(contracts, before.distributor(), calls);
    policy = new PolicyReadings(before, executable, delays);
    List<ProposedCall> shown = new ArrayList<>();
    for (RawCall call : calls) {
      shown.add(render(call, 0));
    }
    return shown;
  }

  private ProposedCall render(RawCall call, int depth) {
    Optional<String> contract = contracts.name(call.target());
    Optional<AbiSignature> function = function(call);
    Reading reading;
    if (contract.isEmpty()) {
      reading = unknown(call);
    } else if (call.data().length > LONGEST) {
      reading = unreadable(call, contract.get(), "more data than is read here");
    } else if (function.isEmpty()) {
      reading = noFunction(call, contract.get());
    } else {
      reading = read(call, contract.get(), function.get());
    }
    return shown(call, contract, function, reading, depth);
  }

  private ProposedCall shown(
      RawCall call,
      Optional<String> contract,
      Optional<AbiSignature> function,
      Reading reading,
      int depth) {
    List<String> sentences = new ArrayList<>(reading.sentences());
    Danger danger = reading.danger();
    if (!call.value().isZero() && contract.isPresent()) {
      sentences.add("It sends " + Words.open(call.value()) + " of the timelock's along.");
      danger = danger.worst(Danger.DANGEROUS);
    }
    List<ProposedCall> calls = new ArrayList<>();
    if (depth < DEEPEST && followed + reading.calls().size() <= MOST) {
      followed += reading.calls().size();
      for (RawCall inner : reading.calls()) {
        calls.add(render(inner, depth + 1));
      }
    } else if (!reading.calls().isEmpty()) {
      sentences.add(
          "It holds "
              + Words.count(reading.calls().size(), "further call", "further calls")
              + ", too deep or too many to be shown: look at the data itself.");
      danger = Danger.UNKNOWN;
    }
    int bytes = call.data().length;
    return new ProposedCall(
        call.target(),
        contract,
        call.value(),
        function.map(AbiSignature::toString),
        "0x" + HexFormat.of().formatHex(call.data(), 0, Math.min(bytes, ProposedCall.SHOWN_BYTES)),
        bytes,
        danger,
        sentences,
        reading.differences(),
        reading.splitBefore(),
        reading.splitAfter(),
        calls);
  }

  /** The function that is called, where the target is known to have it. */
  private Optional<AbiSignature> function(RawCall call) {
    ChainAddress target = call.target();
    if (contracts.name(target).isEmpty()) {
      return Optional.empty();
    }
    List<AbiSignature> told = new ArrayList<>(power.functions(target));
    if (target.equals(contracts.store())) {
      told.addAll(PolicyReadings.FUNCTIONS);
    }
    if (delays.is(target)) {
      told.add(DistributorState.SET_DELAY);
    }
    return told.stream()
        .filter(f -> KnownContract.begins(f, call.data()))
        .findFirst()
        .or(() -> contracts.find(target).flatMap(c -> c.function(call.data())));
  }

  private Reading read(RawCall call, String contract, AbiSignature function) {
    List<Object> arguments;
    try {
      arguments = function.decodeArguments(Arrays.copyOfRange(call.data(), 4, call.data().length));
      if (!Arrays.equals(function.encodeCall(arguments.toArray()), call.data())) {
        return unreadable(
            call,
            contract,
            "data that is not in the usual form of " + function + ", and may hold something else");
      }
      if (PolicyReadings.FUNCTIONS.contains(function)) {
        return policy.read(function, arguments);
      }
      if (function == DistributorState.SET_DELAY) {
        return delays.read(arguments);
      }
      if (power.functions(call.target()).contains(function)) {
        return complete(
            call, contract, power.read(call.target(), contract, function, arguments), arguments);
      }
    } catch (OpenLedgerException e) {
      return unreadable(call, contract, "data that is no encoding of " + function);
    }
    // what else a contract offers may move coins or change who decides: no list here would be whole
    return Reading.of(
        Danger.DANGEROUS,
        "Calls "
            + function.name()
            + " of "
            + contract
            + (arguments.isEmpty()
                ? "."
                : " with " + Words.argument(arguments, SHOWN_ARGUMENTS) + "."));
  }

  /** A list of calls that does not fit together must not vanish. */
  private static Reading complete(
      RawCall call, String contract, Reading reading, List<Object> arguments) {
    boolean lists = arguments.size() > 2 && arguments.get(2) instanceof List<?>;
    return lists && reading.calls().isEmpty()
        ? unreadable(call, contract, "calls whose lists have different lengths, or none at all")
        : reading;
  }

  private static Reading unknown(RawCall call) {
    String what =
        call.data().length == 0
            ? "Sends "
                + Words.open(call.value())
                + " to "
                + call.target()
                + ", an address that is unknown here and may be a contract that does more."
            : "Calls an unknown contract, "
                + call.target()
                + ", with a value of "
                + Words.open(call.value())
                + " and "
                + Words.count(call.data().length, "byte", "bytes")
                + " of data. What it does cannot be told.";
    return Reading.of(Danger.UNKNOWN, what);
  }

  private static Reading noFunction(RawCall call, String contract) {
    if (call.data().length == 0) {
      return Reading.of(
          call.value().equals(Wei.ZERO) ? Danger.NOTABLE : Danger.DANGEROUS,
          "Sends " + Words.open(call.value()) + " to " + contract + ".");
    }
    return unreadable(call, contract, "a function that is not known here");
  }

  private static Reading unreadable(RawCall call, String contract, String why) {
    return Reading.of(
        Danger.UNKNOWN,
        "Calls "
            + contract
            + " with "
            + why
            + " ("
            + Words.count(call.data().length, "byte", "bytes")
            + ", beginning with 0x"
            + HexFormat.of().formatHex(call.data(), 0, Math.min(4, call.data().length))
            + "). What it does cannot be told.");
  }
}
