package io.openledger.chain.connector.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.Optional;

/**
 * What a payer does on the chain: opens a channel or adds to it, begins to close it, takes the
 * rest. One transaction at a time. Its signed bytes are in the wallet's file before they are sent,
 * and the same bytes are sent again until they are in a block, so that a deposit is made once
 * whatever crashes. The payer's address is this wallet's alone: what others send from it takes its
 * nonces.
 *
 * <p>For a channel of the native coin. Blocks its thread as long as the chain takes to answer.
 */
public final class ChannelTransactions {

  /** Gas beyond the estimate, in percent: the state may differ when it is included. */
  private static final int MARGIN = 25;

  private final VoucherWallet wallet;
  private final PaymentChannelContract contract;
  private final ChainClient chain;
  private final Signer signer;
  private final Wei gasCeiling;

  /**
   * @param signer of the payer
   * @param gasCeiling most that a unit of gas may cost
   */
  public ChannelTransactions(
      VoucherWallet wallet, ChainClient chain, Signer signer, Wei gasCeiling) {
    this.wallet = wallet;
    this.contract = new PaymentChannelContract(chain, wallet.domain());
    this.chain = chain;
    this.signer = signer;
    this.gasCeiling = gasCeiling;
  }

  /** Puts an amount in, unless a transaction is on its way. */
  public SignedTransaction deposit(Wei amount) {
    if (contract.asset().isPresent()) {
      throw new OpenLedgerException(
          ErrorCode.NOT_OFFERED,
          "a channel that is paid in token " + contract.asset().get(),
          "channels of the native coin",
          "approve and deposit the token yourself, then look at the channel again");
    }
    return send(amount, PaymentChannelContract.deposit(wallet.channel(), amount));
  }

  /** Begins to close: from now on nobody takes vouchers, and after the window the rest is free. */
  public SignedTransaction requestClose() {
    return send(Wei.ZERO, PaymentChannelContract.requestClose(wallet.channel()));
  }

  /** Takes the rest, after the window. */
  public SignedTransaction finish() {
    return send(Wei.ZERO, PaymentChannelContract.finish(wallet.channel()));
  }

  private SignedTransaction send(Wei value, byte[] data) {
    if (wallet.sending().isPresent()) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "a transaction, while another is on its way",
          "one at a time",
          "call proceed until it is through");
    }
    long gas =
        chain.estimateGas(
            new Call(
                Optional.of(signer.address()),
                Optional.of(wallet.domain().contract()),
                value,
                data));
    SignedTransaction signed =
        signer.signTransaction(
            new Eip1559Transaction(
                wallet.domain().chainId(),
                chain.nonce(signer.address(), Finality.UNSAFE),
                chain.fees(gasCeiling),
                gas + gas * MARGIN / 100,
                Optional.of(wallet.domain().contract()),
                value,
                data));
    wallet.sending(Optional.of(signed));
    chain.broadcast(signed);
    return signed;
  }

  /**
   * Sends again what is on its way, or takes up what became of it, and looks at the channel.
   *
   * @param finality how settled the transaction's block must be, and the deposit: what the payee
   *     asks for, which is {@code FINALIZED} where it does not say less
   * @return whether nothing is on its way any more
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if the transaction was reverted, or another
   *     has its nonce: it is given up then
   */
  public boolean proceed(Finality finality) {
    Optional<SignedTransaction> sending = wallet.sending();
    if (sending.isEmpty()) {
      wallet.deposited(contract.state(wallet.channel().id(), finality));
      return true;
    }
    SignedTransaction transaction = sending.get();
    Optional<TransactionReceipt> receipt = chain.receipt(transaction.hash());
    long nonce = transaction.open().transaction().nonce();
    if (receipt.isEmpty()) {
      if (chain.nonce(signer.address(), Finality.FINALIZED) > nonce) {
        wallet.sending(Optional.empty());
        throw givenUp(transaction, "whose nonce another one has used");
      }
      chain.broadcast(transaction);
      return false;
    }
    if (chain.head(finality).number() < receipt.get().block()) {
      return false;
    }
    wallet.sending(Optional.empty());
    wallet.deposited(contract.state(wallet.channel().id(), finality));
    if (!receipt.get().succeeded()) {
      throw givenUp(transaction, "that was reverted");
    }
    return true;
  }

  private static OpenLedgerException givenUp(SignedTransaction transaction, String what) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "transaction 0x" + transaction.hash().hex() + " " + what,
        "transactions that the contract takes, of an address that only this wallet uses",
        "look at the channel, and do it again if it is still wanted");
  }
}
