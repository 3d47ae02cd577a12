package io.openledger.chain.connector.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The contract {@code PaymentChannel}: questions to it, and calldata for it. Safe for any thread.
 */
public final class PaymentChannelContract {

  private static final AbiSignature STATE = AbiSignature.parse("stateOf(bytes32)");
  private static final AbiSignature STATE_ANSWER =
      AbiSignature.parse("state(uint96,uint96,uint48,bool)");
  private static final AbiSignature ASSET = AbiSignature.parse("asset()");
  private static final AbiSignature ADDRESS_ANSWER = AbiSignature.parse("answer(address)");
  private static final AbiSignature WINDOW = AbiSignature.parse("disputeWindow()");
  private static final AbiSignature NUMBER_ANSWER = AbiSignature.parse("answer(uint48)");
  private static final AbiSignature DEPOSIT =
      AbiSignature.parse("deposit(address,bytes32,uint256)");
  private static final AbiSignature SETTLE =
      AbiSignature.parse("settle(address,address,bytes32,uint256,bytes)");
  private static final AbiSignature CLOSE = AbiSignature.parse("close(address,bytes32)");
  private static final AbiSignature REQUEST_CLOSE =
      AbiSignature.parse("requestClose(address,bytes32)");
  private static final AbiSignature FINISH = AbiSignature.parse("finish(address,bytes32)");

  private final ChainClient chain;
  private final ChannelDomain domain;

  /**
   * @param domain whose chain id must be the chain's
   * @throws OpenLedgerException {@link ErrorCode#CHAIN_REFUSED} if it is another chain
   */
  public PaymentChannelContract(ChainClient chain, ChannelDomain domain) {
    this.chain = chain;
    this.domain = domain;
    if (chain.chainId() != domain.chainId()) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "endpoints of chain " + chain.chainId(),
          "endpoints of chain " + domain.chainId(),
          "correct the endpoints or the address book");
    }
  }

  /** Where its vouchers hold. */
  public ChannelDomain domain() {
    return domain;
  }

  /** A channel in the newest block that is so settled. */
  public ChannelState state(Hash256 channel, Finality finality) {
    List<Object> answer = ask(STATE_ANSWER, finality, STATE, (Object) channel.toBytes());
    long closesAt = ((BigInteger) answer.get(2)).longValueExact();
    return new ChannelState(
        new Wei((BigInteger) answer.get(0)),
        new Wei((BigInteger) answer.get(1)),
        closesAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(closesAt)),
        (Boolean) answer.get(3));
  }

  /** The token that is paid; empty: the native coin. */
  public Optional<ChainAddress> asset() {
    ChainAddress asset = (ChainAddress) ask(ADDRESS_ANSWER, Finality.UNSAFE, ASSET).get(0);
    return asset.value().matches("0x0+") ? Optional.empty() : Optional.of(asset);
  }

  /** How long the payee can settle after the payer began to close. */
  public Duration disputeWindow() {
    BigInteger seconds = (BigInteger) ask(NUMBER_ANSWER, Finality.UNSAFE, WINDOW).get(0);
    return Duration.ofSeconds(seconds.longValueExact());
  }

  private List<Object> ask(
      AbiSignature answer, Finality finality, AbiSignature question, Object... arguments) {
    return answer.decodeArguments(
        chain.call(Call.to(domain.contract(), question.encodeCall(arguments)), finality));
  }

  /** Calldata by which a payer puts an amount in; of the native coin, sent along as the value. */
  public static byte[] deposit(Channel channel, Wei amount) {
    return DEPOSIT.encodeCall(channel.payee(), channel.salt().toBytes(), amount.value());
  }

  /** Calldata by which anyone settles. */
  public static byte[] settle(Channel channel, Voucher.Signed voucher) {
    return SETTLE.encodeCall(
        channel.payer(),
        channel.payee(),
        channel.salt().toBytes(),
        voucher.voucher().cumulative().value(),
        voucher.signature().toBytes());
  }

  /** Calldata by which the payee closes at once. */
  public static byte[] close(Channel channel) {
    return CLOSE.encodeCall(channel.payer(), channel.salt().toBytes());
  }

  /** Calldata by which the payer begins to close. */
  public static byte[] requestClose(Channel channel) {
    return REQUEST_CLOSE.encodeCall(channel.payee(), channel.salt().toBytes());
  }

  /** Calldata by which the payer takes the rest back. */
  public static byte[] finish(Channel channel) {
    return FINISH.encodeCall(channel.payee(), channel.salt().toBytes());
  }
}
