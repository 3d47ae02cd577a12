package io.openledger.chain.connector.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An argument, a result or a member of a structure.
 *
 * @param name may be empty
 * @param type canonical, structures as their members in parentheses
 * @param components the members of a structure, or of an array's structures; empty otherwise
 * @param indexed whether it is a topic of an event
 */
record AbiParameter(String name, String type, List<AbiParameter> components, boolean indexed) {

  static List<AbiParameter> list(JsonNode json) {
    List<AbiParameter> parameters = new ArrayList<>();
    for (JsonNode one : json) {
      List<AbiParameter> components = list(one.path("components"));
      String type = one.path("type").asText();
      parameters.add(
          new AbiParameter(
              one.path("name").asText(),
              type.startsWith("tuple") ? types(components) + type.substring(5) : type,
              components,
              one.path("indexed").asBoolean()));
    }
    return List.copyOf(parameters);
  }

  /** The types in parentheses. */
  static String types(List<AbiParameter> parameters) {
    return parameters.stream().map(AbiParameter::type).collect(Collectors.joining(",", "(", ")"));
  }

  /** Whether a topic holds the value itself; of all others it holds a hash (Solidity, "Events"). */
  boolean word() {
    return !type.endsWith("]")
        && !type.startsWith("(")
        && !type.equals("string")
        && !type.equals("bytes");
  }
}
