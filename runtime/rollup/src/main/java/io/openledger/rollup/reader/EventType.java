package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An event as Solidity declares it, and how it is read (Solidity, "Contract ABI Specification",
 * "Events"). Indexed arguments must be of types that fill a word.
 */
final class EventType {

  private record Argument(String type, boolean indexed, String name) {}

  private final String name;
  private final Hash256 topic;
  private final List<Argument> arguments;
  private final AbiSignature indexed;
  private final AbiSignature rest;

  private EventType(String name, List<Argument> arguments) {
    this.name = name;
    this.arguments = arguments;
    AbiSignature all = signature(name, arguments);
    this.topic = Hash256.of(Keccak256.hash(all.toString().getBytes(StandardCharsets.US_ASCII)));
    this.indexed = signature(name, arguments.stream().filter(Argument::indexed).toList());
    this.rest = signature(name, arguments.stream().filter(a -> !a.indexed()).toList());
  }

  private static AbiSignature signature(String name, List<Argument> arguments) {
    return AbiSignature.parse(
        name + "(" + String.join(",", arguments.stream().map(Argument::type).toList()) + ")");
  }

  /** Reads a declaration such as {@code Claimed(address indexed account, uint256 cumulative)}. */
  static EventType parse(String declaration) {
    int open = declaration.indexOf('(');
    List<Argument> arguments = new ArrayList<>();
    for (String part : split(declaration.substring(open + 1, declaration.length() - 1))) {
      String[] words = part.strip().split(" ");
      arguments.add(new Argument(words[0], words.length == 3, words[words.length - 1]));
    }
    return new EventType(declaration.substring(0, open), List.copyOf(arguments));
  }

  // at commas outside of parentheses
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    if (from < text.length()) {
      parts.add(text.substring(from));
    }
    return parts;
  }

  String name() {
    return name;
  }

  /** Keccak-256 of the canonical signature: the first topic. */
  Hash256 topic() {
    return topic;
  }

  /** The canonical signature with the positions of indexed arguments, for comparisons. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append('(');
    for (Argument a : arguments) {
      text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
          .append(a.type())
          .append(a.indexed() ? " indexed " : " ")
          .append(a.name());
    }
    return text.append(')').toString();
  }

  /**
   * The arguments by name.
   *
   * @throws OpenLedgerException if these are not exactly the bytes that such an event has
   */
  Map<String, Object> decode(List<Hash256> topics, byte[] data) {
    int words = (int) arguments.stream().filter(Argument::indexed).count();
    if (topics.size() != 1 + words) {
      throw OpenLedgerException.invalid(
          "number of topics of " + name, topics.size(), String.valueOf(1 + words));
    }
    byte[] head = new byte[32 * words];
    for (int i = 0; i < words; i++) {
      System.arraycopy(topics.get(i + 1).toBytes(), 0, head, 32 * i, 32);
    }
    List<Object> inTopics = exact(indexed, head);
    List<Object> inData = exact(rest, data);
    Map<String, Object> values = new HashMap<>();
    int t = 0;
    int d = 0;
    for (Argument a : arguments) {
      values.put(a.name(), a.indexed() ? inTopics.get(t++) : inData.get(d++));
    }
    return values;
  }

  // what decodes is encoded again: nothing before, between or after the values goes unnoticed
  private static List<Object> exact(AbiSignature signature, byte[] bytes) {
    List<Object> values = signature.decodeArguments(bytes);
    if (!Arrays.equals(signature.encodeArguments(values.toArray()), bytes)) {
      throw OpenLedgerException.invalid(
          "the encoding of " + signature, bytes.length + " bytes", "the canonical encoding");
    }
    return values;
  }
}
