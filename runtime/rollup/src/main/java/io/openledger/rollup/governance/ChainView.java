package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.ChainMoment;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Questions to contracts, all on the state of one block. One thread. */
final class ChainView {

  private final ChainClient chain;
  private final ChainMoment moment;

  private ChainView(ChainClient chain, ChainMoment moment) {
    this.chain = chain;
    this.moment = moment;
  }

  /** The newest block that is so settled. */
  static ChainView of(ChainClient chain, Finality finality) {
    BlockHeader head = chain.head(finality);
    return new ChainView(
        chain,
        new ChainMoment(head.number(), head.time(), finality.name().toLowerCase(Locale.ROOT)));
  }

  ChainMoment moment() {
    return moment;
  }

  Instant now() {
    return moment.time();
  }

  /**
   * What a function returns.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it is reverted, {@code CHAIN_UNAVAILABLE}
   *     if what comes back is not of the types
   */
  List<Object> ask(ChainAddress contract, Question question, Object... arguments) {
    byte[] answer =
        chain.call(Call.to(contract, question.function().encodeCall(arguments)), moment.block());
    try {
      return question.answer().decodeArguments(answer);
    } catch (OpenLedgerException e) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          answer.length + " bytes from " + contract + " for " + question.function(),
          "an answer of " + question.answer(),
          "check that the address book names the contracts of this chain",
          e);
    }
  }

  BigInteger number(ChainAddress contract, Question question, Object... arguments) {
    return (BigInteger) ask(contract, question, arguments).get(0);
  }

  Wei amount(ChainAddress contract, Question question, Object... arguments) {
    return new Wei(number(contract, question, arguments));
  }

  Instant time(ChainAddress contract, Question question, Object... arguments) {
    return instant(number(contract, question, arguments));
  }

  /** Seconds since 1970; what is beyond any calendar is its end. */
  static Instant instant(Object seconds) {
    BigInteger number = (BigInteger) seconds;
    return number.bitLength() > 36
        ? Instant.ofEpochSecond(1L << 36)
        : Instant.ofEpochSecond(number.longValueExact());
  }

  static Hash256 hash(Object bytes) {
    return Hash256.of((byte[]) bytes);
  }

  /**
   * A function and what it returns.
   *
   * @param function its signature
   * @param answer a signature whose arguments are the returned values
   */
  record Question(AbiSignature function, AbiSignature answer) {

    /** From the texts of both, such as {@code state(uint256)} and {@code (uint8)}. */
    static Question of(String function, String answer) {
      return new Question(AbiSignature.parse(function), AbiSignature.parse("returns" + answer));
    }
  }
}
