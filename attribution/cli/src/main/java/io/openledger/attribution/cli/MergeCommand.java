package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.State;
import picocli.CommandLine.Command;

/** {@code merge}: few large segments instead of many small ones. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Merges into as few segments as their largest size allows; searching gets faster.")
final class MergeCommand extends IndexCommand {

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
                + " bytes on disk");
    after.warnings().forEach(err()::println);
    return after.warnings().isEmpty() ? 0 : Main.WRONG;
  }
}
