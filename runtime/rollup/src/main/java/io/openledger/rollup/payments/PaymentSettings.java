package io.openledger.rollup.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.util.Optional;

/**
 * Who pays, up to what the payee trusts, and when it is settled.
 *
 * @param payee who is paid
 * @param anonymous whether somebody without credentials may pay
 * @param trust what is taken
 * @param times how long things last
 * @param settling when what was charged goes to the chain
 */
public record PaymentSettings(
    ChainAddress payee, boolean anonymous, Trust trust, Times times, Settling settling) {

  public PaymentSettings {
    if (settling.from().compareTo(trust.open()) > 0) {
      throw refused(
          "settled from " + settling.from() + " wei, with at most " + trust.open() + " wei open",
          "an amount from which is settled that is at most what may be open");
    }
  }

  /**
   * What is taken.
   *
   * @param channels how many are open, or closing, at a time: 1 to 1 000 000
   * @param minimumDeposit of a channel, above zero: what a channel costs us to look at is paid once
   *     it is settled
   * @param open most that a channel may owe that is not settled, above zero
   * @param early how much of a deposit is taken that is not finalized, though safe: lost if a
   *     reorganisation of L1 takes it away
   */
  public record Trust(int channels, Wei minimumDeposit, Wei open, Wei early) {
    public Trust {
      range("number of channels", channels, 1, 1_000_000);
      if (minimumDeposit.isZero() || open.isZero()) {
        throw refused("a least deposit or a most open amount of 0 wei", "1 wei or more");
      }
    }
  }

  /**
   * How long things last.
   *
   * @param quote for which a price holds: 10 s to 1 h
   * @param reservation for which a price is held back for a call until its answer is begun, and
   *     after a server died that was making it: 10 s to 1 h
   * @param retry for which an answer is kept for whoever sends its payment again: as long as a
   *     quote to 7 d
   * @param check from one look at the chain and at what is to be settled to the next: 1 s to 10
   *     min, far below the contract's dispute window; zero: never by itself
   */
  public record Times(Duration quote, Duration reservation, Duration retry, Duration check) {
    public Times {
      range("time of a quote in seconds", quote.toSeconds(), 10, 3600);
      range("time of a reservation in seconds", reservation.toSeconds(), 10, 3600);
      range("time for retries in seconds", retry.toSeconds(), quote.toSeconds(), 604_800);
      if (!check.isZero()) {
        range("time between checks in seconds", check.toSeconds(), 1, 600);
      }
    }
  }

  /**
   * When what was charged goes to the chain.
   *
   * @param from as soon as so much is charged and not settled
   * @param after as soon as the oldest charge is so old, if it is worth its gas: 1 min to 30 d
   * @param gasCeiling most that a unit of gas may cost; above it nothing is settled but channels
   *     that close
   * @param lossAtClose by how much gas may cost more than what a closing channel owes; usually
   *     zero: anybody could make the payee spend gas with channels that owe one wei
   */
  public record Settling(Wei from, Duration after, Wei gasCeiling, Wei lossAtClose) {
    public Settling {
      range("time until settling in seconds", after.toSeconds(), 60, 30L * 86_400);
      if (from.isZero()) {
        throw refused("settling from 0 wei", "1 wei or more");
      }
    }
  }

  /**
   * What holds where nothing is said; amounts in OPEN: deposits from 0.01, 1 open, settled at 0.1.
   */
  public static PaymentSettings of(ChainAddress payee) {
    Wei gwei = Wei.of(1_000_000_000L);
    Wei milliOpen = Wei.of(1_000_000_000_000_000L);
    return new PaymentSettings(
        payee,
        false,
        new Trust(10_000, times(milliOpen, 10), times(milliOpen, 1000), Wei.ZERO),
        new Times(
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofSeconds(15)),
        new Settling(times(milliOpen, 100), Duration.ofDays(1), times(gwei, 500), Wei.ZERO));
  }

  private static Wei times(Wei amount, long factor) {
    return new Wei(amount.value().multiply(java.math.BigInteger.valueOf(factor)));
  }

  /** The same, for whoever has no credentials too, or not. */
  public PaymentSettings with(boolean anonymousToo) {
    return new PaymentSettings(payee, anonymousToo, trust, times, settling);
  }

  /** The same with other trust. */
  public PaymentSettings with(Trust other) {
    return new PaymentSettings(payee, anonymous, other, times, settling);
  }

  /** The same with other times. */
  public PaymentSettings with(Times other) {
    return new PaymentSettings(payee, anonymous, trust, other, settling);
  }

  /** The same, settled otherwise. */
  public PaymentSettings with(Settling other) {
    return new PaymentSettings(payee, anonymous, trust, times, other);
  }

  /** How much of a deposit counts that is not finalized, if any. */
  Optional<Wei> early() {
    return trust.early().isZero() ? Optional.empty() : Optional.of(trust.early());
  }

  private static void range(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw refused(what + " is " + value, least + " to " + most);
    }
  }

  private static OpenLedgerException refused(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID, arrived, allowed, "correct the settings of payments");
  }
}
