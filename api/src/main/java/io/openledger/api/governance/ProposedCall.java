package io.openledger.api.governance;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import java.util.List;
import java.util.Optional;

/**
 * One call that a proposal makes when it is executed, as far as it can be read.
 *
 * @param target the contract, or whoever is sent coins
 * @param contract the target's name, if it is one of the contracts that are known here
 * @param value coins that go along, in wei
 * @param function name and types, if the target is known and has it; never guessed from the data
 * @param data calldata as hexadecimal digits after {@code 0x}, its first {@value #SHOWN_BYTES}
 *     bytes
 * @param dataBytes how long the calldata is
 * @param danger how it is to be taken; never below the worst of {@code calls}
 * @param sentences what it does, in plain words; at least one
 * @param differences what it changes, value by value
 * @param splitBefore the fee split before, where it changes that
 * @param splitAfter the fee split after
 * @param calls what it makes the target call in turn
 */
public record ProposedCall(
    ChainAddress target,
    Optional<String> contract,
    Wei value,
    Optional<String> function,
    String data,
    int dataBytes,
    Danger danger,
    List<String> sentences,
    List<Difference> differences,
    Optional<FeeSplit> splitBefore,
    Optional<FeeSplit> splitAfter,
    List<ProposedCall> calls) {

  /** Bytes of calldata that are shown. */
  public static final int SHOWN_BYTES = 1024;

  public ProposedCall {
    sentences = List.copyOf(sentences);
    differences = List.copyOf(differences);
    calls = List.copyOf(calls);
    for (ProposedCall call : calls) {
      danger = danger.worst(call.danger());
    }
  }

  /** How a call is to be taken, from the least to the worst. */
  public enum Danger {
    /** Changes a policy, within its bounds and with its delay. */
    ROUTINE,
    /** Adds a parameter, or makes a change that the contract would refuse. */
    NOTABLE,
    /**
     * Does something else to a contract that is known: changes who decides, moves coins, or could.
     */
    DANGEROUS,
    /** Cannot be read: may do anything that the timelock is allowed to. */
    UNKNOWN;

    /** The worse of two. */
    public Danger worst(Danger other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /**
   * A value before and after.
   *
   * @param what its name
   * @param before in words; empty if it cannot be told
   * @param after in words
   */
  public record Difference(String what, String before, String after) {}
}
