package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AbiEvent;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.runtime.ledger.LedgerEpoch;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The contract {@code RewardDistributor} as it is asked and called. Safe for any thread. */
final class Distributor {

  /**
   * A posted root.
   *
   * @param sequence 0 with zeros if there is none
   */
  record Root(long sequence, Hash256 root, Wei total, long epoch, Instant activeAt) {
    static Root of(long sequence, AbiValues posting) {
      return new Root(
          sequence,
          posting.hash("root"),
          posting.wei("total"),
          posting.number("epoch"),
          Instant.ofEpochSecond(posting.number("activeAt")));
    }
  }

  /** The roots of one block. */
  final class State {
    private final BlockHeader head;
    private final long block;
    final Root active;
    final Root latest;

    private State(BlockHeader head) {
      this.head = head;
      this.block = head.number();
      this.active = root("activeRoot");
      this.latest = root("latestRoot");
    }

    private Root root(String function) {
      AbiValues values = contract.read(client, block, function);
      return Root.of(values.number("sequence"), values.structure("posting"));
    }

    /** Of its block, by the chain's clock. */
    Instant time() {
      return head.time();
    }

    /** Whether what is in a block is in this state. */
    boolean covers(TransactionReceipt receipt) {
      return receipt.block() <= block;
    }

    /** Whether its block is still the chain's. */
    boolean stands() {
      return client.block(block).filter(now -> now.hash().equals(head.hash())).isPresent();
    }

    /** One that waits; its sequence number is above the active and not above the latest one's. */
    Root pending(long sequence) {
      return Root.of(
          sequence,
          contract
              .read(client, block, "pendingRoot", BigInteger.valueOf(sequence))
              .structure("posting"));
    }

    /** What was ever put in. */
    Wei funded() {
      return contract.read(client, block, "funded").wei("0");
    }
  }

  private final ChainClient client;
  private final Contract contract;
  private final AbiEvent posted;

  Distributor(ChainClient client, ChainAddress address) {
    this.client = client;
    ContractAbi abi = ContractAbi.load(ContractName.REWARD_DISTRIBUTOR);
    this.contract = new Contract(abi, address);
    this.posted = abi.event("RootPosted");
  }

  ChainAddress address() {
    return contract.address();
  }

  long chainId() {
    return client.chainId();
  }

  /** All of one block, the newest. */
  State state() {
    return new State(client.head(Finality.UNSAFE));
  }

  Wei claimed(ChainAddress account) {
    return contract.read(client, Finality.UNSAFE, "claimed", account).wei("0");
  }

  Wei minimumClaim() {
    return contract.read(client, Finality.UNSAFE, "minimumClaim").wei("0");
  }

  Optional<ChainAddress> staking() {
    return Optional.of(contract.read(client, Finality.UNSAFE, "staking").address("0"))
        .filter(address -> !address.equals(ChainAddress.ZERO));
  }

  byte[] postRoot(LedgerEpoch epoch) {
    return contract.encode(
        "postRoot",
        BigInteger.valueOf(epoch.number()),
        epoch.epoch().root().toBytes(),
        epoch.epoch().total().value(),
        epoch.epoch().dataDigest().orElseThrow().toBytes());
  }

  /**
   * For the payee's own wallet, which alone is paid by it: siblings without the offset and length
   * of a list, some 500 gas less than {@code claim}.
   */
  byte[] claimPacked(EpochProof proof) {
    byte[] head = contract.encode("claimPacked", proof.cumulative().value());
    ByteBuffer data = ByteBuffer.allocate(head.length + 32 * proof.siblings().size()).put(head);
    proof.siblings().forEach(sibling -> data.put(sibling.toBytes()));
    return data.array();
  }

  byte[] claimToStake(EpochProof proof, long configuration) {
    return contract.encode(
        "claimToStake",
        BigInteger.valueOf(configuration),
        proof.cumulative().value(),
        words(proof.siblings()));
  }

  byte[] claimMany(List<EpochProof> proofs) {
    return contract.encode(
        "claimMany",
        proofs.stream()
            .map(
                p ->
                    List.of(
                        p.address(),
                        p.cumulative().value(),
                        BigInteger.valueOf(p.siblings().size())))
            .toList(),
        words(proofs.stream().flatMap(p -> p.siblings().stream()).toList()));
  }

  private static List<byte[]> words(List<Hash256> hashes) {
    return hashes.stream().map(Hash256::toBytes).toList();
  }

  /** The number and time that a transaction gave to an epoch's root, if it posted it. */
  Optional<Root> posted(TransactionReceipt receipt, long epoch) {
    for (EventLog log : receipt.logs()) {
      if (log.address().equals(address()) && posted.matches(log)) {
        AbiValues values = posted.decode(log);
        if (values.number("epoch") == epoch) {
          return Optional.of(Root.of(values.number("sequence"), values));
        }
      }
    }
    return Optional.empty();
  }
}
