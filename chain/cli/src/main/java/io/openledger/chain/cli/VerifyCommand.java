package io.openledger.chain.cli;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.contracts.AddressBook;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code verify}: an address book against the chain. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Checks an address book against the chain.",
      "As a server does when it starts: chain, code, what constructors wrote, owners, roles.",
      "Exit code 1 when something is not as the book says."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions node;

  @Option(names = "--book", required = true, paramLabel = "FILE", description = "Which.")
  private Path book;

  @Override
  public Integer call() {
    AddressBook read = AddressBook.read(book);
    try {
      node.ask(
          client -> {
            read.verify(client);
            return 0;
          });
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CONFIGURATION_INVALID) {
        throw e;
      }
      spec.commandLine().getOut().println(e.getMessage());
      spec.commandLine().getOut().flush();
      return Main.WRONG;
    }
    Books.print(read, spec.commandLine().getOut());
    spec.commandLine().getOut().println("All is as the address book says.");
    spec.commandLine().getOut().flush();
    return 0;
  }
}
