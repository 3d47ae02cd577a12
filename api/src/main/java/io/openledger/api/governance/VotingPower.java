package io.openledger.api.governance;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.Optional;

/**
 * What the server's key may vote with. A wrapped coin is a vote once its holder has delegated it;
 * until then it counts towards the supply alone.
 *
 * @param address of the key; zero if the server has none
 * @param votes that it has now, its own and those delegated to it, in wei
 * @param wrapped coins that it holds in GOPEN, in wei
 * @param delegate who votes with those; empty: nobody, they count in no vote
 */
public record VotingPower(
    ChainAddress address, Wei votes, Wei wrapped, Optional<ChainAddress> delegate) {

  /** What it means, in a sentence. */
  public String sentence() {
    if (address.value().matches("0x0+")) {
      return "This server has no key for the chain.";
    }
    if (delegate.isEmpty()) {
      return wrapped.isZero()
          ? "The key holds no GOPEN."
          : "The key holds GOPEN that nobody votes with: delegate them, to the key itself or to"
              + " another.";
    }
    return delegate.get().equals(address)
        ? "The key votes with its own GOPEN."
        : "The key has delegated its GOPEN to " + delegate.get() + ", who votes with them.";
  }
}
