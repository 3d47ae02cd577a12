package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.runtime.support.AdapterZip;
import io.openledger.runtime.support.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of uploads: what is removed and what is not, and what is on the disk when. */
class AdapterFoldersTest {

  private static final ModelId TONE = new ModelId("tone");

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final List<AdapterFolders> open = new ArrayList<>();
  private Path root;
  private Path outside;
  private AdapterFolders folders;

  @BeforeEach
  void start() throws IOException {
    root = directory.resolve("uploads");
    outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "not ours");
    folders = another();
  }

  @AfterEach
  void stop() {
    open.forEach(AdapterFolders::close);
  }

  private AdapterFolders another() {
    AdapterFolders made = new AdapterFolders(root, clock);
    open.add(made);
    return made;
  }

  private static Path take(AdapterFolders folders, String weights) {
    AdapterUploads.Taken taken =
        new AdapterUploads(folders, 1000).take(TONE, AdapterZip.of(weights), 1000);
    return folders.place(TONE, taken.folder());
  }

  private void assertOutsideIsWhole() {
    assertThat(outside.resolve("precious")).hasContent("not ours");
  }

  @Test
  void linkWithinAVersionIsRemovedAndNotFollowed() throws IOException {
    Path version = take(folders, "v1");
    Files.createSymbolicLink(version.resolve("link"), outside);
    folders.retire(version);
    assertThat(version).doesNotExist();
    assertOutsideIsWhole();
  }

  @Test
  void versionThatIsALinkIsRemovedAndNotFollowed() throws IOException {
    Path version = take(folders, "v1");
    Path link = version.resolveSibling("00000000-0000-4000-8000-000000000000");
    Files.createSymbolicLink(link, outside);
    folders.keepOnly(Set.of(version));
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(version).exists();
    assertOutsideIsWhole();
  }

  @Test
  void nameThatIsALinkLeadsNowhere() throws IOException {
    take(folders, "v1");
    Path elsewhere = outside.resolve("00000000-0000-4000-8000-000000000000");
    Files.createDirectories(elsewhere);
    Files.createSymbolicLink(root.resolve("alto"), outside);
    folders.keepOnly(Set.of());
    folders.retire(folders.place(new ModelId("alto"), elsewhere.getFileName().toString()));
    assertThat(elsewhere).exists();
    assertOutsideIsWhole();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../../outside", "/etc", "tone", "A-B"})
  void folderThatIsNoVersionHasNoPlace(String folder) {
    assertThatThrownBy(() -> folders.place(TONE, folder))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uploadIsOnTheDiskBeforeItHasItsPlaceAndItsPlaceBeforeItIsTold() {
    List<String> forced = new ArrayList<>();
    AdapterUploads uploads =
        new AdapterUploads(
            folders,
            1000,
            (what, channel) -> {
              assertThat(channel.isOpen()).isTrue();
              forced.add(root.relativize(what).toString().replaceAll("[0-9a-f-]{36}", "*"));
              assertThat(placed())
                  .as("whether it has its place when %s is forced", what)
                  .isEqualTo(!what.startsWith(root.resolve(".incoming")));
              channel.force(true);
            });
    AdapterUploads.Taken taken = uploads.take(TONE, AdapterZip.of("weights"), 1000);
    assertThat(taken.bytes()).isEqualTo("{}weights".length());
    assertThat(forced)
        .containsExactly(
            ".incoming/*/*/adapter_config.json",
            ".incoming/*/*/adapter_model.safetensors",
            ".incoming/*/*",
            "tone",
            "");
  }

  private boolean placed() throws IOException {
    Path home = folders.home(TONE);
    if (!Files.exists(home)) {
      return false;
    }
    try (Stream<Path> versions = Files.list(home)) {
      return versions.findAny().isPresent();
    }
  }

  @Test
  void diskThatRefusesToBeForcedKeepsTheUploadAway() {
    AdapterUploads uploads =
        new AdapterUploads(
            folders,
            1000,
            (what, channel) -> {
              throw new IOException("input/output error");
            });
    assertThatThrownBy(() -> uploads.take(TONE, AdapterZip.of("weights"), 1000))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    assertThat(root.resolve("tone")).doesNotExist();
  }

  @Test
  void sweepAloneRemovesWhatNobodyNamesAtOnce() throws IOException {
    Path kept = take(folders, "v1");
    Path former = take(folders, "v2");
    Path half = Files.createDirectories(root.resolve(".incoming/dead/half"));
    folders.keepOnly(Set.of(kept));
    assertThat(kept).exists();
    assertThat(former).doesNotExist();
    assertThat(half).doesNotExist();
  }

  @Test
  void sweepBesideAnotherServerLeavesItsUploadsAndWhatIsYoung() throws IOException {
    Path kept = take(folders, "v1");
    Path young = take(folders, "v2");
    Path old = take(folders, "v3");
    Files.setLastModifiedTime(young, FileTime.from(clock.instant()));
    Files.setLastModifiedTime(
        old, FileTime.from(clock.instant().minus(AdapterFolders.GRACE.plusSeconds(1))));
    Path its = folders.incoming();
    Path dead = Files.createDirectories(root.resolve(".incoming/dead/half"));
    another().keepOnly(Set.of(kept));
    assertThat(kept).exists();
    assertThat(young).exists();
    assertThat(its).exists();
    assertThat(old).doesNotExist();
    assertThat(dead).doesNotExist();
  }

  @Test
  void retiredVersionStaysAWhileForOthersAndNoLongerThanThey() throws IOException {
    AdapterFolders other = another();
    Path first = take(folders, "v1");
    Path second = take(folders, "v2");
    take(other, "v3");
    folders.retire(first);
    assertThat(first).exists();
    clock.advance(AdapterFolders.GRACE.plusSeconds(1));
    folders.retire(second);
    folders.removeLate();
    assertThat(first).doesNotExist();
    assertThat(second).exists();
    other.close();
    folders.removeLate();
    assertThat(second).doesNotExist();
  }

  @Test
  void serverThatWasKilledIsNotTakenForAlive() throws IOException {
    Path version = take(folders, "v1");
    Files.createFile(root.resolve(".servers/killed"));
    folders.retire(version);
    assertThat(folders.home(TONE)).doesNotExist();
    assertThat(root.resolve(".servers/killed")).doesNotExist();
  }
}
