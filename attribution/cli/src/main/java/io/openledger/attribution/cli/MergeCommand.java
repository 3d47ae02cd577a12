package io.openledger.attribution.cli;

import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.State;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code merge}: few large segments instead of many small ones. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Merges into as few segments as their largest size allows; searching gets faster.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class MergeCommand extends IndexCommand {

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description = "${COMPLETION-CANDIDATES}: change how the index is kept on disk, from now on.")
  private @Nullable IndexForm form;

  @Override
  void before(Path directory) throws IOException {
    if (form != null) {
      Workspace.form(directory, form);
    }
  }

  @Override
  int on(Workspace workspace) {
    int before = workspace.index().state().segments();
    workspace.index().merge();
    State after = workspace.index().state();
    out()
        .println(
            "segments: "
                + before
                + " before, "
                + after.segments()
                + " now, "
                + after.bytes()
                + " bytes on disk, "
                + workspace.index().forms());
    after.warnings().forEach(err()::println);
    return after.warnings().isEmpty() ? 0 : Main.WRONG;
  }
}
