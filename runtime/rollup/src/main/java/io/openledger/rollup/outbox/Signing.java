package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Makes the bytes. Safe for any thread.
 *
 * <p>A key elsewhere is asked over the net, and may be slow or silent. Who holds a lock that others
 * wait for asks {@link #requireAnswering} first: where the key has just failed, each of those who
 * wait would fail as slowly, one after the other.
 */
final class Signing {

  /** How long a key that failed is not asked by those whom others wait for. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** A transfer to oneself takes 21 000, or more where the account has code (EIP-7702). */
  private static final long CANCEL_GAS = 60_000;

  private final Identity identity;
  private final Signer signer;
  private final LongSupplier nanoTime;

  /** When the key last failed, in {@code nanoTime}; meaningless until {@code failed}. */
  private volatile long failedAt;

  private volatile boolean failed;

  Signing(Identity identity, Signer signer, LongSupplier nanoTime) {
    this.identity = identity;
    this.signer = signer;
    this.nanoTime = nanoTime;
  }

  /** Whether the key is elsewhere. */
  boolean remote() {
    return signer.remote();
  }

  /** Refuses at once, with {@code SIGNING_KEY}, where the key has just failed. */
  void requireAnswering() {
    if (failed && nanoTime.getAsLong() - failedAt < PAUSE.toNanos()) {
      throw new OpenLedgerException(
          ErrorCode.SIGNING_KEY,
          "the signer of " + identity.signer() + " has just failed, and others wait for it",
          "a signer that answers",
          "look at the signer, and try again in " + PAUSE.toSeconds() + " s; nothing was stored");
    }
  }

  private SignedTransaction signed(Eip1559Transaction transaction) {
    try {
      SignedTransaction signed = signer.signTransaction(transaction);
      failed = false;
      return signed;
    } catch (OpenLedgerException e) {
      failedAt = nanoTime.getAsLong();
      failed = true;
      throw e;
    }
  }

  ChainAddress address() {
    return identity.signer();
  }

  SignedTransaction call(ChainIntent intent, long nonce, Fees fees, long gas) {
    return signed(
        new Eip1559Transaction(
            identity.chainId(),
            nonce,
            fees,
            gas,
            Optional.of(intent.to()),
            intent.value(),
            intent.data()));
  }

  /** The same call, with other fees or another nonce. Refused if the bytes are not of this key. */
  SignedTransaction again(SignedTransaction before, long nonce, Fees fees, long gas) {
    Eip1559Transaction tx = opened(before);
    return signed(
        new Eip1559Transaction(
            identity.chainId(), nonce, fees, gas, tx.to(), tx.value(), tx.data()));
  }

  /** Nothing, to oneself. */
  SignedTransaction cancel(long nonce, Fees fees) {
    return signed(
        new Eip1559Transaction(
            identity.chainId(),
            nonce,
            fees,
            CANCEL_GAS,
            Optional.of(identity.signer()),
            Wei.ZERO,
            new byte[0]));
  }

  /** What stored bytes say; refused if they are not of this key and chain. */
  Eip1559Transaction opened(SignedTransaction stored) {
    SignedTransaction.Opened opened = stored.open();
    if (!opened.sender().equals(identity.signer())
        || opened.transaction().chainId() != identity.chainId()) {
      throw OpenLedgerException.invalid(
          "signer of stored bytes",
          opened.sender() + " on chain " + opened.transaction().chainId(),
          identity.signer() + " on chain " + identity.chainId());
    }
    return opened.transaction();
  }

  /**
   * What makes two messages the same: chain, receiver, value and calldata. Not the limit of gas,
   * which changes nothing of what is to happen, nor the signer, who may be replaced.
   */
  static Hash256 content(long chainId, ChainIntent intent) {
    return content(chainId, intent.to(), intent.value(), intent.data());
  }

  /** The same of a transaction that is on the chain. */
  static Hash256 content(long chainId, ChainAddress to, Wei wei, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(chainId);
      out.write(to.value().getBytes(StandardCharsets.US_ASCII)); // of one length
      byte[] value = wei.value().toByteArray();
      out.writeInt(value.length);
      out.write(value);
      out.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Hash256.sha256(bytes.toByteArray());
  }
}
