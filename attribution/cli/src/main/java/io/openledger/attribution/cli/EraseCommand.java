package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.Erasure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code erase}: documents are taken away and leave the disk. */
@Command(
    name = "erase",
    mixinStandardHelpOptions = true,
    description = {
      "Takes documents away, rewrites the files that hold them, forgets their names, and searches"
          + " every file of the index for their text.",
      "Prints the SHA-256 of every file that was searched. Exit code 1 when a document was not"
          + " there, or its text still is."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class EraseCommand extends IndexCommand {

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "DOCUMENT",
      description = "Names as answers give them, or #number.")
  private List<String> names = new ArrayList<>();

  @Override
  int on(Workspace workspace) throws Exception {
    PrintWriter out = out();
    TreeMap<Long, String> wanted = new TreeMap<>();
    boolean missing = false;
    for (String name : names) {
      List<Long> known = workspace.documents().named(name);
      known.forEach(sequence -> wanted.put(sequence, workspace.documents().name(sequence)));
      if (known.isEmpty()) {
        missing = true;
        err().println("not there: " + name);
      }
    }
    Erasure erasure = workspace.erase(List.copyOf(wanted.keySet()));
    for (var document : wanted.entrySet()) {
      if (erasure.erased().contains(document.getKey())) {
        out.println("erased #" + document.getKey() + " " + document.getValue());
      } else {
        missing = true;
        err().println("not in the index: #" + document.getKey() + " " + document.getValue());
      }
    }
    PurgeCommand.print(erasure.purge(), out);
    erasure.searched().forEach(f -> out.println("searched " + f.name() + " " + f.digest().hex()));
    erasure.found().forEach(name -> out.println("text found in " + name));
    if (!erasure.erased().isEmpty()) {
      out.println(
          erasure.stretches()
              + " stretches that no other document has were looked for, found in "
              + erasure.found().size()
              + " files");
    }
    return missing || !erasure.complete() ? Main.WRONG : 0;
  }
}
