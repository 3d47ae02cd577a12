package io.openledger.chain.cli;

import io.openledger.chain.connector.contracts.AddressBook;
import java.io.PrintWriter;

/** Address books on a terminal. */
final class Books {

  private Books() {}

  static void print(AddressBook book, PrintWriter out) {
    out.printf("Chain %d, from block %d on.%n", book.chainId(), book.block());
    book.contracts()
        .forEach(
            (name, entry) ->
                out.printf(
                    "%-20s %s  %s%n",
                    name,
                    entry.address(),
                    entry.own() ? "this release's" : "somebody else's, of the same interface"));
    book.roles().owner().ifPresent(a -> out.printf("%-20s %s%n", "owner", a));
    book.roles().updater().ifPresent(a -> out.printf("%-20s %s%n", "updater", a));
    book.roles().guardian().ifPresent(a -> out.printf("%-20s %s%n", "guardian", a));
    out.flush();
  }
}
