package io.openledger.chain.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AbiEvent;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a distributor owes, and the calldata that makes it pay. */
final class Claims {

  /** Items of a batch: half of what the contract takes, so that the gas fits into any block. */
  static final int BATCH = 50;

  /** What the contract leaves to a receiver of a batch, and the part that calls hold back. */
  static final long GAS_OF_ITEM = 52_000;

  private final ChainClient client;
  private final Contract distributor;
  private final boolean any;
  private final AbiValues active;

  Claims(ChainClient client, Contract distributor) {
    this.client = client;
    this.distributor = distributor;
    AbiValues answer = read("activeRoot");
    this.any = answer.number("sequence") > 0;
    this.active = answer.structure("posting");
  }

  private AbiValues read(String function, Object... arguments) {
    return distributor.read(client, Finality.UNSAFE, function, arguments);
  }

  /** The root that claims are proven against now; zero if there is none. */
  private Hash256 root() {
    return active.hash("root");
  }

  private long epoch() {
    return active.number("epoch");
  }

  /**
   * Refuses a root that is not the active one, and says whether it will be.
   *
   * @param root that something is proven against
   * @param epoch as the proof says
   */
  void requireActive(Hash256 root, long epoch) {
    if (any && root.equals(root())) {
      return;
    }
    AbiValues answer = read("latestRoot");
    AbiValues latest = answer.structure("posting");
    if (latest.hash("root").equals(root)) {
      throw tooEarly(
          "the root of epoch "
              + latest.number("epoch")
              + " becomes active at "
              + Instant.ofEpochSecond(latest.number("activeAt")));
    }
    if (!any) {
      throw tooEarly("no root is active yet");
    }
    throw new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        "a proof against root " + root + " of epoch " + epoch,
        "root " + root() + " of epoch " + epoch() + ", which is active now",
        "take the proof or the leaf data of that epoch");
  }

  private static OpenLedgerException tooEarly(String what) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED, what, "claims against an active root", "claim after that");
  }

  /** What an account has claimed ever, in the newest block. */
  Wei claimed(ChainAddress account) {
    return read("claimed", account).wei("0");
  }

  /** The least that a claim pays. */
  Wei minimum() {
    return read("minimumClaim").wei("0");
  }

  /** For the account that sends it: the siblings follow the amount without offset and length. */
  byte[] own(EpochProof proof) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(distributor.encode("claimPacked", proof.cumulative().value()));
    proof.siblings().forEach(sibling -> data.writeBytes(sibling.toBytes()));
    return data.toByteArray();
  }

  /** For another account, to its own address. */
  byte[] forAnother(EpochProof proof) {
    return distributor.encode(
        "claimFor", proof.address(), proof.cumulative().value(), siblings(proof));
  }

  /** Staked for the account that sends it. */
  byte[] toStake(EpochProof proof, long configuration) {
    return distributor.encode(
        "claimToStake",
        BigInteger.valueOf(configuration),
        proof.cumulative().value(),
        siblings(proof));
  }

  /** For many, each to its own address. */
  byte[] forMany(List<EpochProof> proofs) {
    List<Object> items = new ArrayList<>();
    List<Object> siblings = new ArrayList<>();
    for (EpochProof proof : proofs) {
      items.add(
          List.of(
              proof.address(),
              proof.cumulative().value(),
              BigInteger.valueOf(proof.siblings().size())));
      siblings.addAll(siblings(proof));
    }
    return distributor.encode("claimMany", items, siblings);
  }

  private static List<Object> siblings(EpochProof proof) {
    return proof.siblings().stream().map(sibling -> (Object) sibling.toBytes()).toList();
  }

  /** What accounts have claimed ever by the events of a transaction; the last of each counts. */
  Map<ChainAddress, Wei> claimedBy(TransactionReceipt receipt) {
    AbiEvent claimed = distributor.abi().event("Claimed");
    Map<ChainAddress, Wei> found = new LinkedHashMap<>();
    for (EventLog log : receipt.logs()) {
      if (log.address().equals(distributor.address()) && claimed.matches(log)) {
        AbiValues values = claimed.decode(log);
        found.put(values.address("account"), values.wei("cumulative"));
      }
    }
    return found;
  }

  ChainAddress address() {
    return distributor.address();
  }
}
