package io.openledger.chain.connector.contracts;

import static io.openledger.chain.connector.contracts.JsonFiles.members;
import static io.openledger.chain.connector.contracts.JsonFiles.number;
import static io.openledger.chain.connector.contracts.JsonFiles.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook.Entry;
import io.openledger.chain.connector.contracts.AddressBook.Roles;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The address book as a file, which the package describes. */
final class BookFile {

  private static final String FORMAT = "openledger-address-book-1";

  private BookFile() {}

  static AddressBook read(Path file) {
    return JsonFiles.read(
        file,
        "address book",
        AddressBook.MAX_BYTES,
        "name the file that deploy or attach wrote",
        BookFile::of);
  }

  private static AddressBook of(JsonNode root) {
    members(
        root,
        "format",
        "chainId",
        "genesis",
        "block",
        "deployer?",
        "contracts",
        "roles",
        "parameters");
    if (!text(root, "format").equals(FORMAT)) {
      throw new JsonFiles.Malformed("is not of the format " + FORMAT);
    }
    Map<ContractName, Entry> contracts = new EnumMap<>(ContractName.class);
    root.path("contracts")
        .fields()
        .forEachRemaining(
            one -> contracts.put(ContractName.of(one.getKey()), entry(one.getValue())));
    JsonNode roles = members(root.path("roles"), "owner?", "updater?", "guardian?");
    Map<String, String> parameters = new TreeMap<>();
    root.path("parameters")
        .fieldNames()
        .forEachRemaining(key -> parameters.put(key, text(root.path("parameters"), key)));
    return new AddressBook(
        number(root, "chainId"),
        Hash256.parse(text(root, "genesis")),
        number(root, "block"),
        address(root, "deployer"),
        contracts,
        new Roles(address(roles, "owner"), address(roles, "updater"), address(roles, "guardian")),
        parameters);
  }

  private static Entry entry(JsonNode node) {
    members(node, "address", "codeHash", "own");
    if (!node.path("own").isBoolean()) {
      throw new JsonFiles.Malformed("has no true or false as own");
    }
    return new Entry(
        new ChainAddress(text(node, "address")),
        Hash256.parse(text(node, "codeHash")),
        node.path("own").asBoolean());
  }

  private static Optional<ChainAddress> address(JsonNode node, String member) {
    return node.has(member) ? Optional.of(new ChainAddress(text(node, member))) : Optional.empty();
  }

  static void write(Path file, AddressBook book) {
    ObjectNode root = JsonFiles.mapper().createObjectNode();
    root.put("format", FORMAT);
    root.put("chainId", book.chainId());
    root.put("genesis", "0x" + book.genesis());
    root.put("block", book.block());
    book.deployer().ifPresent(address -> root.put("deployer", address.value()));
    ObjectNode contracts = root.putObject("contracts");
    book.contracts()
        .forEach(
            (name, entry) ->
                contracts
                    .putObject(name.contract())
                    .put("address", entry.address().value())
                    .put("codeHash", "0x" + entry.codeHash())
                    .put("own", entry.own()));
    ObjectNode roles = root.putObject("roles");
    book.roles().owner().ifPresent(address -> roles.put("owner", address.value()));
    book.roles().updater().ifPresent(address -> roles.put("updater", address.value()));
    book.roles().guardian().ifPresent(address -> roles.put("guardian", address.value()));
    ObjectNode parameters = root.putObject("parameters");
    book.parameters().forEach(parameters::put);
    JsonFiles.write(file, root);
  }
}
