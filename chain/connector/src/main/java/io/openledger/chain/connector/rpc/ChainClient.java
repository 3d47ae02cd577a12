package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What the chain says, whoever was asked. Each call holds its thread until it is answered, within
 * {@link RpcLimits}. Safe for any number of threads.
 *
 * <p>All methods throw {@link io.openledger.api.OpenLedgerException}: {@code CHAIN_UNAVAILABLE} if
 * nobody who may be trusted answers, {@code CHAIN_DISPUTED} if those who answer contradict each
 * other, {@code CHAIN_REFUSED} if a call is reverted, with the reason in words.
 */
public interface ChainClient {

  /** The chain's id (EIP-155); all endpoints have been asked for it and agree. */
  long chainId();

  /** The newest block that is so settled. */
  BlockHeader head(Finality finality);

  /** The block of a number, if the chain has come so far. */
  Optional<BlockHeader> block(long number);

  /** The native coin of an address in the newest block, in wei. */
  Wei balance(ChainAddress address);

  /** How many transactions of an address are in blocks so settled: its next nonce there. */
  long nonce(ChainAddress address, Finality finality);

  /**
   * How many transactions of an address are in blocks up to one.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CHAIN_UNAVAILABLE} also where nodes keep
   *     no state of that block any more: full nodes have that of some hundred
   */
  long nonce(ChainAddress address, long block);

  /**
   * What an address signed for this chain and sent in a block, in the block's order. Each signature
   * is checked: what nobody can have invented. Deposits from L1, which nobody signs, and what is
   * signed for any chain (before EIP-155) are told where several endpoints show them. Of
   * transactions of a type that is not known nothing is told. Whoever is asked shows the whole
   * block: this is for rare questions.
   *
   * @param block the hash of a block of the chain
   * @return empty if too few have that block: what is missing proves nothing
   */
  Optional<List<SentTransaction>> sent(ChainAddress sender, Hash256 block);

  /** The code at an address in the newest block; empty where there is none. */
  byte[] code(ChainAddress address);

  /** The storage word at a slot of a contract in the newest block. */
  BigInteger storage(ChainAddress address, BigInteger slot);

  /**
   * What a call returns on the state of the newest block that is so settled.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CHAIN_REFUSED} if it is reverted
   */
  byte[] call(Call call, Finality finality);

  /**
   * What a call returns on the state of a block.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CHAIN_REFUSED} if it is reverted
   */
  byte[] call(Call call, long block);

  /**
   * How much gas a call takes in the newest block. No margin is added.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CHAIN_REFUSED} if it is reverted
   */
  long estimateGas(Call call);

  /**
   * What a unit of gas costs now.
   *
   * @param ceiling most that it may ever cost, in wei
   */
  Fees fees(Wei ceiling);

  /**
   * What the data of a transaction costs on L1, zero where the chain is not an OP-Stack rollup.
   *
   * @param raw the bytes, signed or as long as if they were
   */
  Wei l1Fee(byte[] raw);

  /** The receipt of a transaction, if it is in a block that is still the chain's. */
  Optional<TransactionReceipt> receipt(Hash256 transaction);

  /**
   * The logs of blocks {@code from} to {@code to}, both included, in the chain's order.
   *
   * @throws io.openledger.api.OpenLedgerException {@code INVALID_ARGUMENT} for more than 10 000
   *     blocks
   */
  List<EventLog> logs(EventFilter filter, long from, long to);

  /** Hands bytes to every endpoint that is up. Doing so again is harmless. */
  Broadcast broadcast(SignedTransaction transaction);

  /** As {@link #broadcast}, and tells in which words they were not taken, where that is known. */
  default Handover handOver(SignedTransaction transaction) {
    return new Handover(broadcast(transaction), Optional.empty());
  }
}
