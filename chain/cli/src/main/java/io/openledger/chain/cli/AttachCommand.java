package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Attachment;
import io.openledger.chain.connector.contracts.ContractName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code attach}: an address book of contracts that exist. */
@Command(
    name = "attach",
    mixinStandardHelpOptions = true,
    description = {
      "Writes an address book of contracts that exist.",
      "OpenToken, WOPEN, GOPEN and governors may be somebody else's of the same interface;",
      "all others must be those of this release, whoever deployed them."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class AttachCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions node;

  @Option(
      names = "--book",
      required = true,
      paramLabel = "FILE",
      description = "Where the address book goes.")
  private Path book;

  @Option(
      names = "--replace",
      description = "Write over an address book that is there: after governance gave a right away.")
  private boolean replace;

  @Option(
      names = "--contract",
      required = true,
      paramLabel = "NAME=ADDRESS",
      description = "A contract, such as GOPEN=0x...; given for each.")
  private Map<String, String> contracts = new LinkedHashMap<>();

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "0",
      description = "No event of theirs lies before this block; default ${DEFAULT-VALUE}.")
  private long block;

  @Override
  public Integer call() {
    if (!replace && Files.exists(book)) {
      throw OpenLedgerException.invalidText(
          "--book", book.toString(), "a file that does not exist yet, or --replace");
    }
    Map<ContractName, ChainAddress> given = new EnumMap<>(ContractName.class);
    contracts.forEach((name, typed) -> given.put(ContractName.of(name), Addresses.parse(typed)));
    AddressBook written =
        node.ask(
            client -> {
              AddressBook found = Attachment.attach(client, given, block);
              found.write(book);
              return found;
            });
    Books.print(written, spec.commandLine().getOut());
    return 0;
  }
}
