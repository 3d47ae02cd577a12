package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * New segments on their way to a commit. Closed without one, their files are removed again; once a
 * manifest may name them on disk they stay, and the next opening decides.
 */
final class SegmentBatch implements AutoCloseable {

  private final IndexFiles files;
  private final Hash256 tokenizer;
  private final int vocabulary;
  private final IndexForm form;
  private final long fastBelow;
  private final List<SharedSegment> opened = new ArrayList<>();
  private final List<String> written = new ArrayList<>();

  /**
   * Segments of a form, or of the fast one below so many tokens.
   *
   * @param fastBelow 0 for none
   */
  SegmentBatch(
      IndexFiles files, Hash256 tokenizer, int vocabulary, IndexForm form, long fastBelow) {
    this.files = files;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.form = form;
    this.fastBelow = fastBelow;
  }

  /** As {@link #write(long, List, SortProgress)}, unheard. */
  SegmentView write(long id, List<Document> documents) throws IOException {
    return write(id, documents, fraction -> {});
  }

  /** Sorts, which can be heard and ended, writes, makes durable and opens a segment. */
  SegmentView write(long id, List<Document> documents, SortProgress progress) throws IOException {
    long tokens = documents.stream().mapToLong(document -> document.tokens().length).sum();
    SegmentContent writer =
        SegmentFile.sort(
            tokens < fastBelow ? IndexForm.FAST : form,
            id,
            tokenizer,
            vocabulary,
            documents,
            progress);
    String name = IndexFiles.segmentName(id);
    written.add(name);
    Hash256[] digest = new Hash256[1];
    files.put(name, out -> digest[0] = writer.write(out));
    Manifest.Entry entry =
        new Manifest.Entry(
            id,
            writer.fileLength(),
            digest[0],
            Sequences.of(documents.stream().mapToLong(Document::sequence).toArray()),
            Sequences.NONE);
    try {
      // verified by reading it back: what the disk does not hold is not acknowledged
      Segment segment =
          SegmentFile.open(files.path(name), id, tokenizer, vocabulary, entry.digest());
      SharedSegment shared = new SharedSegment(segment, name, files);
      opened.add(shared);
      return new SegmentView(entry, shared, vocabulary);
    } catch (CorruptFile e) {
      throw new IOException("a segment reads back differently: " + e.getMessage(), e);
    }
  }

  void keepFiles() {
    written.clear();
  }

  void keepOpen() {
    opened.clear();
  }

  @Override
  public void close() {
    opened.forEach(shared -> shared.segment().close());
    for (String name : written) {
      try {
        files.delete(name);
        files.delete(name + ".tmp");
      } catch (IOException e) {
        // the next opening removes it: no manifest names it
        System.getLogger(SegmentBatch.class.getName())
            .log(System.Logger.Level.DEBUG, "unused segment is left for the next opening", e);
      }
    }
  }
}
