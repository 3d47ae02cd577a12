package io.openledger.chain.connector.contracts;

import static io.openledger.chain.connector.contracts.JsonFiles.members;
import static io.openledger.chain.connector.contracts.JsonFiles.number;
import static io.openledger.chain.connector.contracts.JsonFiles.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which transactions of a deployment were signed; the package describes the file. Without a file it
 * remembers as long as the process lives.
 */
final class Journal {

  private static final String FORMAT = "openledger-deployment-journal-1";

  /** Some 20 transactions of at most 50 kB in hexadecimal, and each raised a few times. */
  private static final int MAX_BYTES = 16 << 20;

  private final Optional<Path> file;
  private final Header header;
  private final Map<String, Sent> sent;

  /**
   * Whose.
   *
   * @param plan digest of the plan
   */
  record Header(long chainId, Hash256 genesis, ChainAddress deployer, Hash256 plan) {}

  private record Content(Header header, Map<String, Sent> sent) {}

  private Journal(Optional<Path> file, Header header, Map<String, Sent> sent) {
    this.file = file;
    this.header = header;
    this.sent = new LinkedHashMap<>(sent);
  }

  /**
   * Takes up the journal where there is one of this plan.
   *
   * @param told hears of a journal that is put aside because its chain is another
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if it is of another plan or deployer on
   *     this chain
   */
  static Journal open(Optional<Path> file, Header header, Consumer<String> told) {
    if (file.filter(Files::exists).isEmpty()) {
      return new Journal(file, header, Map.of());
    }
    Path path = file.orElseThrow();
    Content content =
        JsonFiles.read(
            path,
            "journal of a deployment",
            MAX_BYTES,
            "look on the chain what was deployed, and delete the journal to begin anew",
            Journal::of);
    Header found = content.header();
    if (found.chainId() != header.chainId() || !found.genesis().equals(header.genesis())) {
      Path aside = path.resolveSibling(path.getFileName() + ".discarded");
      putAside(path, aside);
      told.accept(
          "The journal "
              + path
              + " is of chain "
              + found.chainId()
              + " with genesis "
              + found.genesis()
              + ", and this is chain "
              + header.chainId()
              + " with genesis "
              + header.genesis()
              + ": it is put aside as "
              + aside
              + ", and the deployment begins anew.");
      return new Journal(file, header, Map.of());
    }
    if (!found.equals(header)) {
      boolean who = !found.deployer().equals(header.deployer());
      throw new OpenLedgerException(
          ErrorCode.INVALID_ARGUMENT,
          who
              ? "a deployment by " + header.deployer()
              : "parameters or contracts that differ from those of the deployment that was begun",
          who
              ? found.deployer() + ", who began the one in " + path
              : "the same, until the one in " + path + " is finished",
          "finish it, name another address book, or delete the journal to begin anew");
    }
    return new Journal(file, header, content.sent());
  }

  private static void putAside(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          from + " cannot be moved to " + to + ": " + e.getClass().getSimpleName(),
          "a folder that can be written",
          "move the journal of the other chain yourself",
          e);
    }
  }

  private static Content of(JsonNode root) {
    members(root, "format", "chainId", "genesis", "deployer", "plan", "steps");
    if (!text(root, "format").equals(FORMAT)) {
      throw new JsonFiles.Malformed("is not of the format " + FORMAT);
    }
    Header header =
        new Header(
            number(root, "chainId"),
            Hash256.parse(text(root, "genesis")),
            new ChainAddress(text(root, "deployer")),
            Hash256.parse(text(root, "plan")));
    Map<String, Sent> sent = new LinkedHashMap<>();
    for (JsonNode step : root.path("steps")) {
      members(step, "step", "nonce", "signed");
      List<SignedTransaction> attempts = new ArrayList<>();
      for (JsonNode raw : step.path("signed")) {
        attempts.add(signed(raw.asText(), header, number(step, "nonce")));
      }
      if (sent.put(text(step, "step"), new Sent(number(step, "nonce"), attempts)) != null) {
        throw new JsonFiles.Malformed("has a step twice");
      }
    }
    return new Content(header, sent);
  }

  private static SignedTransaction signed(String hex, Header header, long nonce) {
    if (!hex.matches("0x([0-9a-f]{2})+")) {
      throw new JsonFiles.Malformed("has signed bytes that are not hexadecimal");
    }
    SignedTransaction transaction =
        new SignedTransaction(HexFormat.of().parseHex(hex.substring(2)));
    SignedTransaction.Opened opened = transaction.open();
    if (opened.transaction().chainId() != header.chainId()
        || opened.transaction().nonce() != nonce
        || !opened.sender().equals(header.deployer())) {
      throw new JsonFiles.Malformed("has a transaction of another chain, nonce or sender");
    }
    return transaction;
  }

  /** What was signed for a step. */
  Optional<Sent> recall(String step) {
    return Optional.ofNullable(sent.get(step));
  }

  /** The memory of one step. */
  DirectSender.Memory of(String step) {
    return new DirectSender.Memory() {
      @Override
      public Optional<Sent> recall() {
        return Journal.this.recall(step);
      }

      @Override
      public void remember(Sent given) {
        sent.put(step, given);
        write();
      }

      @Override
      public void forget() {
        sent.remove(step);
        write();
      }
    };
  }

  /** All is done and the address book is written. */
  void delete() {
    file.ifPresent(
        path -> {
          try {
            Files.deleteIfExists(path);
          } catch (IOException e) {
            throw new OpenLedgerException(
                ErrorCode.STORAGE_UNAVAILABLE,
                path + " cannot be deleted: " + e.getClass().getSimpleName(),
                "a folder that can be written",
                "the deployment is done and its address book written: delete the journal yourself",
                e);
          }
        });
  }

  private void write() {
    file.ifPresent(
        path -> {
          ObjectNode root = JsonFiles.mapper().createObjectNode();
          root.put("format", FORMAT);
          root.put("chainId", header.chainId());
          root.put("genesis", "0x" + header.genesis());
          root.put("deployer", header.deployer().value());
          root.put("plan", "0x" + header.plan());
          ArrayNode steps = root.putArray("steps");
          sent.forEach(
              (name, one) -> {
                ObjectNode step = steps.addObject();
                step.put("step", name);
                step.put("nonce", one.nonce());
                ArrayNode signed = step.putArray("signed");
                one.attempts().forEach(attempt -> signed.add(attempt.hex()));
              });
          JsonFiles.write(path, root);
        });
  }
}
