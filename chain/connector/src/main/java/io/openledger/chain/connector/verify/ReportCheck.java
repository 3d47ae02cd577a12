package io.openledger.chain.connector.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.merkle.Keccak256;
import io.openledger.chain.merkle.ReceiptTree;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Checks a report step by step: first against itself, then against the chain. Each step is told;
 * one that fails does not end the others. Some ten calls of the chain, a few hundred at most.
 *
 * <p>What the chain shows is who anchored what and when; that this publisher is the one to believe,
 * and that these are the contracts, is what the caller brings along.
 */
public final class ReportCheck {

  /** Bytes of a file; the report of an answer with 10 000 spans has some 4 MB. */
  public static final int MAX_BYTES = 64 << 20;

  /** Versions after the asked one that are looked at for the next that was anchored. */
  private static final int NEAR = 200;

  private final ChainClient client;
  private final AddressBook book;
  private final ChainAddress publisher;

  /**
   * @param client of the chain
   * @param book where the contracts are; {@link AddressBook#verify} should have passed
   * @param publisher who registered the ledger's datanets and models
   */
  public ReportCheck(ChainClient client, AddressBook book, ChainAddress publisher) {
    this.client = client;
    this.book = book;
    this.publisher = publisher;
  }

  /**
   * Checks a report.
   *
   * @param report the JSON form, byte for byte as it was given out
   * @param receiptProof the server's JSON that places the receipt in an epoch ({@code ledger},
   *     {@code epoch}, {@code siblings}); without it that step stays open
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if a file is not what it should be; what
   *     the chain throws if it cannot be asked
   */
  public List<Finding> check(byte[] report, Optional<byte[]> receiptProof) {
    ReportFile file = ReportFile.parse(report);
    JsonNode receipt = file.root().path("receipt");
    List<Finding> findings = new ArrayList<>();
    Hash256 stated = hash(file.root(), "hash");
    findings.add(
        Finding.of(
            stated.equals(file.receipt()),
            stated.equals(file.receipt())
                ? "the receipt's hash is the SHA-256 of its bytes: " + stated
                : "the receipt states hash "
                    + stated
                    + ", and its bytes have "
                    + file.receipt()
                    + ": it was changed, or written in another form"));
    link(file, stated, findings);
    answer(file, receipt, findings);
    contributions(file, findings);
    credits(receipt, findings);
    for (JsonNode datanet : receipt.path("attribution").path("datanets")) {
      datanet(datanet, findings);
    }
    models(receipt, findings);
    policy(receipt.path("policy"), findings);
    if (receiptProof.isPresent()) {
      epoch(ReportFile.json("receipt's proof", receiptProof.get()), file.receipt(), findings);
    } else {
      findings.add(
          Finding.open("whether the receipt is in an anchored epoch: no proof of that was given"));
    }
    return List.copyOf(findings);
  }

  // --- the report against itself

  private static void link(ReportFile file, Hash256 stated, List<Finding> findings) {
    JsonNode link = file.root().path("link");
    if (link.isMissingNode()) {
      findings.add(Finding.open("the receipt had no link of the chain of receipts yet"));
      return;
    }
    byte[] both = new byte[64];
    System.arraycopy(hash(link, "previous").toBytes(), 0, both, 0, 32);
    System.arraycopy(stated.toBytes(), 0, both, 32, 32);
    findings.add(
        Finding.of(
            Hash256.sha256(both).equals(hash(link, "value")),
            "the receipt's link, number "
                + link.path("number").asText()
                + ", is the SHA-256 of the link before it and the receipt's hash"));
  }

  private static void answer(ReportFile file, JsonNode receipt, List<Finding> findings) {
    JsonNode answer = file.root().path("answer");
    if (answer.isTextual()) {
      byte[] text = answer.asText().getBytes(StandardCharsets.UTF_8);
      findings.add(
          Finding.of(
              Hash256.sha256(text).equals(hash(receipt, "answerHash")),
              "the answer's text is the one that the receipt names by its SHA-256"));
    }
  }

  private static void contributions(ReportFile file, List<Finding> findings) {
    JsonNode contributions = file.root().path("contributions");
    int right = 0;
    int erased = 0;
    for (int i = 0; i < file.commitments().size(); i++) {
      JsonNode contribution = contributions.path(i);
      Optional<Hash256> commitment = file.commitments().get(i);
      if (commitment.isEmpty()) {
        erased++;
      } else if (commitment.get().equals(hash(contribution, "leaf"))) {
        right++;
      } else {
        findings.add(
            Finding.of(
                false,
                "what contribution "
                    + contribution.path("id").asText()
                    + " was committed to is not what its leaf is the SHA-256 of"));
      }
    }
    if (right > 0) {
      findings.add(
          Finding.of(true, right + " contributions are what their leaves are the SHA-256 of"));
    }
    if (erased > 0) {
      findings.add(
          Finding.open(
              erased + " contributions were erased: what they said can be checked no more"));
    }
  }

  private static void credits(JsonNode receipt, List<Finding> findings) {
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode credit : receipt.path("credits")) {
      sum = sum.add(Wei.parse(credit.path("amount").asText()).value());
    }
    Wei fee = Wei.parse(receipt.path("fee").asText());
    findings.add(
        Finding.of(
            sum.equals(fee.value()),
            "what is credited adds up to " + sum + " wei, and the fee is " + fee + " wei"));
  }

  // --- the report against the chain

  private static Hash256 idOf(ChainAddress registrant, String name) {
    byte[] both = new byte[64];
    byte[] address = HexFormat.of().parseHex(registrant.value().substring(2));
    System.arraycopy(address, 0, both, 12, 20);
    System.arraycopy(Hash256.sha256(name).toBytes(), 0, both, 32, 32);
    return Hash256.of(Keccak256.hash(both));
  }

  /** A version as a registry has it, and whether that is final. */
  private record Anchored(long version, Hash256 root, long size, boolean settled) {}

  private Optional<Anchored> anchored(Contract registry, Hash256 id, long version) {
    for (Finality finality : List.of(Finality.FINALIZED, Finality.UNSAFE)) {
      AbiValues values =
          registry.read(client, finality, "versionOf", id.toBytes(), BigInteger.valueOf(version));
      Hash256 root = values.hash("root");
      if (!root.equals(Hash256.ZERO)) {
        return Optional.of(
            new Anchored(version, root, values.number("size"), finality == Finality.FINALIZED));
      }
    }
    return Optional.empty();
  }

  private long latest(Contract registry, Hash256 id) {
    return registry.read(client, Finality.UNSAFE, "latestVersion", id.toBytes()).number("0");
  }

  private static String settledness(Anchored anchored) {
    return anchored.settled() ? "" : " (in a block that is not final yet)";
  }

  private void datanet(JsonNode snapshot, List<Finding> findings) {
    String name = snapshot.path("datanet").asText();
    long version = snapshot.path("version").asLong();
    long accepted = snapshot.path("accepted").asLong();
    Hash256 root = hash(snapshot, "root");
    String what = "datanet " + name + " at version " + version;
    if (accepted == 0) {
      findings.add(Finding.of(root.equals(Hash256.ZERO), what + " had no contributions"));
      return;
    }
    Contract registry = book.contract(ContractName.DATANET_REGISTRY);
    Hash256 id = idOf(publisher, name);
    long latest = latest(registry, id);
    if (latest == 0) {
      findings.add(
          Finding.open(what + ": nothing is anchored by " + publisher + " of this datanet"));
      return;
    }
    for (long v = Math.max(1, version); v <= Math.min(latest, version + NEAR); v++) {
      Optional<Anchored> found = anchored(registry, id, v);
      if (found.isPresent()) {
        findings.add(compare(what, version, accepted, root, found.get()));
        return;
      }
    }
    findings.add(
        Finding.open(
            what
                + " was not anchored, nor one soon after it; the last that is anchored is version "
                + latest));
  }

  private static Finding compare(
      String what, long version, long accepted, Hash256 root, Anchored found) {
    if (found.root().equals(root)) {
      return Finding.of(
          true,
          what
              + " has the root that is anchored"
              + (found.version() == version ? "" : " as version " + found.version())
              + settledness(found)
              + ": "
              + root);
    }
    // versions without acceptances have the same root: as many contributions, another root
    if (found.version() == version || found.size() <= accepted) {
      return Finding.of(
          false,
          what
              + " has root "
              + root
              + " with "
              + accepted
              + " contributions in the receipt, and version "
              + found.version()
              + " is anchored with root "
              + found.root()
              + " over "
              + found.size());
    }
    return Finding.open(
        what
            + " was not anchored by itself: the next that is anchored is version "
            + found.version()
            + ", with "
            + (found.size() - accepted)
            + " contributions more");
  }

  private void models(JsonNode receipt, List<Finding> findings) {
    JsonNode model = receipt.path("model");
    model(model.path("id").asText(), hash(model, "digest"), findings);
    for (JsonNode adapter : receipt.path("adapters")) {
      if (!adapter.path("id").asText().equals(model.path("id").asText())) {
        model(adapter.path("id").asText(), hash(adapter, "digest"), findings);
      }
    }
  }

  private void model(String name, Hash256 digest, List<Finding> findings) {
    Contract registry = book.contract(ContractName.MODEL_REGISTRY);
    Hash256 id = idOf(publisher, name);
    long latest = latest(registry, id);
    if (latest == 0) {
      findings.add(
          Finding.open(
              "model " + name + ": nothing is anchored by " + publisher + " of this model"));
      return;
    }
    for (long v = latest; v > Math.max(0, latest - NEAR); v--) {
      Optional<Anchored> found = anchored(registry, id, v);
      if (found.filter(f -> f.root().equals(digest)).isPresent()) {
        findings.add(
            Finding.of(
                true,
                "model "
                    + name
                    + " has the digest that is anchored as version "
                    + v
                    + (v == latest ? "" : " of " + latest)
                    + settledness(found.get())
                    + ": "
                    + digest));
        return;
      }
    }
    findings.add(
        Finding.of(
            false, "model " + name + " has digest " + digest + ", and no anchored version has it"));
  }

  private void policy(JsonNode policy, List<Finding> findings) {
    Hash256 stated = hash(policy, "hash");
    long version = policy.path("version").asLong();
    String what =
        "policy " + policy.path("name").asText() + " version " + version + ", hash " + stated;
    if (version < 1 || version > 0xFFFF_FFFFL) {
      findings.add(Finding.open(what + ": no version that the chain could know"));
      return;
    }
    Hash256 decided =
        book.contract(ContractName.PARAMETER_STORE)
            .read(client, Finality.UNSAFE, "policyHashOf", BigInteger.valueOf(version))
            .hash("0");
    findings.add(
        decided.equals(stated)
            ? Finding.of(true, what + ", is one that governance decided")
            : Finding.open(what + ", is the server's own: governance decided none of this hash"));
  }

  private void epoch(JsonNode proof, Hash256 receiptHash, List<Finding> findings) {
    Hash256 ledger = hash(proof, "ledger");
    long epoch = proof.path("epoch").asLong();
    List<Hash256> siblings = new ArrayList<>();
    for (JsonNode sibling : proof.path("siblings")) {
      siblings.add(Hash256.parse(sibling.asText()));
    }
    if (siblings.size() > 64) {
      throw OpenLedgerException.invalid("siblings of the proof", siblings.size(), "at most 64");
    }
    Contract anchor = book.contract(ContractName.ATTRIBUTION_ANCHOR);
    boolean ours =
        anchor.read(client, Finality.UNSAFE, "isPublisher", ledger.toBytes(), publisher).flag("0");
    findings.add(
        Finding.of(
            ours,
            "ledger " + ledger + (ours ? " is anchored by " : " is not anchored by ") + publisher));
    for (Finality finality : List.of(Finality.FINALIZED, Finality.UNSAFE)) {
      Hash256 root =
          anchor
              .read(client, finality, "rootOf", ledger.toBytes(), BigInteger.valueOf(epoch))
              .hash("0");
      if (!root.equals(Hash256.ZERO)) {
        boolean there = ReceiptTree.verify(root, receiptHash, siblings);
        findings.add(
            Finding.of(
                there,
                "the receipt is "
                    + (there ? "" : "not ")
                    + "among those that were anchored for epoch "
                    + epoch
                    + (finality == Finality.FINALIZED ? "" : " (in a block that is not final yet)")
                    + ", root "
                    + root));
        return;
      }
    }
    findings.add(Finding.open("nothing is anchored for epoch " + epoch + " of this ledger yet"));
  }

  private static Hash256 hash(JsonNode node, String member) {
    JsonNode value = node.path(member);
    if (!value.isTextual()) {
      throw OpenLedgerException.invalid("the file", "without " + member, "one that has it");
    }
    return Hash256.parse(value.asText());
  }
}
