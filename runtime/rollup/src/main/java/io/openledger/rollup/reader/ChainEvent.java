package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a contract told, decoded. Arguments are found by the names that they have in Solidity;
 * asking for one that the event does not have, or of another kind, is a defect of the caller's.
 *
 * @param contract the contract's name, such as {@code RewardDistributor}
 * @param address of the contract
 * @param name the event's, such as {@code Claimed}
 * @param arguments by name, as {@link io.openledger.chain.connector.tx.AbiSignature} decodes them
 * @param block in which
 * @param blockHash of that block
 * @param time of that block
 * @param transaction in which
 * @param index of the log in the block
 */
public record ChainEvent(
    String contract,
    ChainAddress address,
    String name,
    Map<String, Object> arguments,
    long block,
    Hash256 blockHash,
    Instant time,
    Hash256 transaction,
    int index) {

  public ChainEvent {
    arguments = Map.copyOf(arguments);
  }

  /** Whether it is this event of this contract. */
  public boolean is(String contract, String name) {
    return this.contract.equals(contract) && this.name.equals(name);
  }

  /** An argument of type {@code address}. */
  public ChainAddress address(String argument) {
    return get(argument, ChainAddress.class);
  }

  /** An argument of an integer type. */
  public BigInteger integer(String argument) {
    return get(argument, BigInteger.class);
  }

  /**
   * An argument of an integer type that fits 63 bits.
   *
   * @throws OpenLedgerException if this one does not
   */
  public long number(String argument) {
    BigInteger value = integer(argument);
    if (value.bitLength() > 63) {
      throw OpenLedgerException.invalid(argument, value, "an integer of at most 63 bits");
    }
    return value.longValue();
  }

  /** An argument of type {@code bytes32}. */
  public Hash256 hash(String argument) {
    return Hash256.of(get(argument, byte[].class));
  }

  /** An argument of type {@code string}. */
  public String text(String argument) {
    return get(argument, String.class);
  }

  /** An argument of type {@code bool}. */
  public boolean flag(String argument) {
    return get(argument, Boolean.class);
  }

  /** Any argument. */
  public Object value(String argument) {
    return get(argument, Object.class);
  }

  private <T> T get(String argument, Class<T> type) {
    @Nullable Object value = arguments.get(argument);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          contract + "." + name + " has no " + type.getSimpleName() + " " + argument);
    }
    return type.cast(value);
  }
}
