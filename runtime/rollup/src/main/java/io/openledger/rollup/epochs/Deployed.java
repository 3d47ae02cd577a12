package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import java.util.Optional;

/**
 * A contract on a chain, as business keys and rows name it: what was handed to one is not there on
 * another, although the ledger and its epochs are the same.
 *
 * @param name 1 to 40 characters, for ever
 * @param contract where it is
 */
public record Deployed(String name, ChainAddress contract) {

  private static final int DIGITS = 12;

  /** The contract of an address book, if it has one. */
  public static Optional<Deployed> find(AddressBook book, ContractName name) {
    return book.find(name).map(address -> of(book.chainId(), book.genesis(), address));
  }

  /** The contract of an address book that has it. */
  public static Deployed of(AddressBook book, ContractName name) {
    return of(book.chainId(), book.genesis(), book.address(name));
  }

  /**
   * Named by the chain's id and 48 bits of a hash: a chain that was begun anew has another first
   * block, and often the same addresses. Two that are called the same would be refused by the
   * outbox, which compares what a key was used for.
   */
  public static Deployed of(long chainId, Hash256 genesis, ChainAddress contract) {
    Hash256 identity = Hash256.sha256(chainId + "\n" + genesis + "\n" + contract);
    return new Deployed(chainId + "-" + identity.hex().substring(0, DIGITS), contract);
  }

  /** A business key of its own. */
  public String key(String rest) {
    return name + "/" + rest;
  }
}
