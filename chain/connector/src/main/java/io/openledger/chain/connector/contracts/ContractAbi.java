package io.openledger.chain.connector.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.RpcException;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.RevertReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A contract's interface: functions, events, custom errors. Immutable; safe for any thread.
 *
 * <p>A function or event is named by its name, {@code claim}, where there is one of that name, and
 * by its signature, {@code queue(uint256)}, where there are several.
 */
public final class ContractAbi {

  private final ContractName name;
  private final List<AbiFunction> functions;
  private final List<AbiEvent> events;
  private final List<AbiSignature> errors;

  private ContractAbi(
      ContractName name,
      List<AbiFunction> functions,
      List<AbiEvent> events,
      List<AbiSignature> errors) {
    this.name = name;
    this.functions = List.copyOf(functions);
    this.events = List.copyOf(events);
    this.errors = List.copyOf(errors);
  }

  /**
   * Reads a contract's interface out of the jar: some milliseconds, so keep it.
   *
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if the jar was built without
   *     contracts
   */
  public static ContractAbi load(ContractName name) {
    return of(name, Artifact.load(name).abi());
  }

  static ContractAbi of(ContractName name, JsonNode abi) {
    List<AbiFunction> functions = new ArrayList<>();
    List<AbiEvent> events = new ArrayList<>();
    List<AbiSignature> errors = new ArrayList<>();
    for (JsonNode entry : abi) {
      List<AbiParameter> inputs = AbiParameter.list(entry.path("inputs"));
      String text = entry.path("name").asText() + AbiParameter.types(inputs);
      switch (entry.path("type").asText()) {
        case "function" ->
            functions.add(
                new AbiFunction(
                    AbiSignature.parse(text), AbiParameter.list(entry.path("outputs"))));
        case "event" -> {
          // an anonymous event has no topic by which it could be told
          if (!entry.path("anonymous").asBoolean()) {
            events.add(new AbiEvent(AbiSignature.parse(text), inputs));
          }
        }
        case "error" -> errors.add(AbiSignature.parse(text));
        default -> {
          // constructor, receive, fallback: not called by name
        }
      }
    }
    return new ContractAbi(name, functions, events, errors);
  }

  /** The reasons of all contracts in words, for a client that does not know whom it calls. */
  public static RevertReason revertReasons() {
    Set<String> seen = new LinkedHashSet<>();
    List<AbiSignature> all = new ArrayList<>();
    for (ContractName name : ContractName.values()) {
      for (AbiSignature error : load(name).errors) {
        if (seen.add(error.toString())) {
          all.add(error);
        }
      }
    }
    return new RevertReason(all);
  }

  /** Whose. */
  public ContractName name() {
    return name;
  }

  /**
   * A function by its name or signature.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if there is none, or several of the name
   */
  public AbiFunction function(String nameOrSignature) {
    List<AbiFunction> found =
        functions.stream().filter(f -> named(f.signature(), nameOrSignature)).toList();
    return one("function", nameOrSignature, found);
  }

  /**
   * An event by its name or signature.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if there is none, or several of the name
   */
  public AbiEvent event(String nameOrSignature) {
    List<AbiEvent> found =
        events.stream()
            .filter(e -> e.name().equals(nameOrSignature) || e.toString().equals(nameOrSignature))
            .toList();
    return one("event", nameOrSignature, found);
  }

  /** The signatures of all functions. */
  public List<AbiSignature> functions() {
    return functions.stream().map(AbiFunction::signature).toList();
  }

  /** All events. */
  public List<AbiEvent> events() {
    return events;
  }

  /** The custom errors. */
  public List<AbiSignature> errors() {
    return errors;
  }

  /**
   * The refusal of a call with this contract's own reason in words, where the node told it; the
   * same exception otherwise.
   */
  public OpenLedgerException explained(OpenLedgerException refusal) {
    return explained(refusal, revertReason());
  }

  static OpenLedgerException explained(OpenLedgerException refusal, RevertReason reasons) {
    if (refusal.code() != ErrorCode.CHAIN_REFUSED
        || !(refusal.getCause() instanceof RpcException told)
        || told.error().returned().length == 0) {
      return refusal;
    }
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "the contract refuses: " + reasons.describe(told.error().returned()),
        refusal.allowed(),
        refusal.remedy(),
        refusal);
  }

  /** This contract's reasons in words. */
  public RevertReason revertReason() {
    return new RevertReason(errors);
  }

  private static boolean named(AbiSignature signature, String nameOrSignature) {
    return signature.name().equals(nameOrSignature) || signature.toString().equals(nameOrSignature);
  }

  private <T> T one(String what, String wanted, List<T> found) {
    if (found.size() != 1) {
      throw OpenLedgerException.invalidText(
          what + " of " + name,
          wanted,
          found.isEmpty() ? "one that it has" : "a whole signature, one of " + found);
    }
    return found.get(0);
  }
}
