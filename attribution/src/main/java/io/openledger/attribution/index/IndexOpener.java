package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the last committed state of a directory, refuses what is damaged, removes what no manifest
 * names.
 */
final class IndexOpener {

  /** A segment that the manifest names and that cannot be used; its documents are missing. */
  record Refused(Manifest.Entry entry, String reason) {}

  /** What was found. */
  record Found(
      Manifest manifest,
      List<SegmentView> segments,
      List<Refused> refused,
      List<String> lost,
      long nextId) {}

  // a manifest of a million runs of documents has 16 MB; far beyond that something is wrong
  private static final long MANIFEST_LIMIT = 1L << 30;

  private final IndexFiles files;
  private final Hash256 tokenizer;
  private final int vocabulary;

  IndexOpener(IndexFiles files, Hash256 tokenizer, int vocabulary) {
    this.files = files;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
  }

  Found open() throws IOException {
    List<String> lost = new ArrayList<>();
    Optional<Manifest> committed = manifest(lost);
    Manifest manifest =
        committed.orElseGet(() -> new Manifest(0, tokenizer, vocabulary, List.of()));
    if (!manifest.tokenizer().equals(tokenizer) || manifest.vocabulary() != vocabulary) {
      throw IndexErrors.mismatch(
          files.directory(),
          "tokenizer " + manifest.tokenizer() + " of " + manifest.vocabulary() + " tokens",
          "tokenizer " + tokenizer + " of " + vocabulary + " tokens");
    }
    long nextId = 1;
    for (String name : files.ours()) {
      nextId = Math.max(nextId, IndexFiles.segmentId(name) + 1);
    }
    if (committed.isPresent()) {
      removeOrphans(manifest);
    } else if (lost.isEmpty()) {
      byte[] empty = manifest.encode();
      // from here on a directory with segments and without a manifest has lost it
      files.put(Manifest.FILE, out -> out.write(empty));
    }
    List<SegmentView> segments = new ArrayList<>();
    List<Refused> refused = new ArrayList<>();
    boolean good = false;
    try {
      for (Manifest.Entry entry : manifest.entries()) {
        nextId = Math.max(nextId, entry.id() + 1);
        openSegment(entry, segments, refused);
      }
      good = true;
    } finally {
      if (!good) {
        segments.forEach(view -> view.shared().segment().close());
      }
    }
    return new Found(manifest, segments, refused, lost, nextId);
  }

  private Optional<Manifest> manifest(List<String> lost) throws IOException {
    Optional<byte[]> bytes = files.read(Manifest.FILE, MANIFEST_LIMIT);
    if (bytes.isEmpty()) {
      if (files.ours().stream().anyMatch(name -> IndexFiles.segmentId(name) >= 0)) {
        lost.add(Manifest.FILE + ": missing although there are segments; all must be rebuilt");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(Manifest.decode(bytes.get()));
    } catch (CorruptFile e) {
      lost.add(Manifest.FILE + ": " + e.getMessage() + "; all must be rebuilt");
      return Optional.empty();
    }
  }

  private void removeOrphans(Manifest manifest) throws IOException {
    Set<String> named = new HashSet<>();
    manifest.entries().forEach(entry -> named.add(entry.file()));
    for (String name : files.ours()) {
      if (!named.contains(name)) {
        files.delete(name);
      }
    }
  }

  private void openSegment(Manifest.Entry entry, List<SegmentView> segments, List<Refused> refused)
      throws IOException {
    try {
      long length = Files.size(files.path(entry.file()));
      CorruptFile.unless(length == entry.length(), length + " bytes, expected " + entry.length());
      Segment segment =
          SegmentFile.open(
              files.path(entry.file()), entry.id(), tokenizer, vocabulary, entry.digest());
      segments.add(
          new SegmentView(entry, new SharedSegment(segment, entry.file(), files), vocabulary));
    } catch (CorruptFile e) {
      refused.add(new Refused(entry, String.valueOf(e.getMessage())));
    } catch (NoSuchFileException e) {
      refused.add(new Refused(entry, "missing"));
    }
  }
}
