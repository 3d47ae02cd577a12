package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Values by name: what a function returned, what an event says, or a structure within one. Values
 * without a name are found by their place, written as a number from {@code "0"}.
 *
 * <p>A getter refuses a name that is not there, and a value of another type, with {@code
 * INVALID_ARGUMENT}: both are mistakes of the caller, for what came from the chain was decoded by
 * its type. Immutable.
 */
public final class AbiValues {

  private final List<AbiParameter> parameters;
  private final List<Object> values;

  AbiValues(List<AbiParameter> parameters, List<?> values) {
    this.parameters = parameters;
    this.values = List.copyOf(values);
  }

  /**
   * All of them in order: {@code BigInteger}, {@code Boolean}, {@code ChainAddress}, {@code
   * byte[]}, {@code String}, {@code List}; a {@code Hash256} for a topic that holds only a hash.
   */
  public List<Object> all() {
    return values;
  }

  /** An integer of any length. */
  public BigInteger integer(String name) {
    return as(name, BigInteger.class);
  }

  /** An integer that fits into 63 bits. */
  public long number(String name) {
    BigInteger value = integer(name);
    if (value.bitLength() > 63) {
      throw OpenLedgerException.invalid(name, value.bitLength() + " bits long", "63 bits");
    }
    return value.longValue();
  }

  /** An amount. */
  public Wei wei(String name) {
    return new Wei(integer(name));
  }

  /** A {@code bytes32}, or the hash that a topic holds of a longer value. */
  public Hash256 hash(String name) {
    return get(name) instanceof Hash256 hash ? hash : Hash256.of(as(name, byte[].class));
  }

  /** {@code bytes} or {@code bytesN}, a copy. */
  public byte[] bytes(String name) {
    return as(name, byte[].class).clone();
  }

  /** An address; the zero address is one. */
  public ChainAddress address(String name) {
    return as(name, ChainAddress.class);
  }

  /** A {@code bool}. */
  public boolean flag(String name) {
    return as(name, Boolean.class);
  }

  /** A text as it came: it may be hostile. */
  public String text(String name) {
    return as(name, String.class);
  }

  /** An array of what is no structure. */
  public List<?> list(String name) {
    return as(name, List.class);
  }

  /** A structure. */
  public AbiValues structure(String name) {
    return new AbiValues(parameters.get(at(name)).components(), list(name));
  }

  /** An array of structures. */
  public List<AbiValues> structures(String name) {
    List<AbiParameter> members = parameters.get(at(name)).components();
    List<AbiValues> structures = new ArrayList<>();
    for (Object one : list(name)) {
      if (!(one instanceof List<?> memberValues)) {
        throw OpenLedgerException.invalidText("element of " + name, one.toString(), "a structure");
      }
      structures.add(new AbiValues(members, memberValues));
    }
    return List.copyOf(structures);
  }

  private Object get(String name) {
    return values.get(at(name));
  }

  private <T> T as(String name, Class<T> type) {
    Object value = get(name);
    if (!type.isInstance(value)) {
      throw OpenLedgerException.invalid(
          "value " + name, "a " + value.getClass().getSimpleName(), "a " + type.getSimpleName());
    }
    return type.cast(value);
  }

  private int at(String name) {
    for (int i = 0; i < parameters.size(); i++) {
      String known = parameters.get(i).name();
      if (known.isEmpty() ? name.equals(Integer.toString(i)) : name.equals(known)) {
        return i;
      }
    }
    throw OpenLedgerException.invalidText(
        "name of a value", name, parameters.stream().map(AbiParameter::name).toList().toString());
  }

  @Override
  public String toString() {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      shown.add(
          parameters.get(i).name()
              + "="
              + (value instanceof byte[] bytes
                  ? "0x" + java.util.HexFormat.of().formatHex(bytes)
                  : value));
    }
    return shown.toString();
  }
}
