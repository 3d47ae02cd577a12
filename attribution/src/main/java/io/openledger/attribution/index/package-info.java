/**
 * The token index: immutable suffix-array segments on disk, appended to, retracted from and merged.
 *
 * <p>{@link io.openledger.attribution.index.SegmentedSpanIndex} is the way in, {@link
 * io.openledger.attribution.index.SpanView} a reader's unchanging sight of it. Depends on {@code
 * api} alone: no Jakarta, no network, no native code. Tests: {@code mvn -pl attribution test};
 * every answer is compared with a brute-force twin.
 *
 * <h2>Directory</h2>
 *
 * <ul>
 *   <li>{@code lock}: empty; locked by the one process that has the index open.
 *   <li>{@code manifest}: what the index consists of. Replacing it is the commit.
 *   <li>{@code seg-<16 hex digits>.olseg}: one segment, never changed once written.
 *   <li>{@code *.tmp}: on the way to one of these; removed on opening, as are segments that the
 *       manifest does not name.
 * </ul>
 *
 * <p>Every file is written under a temporary name, forced to disk, renamed, and the directory
 * forced. A change writes its segments first and the manifest last, so that whenever the process
 * dies the last committed state opens. A damaged or missing segment is refused by name and its
 * entry stays in the manifest until each of its documents is appended or retracted again, so that a
 * file that comes back from a backup does not bring back what was retracted. A damaged manifest
 * loses the list of segments: the index opens empty and says so, the segments stay on disk until
 * the first change, and the caller rebuilds from its store by comparing {@code documents()}.
 *
 * <h2>Common beginning, 40 bytes, all integers little-endian</h2>
 *
 * <pre>
 *  0  8  magic: "OLEDGER\n"
 *  8 16  name, ASCII, zero-padded: "span-segment" or "span-manifest"
 * 24  4  version: of a segment 2, of a manifest 1
 * 28  4  zero
 * 32  8  id: of the segment; of the manifest its generation
 * </pre>
 *
 * <h2>Segment</h2>
 *
 * <pre>
 *  40 32  digest of the tokenizer
 *  72  4  vocabulary size V
 *  76  4  form: 1 = fast, 2 = compact
 *  88  4  documents D
 *  92  4  distinct tokens U
 *  96  8  tokens T
 * digest  32, the last: SHA-256 of all before
 * </pre>
 *
 * <p>Both forms answer every question alike. Documents are reversed, so that one search gives the
 * longest match that <em>ends</em> at a position, which is what a stream asks for; start(e), where
 * the longest match that ends at e begins, never falls, which gives the longest match from each
 * position. Version 1 of a segment had documents in reading order and is refused.
 *
 * <p>The text S of a segment is each document reversed and a 0 behind it, n = T + D symbols. The
 * ranks of a segment are those of the suffixes of S that begin with a token; no query has a 0, so
 * no match crosses a document.
 *
 * <h3>Fast form</h3>
 *
 * <pre>
 *  80  4  bytes a token: 2 when V &lt; 65536, else 4
 *  84  4  bits a suffix b: of the largest position, n - 1
 * 104 40  offsets of the sections: documents, unigrams, tokens, suffixes, digest
 * 144     zero up to 256
 * documents   D × (8 sequence, 8 first position), rising in both
 * unigrams    U × (4 token, 8 first rank of the suffixes that begin with it), rising in both
 * tokens      S: token + 1, or 0
 * suffixes    T positions of b bits, lowest bit first, in the order of the suffixes that begin with
 *             a token; then 8 zero bytes
 * </pre>
 *
 * <p>Symbols are token + 1 so that a document's end is below every token; hence 16 bits hold a
 * vocabulary of 65535 and not of 65536. No query has a 0, so no match crosses a document. Size: 2 +
 * b/8 bytes a token, 18 a document, 12 a distinct token. No segment has more than 2²⁶ symbols, so b
 * is at most 26: at most 5.3 bytes a token, everything included, for documents of 500 tokens and
 * more on average, however large the index is; one of 2³² tokens has 64 full segments or more.
 *
 * <h3>Compact form</h3>
 *
 * <p>A compressed suffix array ({@link io.openledger.attribution.index.Psi}) and no text. Every
 * section is integers of one width, or codes, lowest bit first, padded to a byte and followed by 8
 * zero bytes; bits(x) is the width of 0 to x; n is below 2³¹. Ranks that count the ends of
 * documents, which sort before all tokens, are called whole.
 *
 * <pre>
 *  80  4  bits of an excess x
 *  84  4  bits of an offset o
 * 104  8  sequence of the first document F
 * 112  8  bits of all codes C
 * 120  8  bits of all lists of documents L
 * 128  4  lists of documents G
 * 132  4  zero
 * 136 64  offsets: sequences, tokens, lengths, blocks, codes, samples, lists, digest
 * 200     zero up to 256
 * sequences   D × x: of document d its sequence - F - d
 * starts      D × bits(n-1): its first position in S
 * firsts      D × bits(n-1): the whole rank of the suffix there
 * ends        D × bits(D-1): of each whole rank below D, which document ends there
 * tokens      U × bits(V-1): the tokens that occur, rising
 * buckets     U × bits(n-1): the first rank of the suffixes that begin with it
 * lengths     39 × 39 × 4: of each symbol before and each symbol the bits of its code, 0 for none
 * blocks      of each 64 ranks: o, where its codes begin within its group; bits(n-1), Ψ of the first
 * groups      of each 64 blocks: bits(C), where the codes of its first block begin
 * codes       C bits: of the other 63 ranks of each block the gaps of Ψ, as GapCode has them;
 *             behind a block's beginning and a border the symbol before counts as a border
 * samples     of the whole ranks whose position is a multiple of 32, k = ⌈n/32⌉ of them:
 *             how many lie before each 1024th rank, bits(k); how many lie in each 32 ranks, in unary,
 *             a 0 behind each; their rank modulo 32, 5; their position / 32, bits(k-1)
 * lists       G × bits(T): first ranks of intervals; G × bits(T): ranks behind their last;
 *             G × bits(L): where their lists begin; L bits: the lists, as DocumentLists has them
 * </pre>
 *
 * <p>Codes are canonical: shorter ones first, then by symbol, numbered upwards, written with their
 * highest bit first. Ψ of a rank is the whole rank of the suffix one symbol shorter. Search costs
 * two counts in Ψ a token, about a microsecond while the file is in the caches; an occurrence is
 * walked for at most 32 steps to a sample or its document's end, 9 microseconds on average; a token
 * of a document is decoded in a third of one. Heap: 80 KiB for the codes' table of each open
 * segment, whatever its size.
 *
 * <h2>Manifest</h2>
 *
 * <pre>
 *  40 32  digest of the tokenizer
 *  72  4  vocabulary size
 *  76  4  segments
 * each:  8 id, 8 file length, 32 SHA-256 that the file ends with,
 *        the sequences that it holds, those of them that are retracted;
 *        each list: 4 runs, then a run 8 first, 8 last (inclusive)
 * end    32  SHA-256 of all before
 * </pre>
 *
 * <h2>Threads</h2>
 *
 * <p>Readers take a snapshot and no lock. Writers take the monitor of the committed state for as
 * long as their change takes. Merges, which run on an executor, and purges take turns on a lock
 * that comes before that monitor, and hold the monitor only to pick segments and to commit: what is
 * retracted from these meanwhile is retracted from the result. The number of segments is bounded;
 * at the bound an append merges first. After failures in a row a merge waits for 1, 2, 4 up to 64
 * changes.
 *
 * <h2>Disk</h2>
 *
 * <p>A merge or purge writes one segment before it removes what that replaces: beside what is
 * committed it takes at most the largest segment and a manifest, and what readers of older views
 * hold; files of retracted text take at most as much as that text did. A change that fails because
 * the disk is full leaves what was there; should it fail after its manifest was renamed, it may
 * still be there, whole, when the index is opened next.
 *
 * <h2>Memory</h2>
 *
 * <p>Mappings are released when the last reader of a segment is done, at once where the JVM allows
 * it. What is retracted and not yet rewritten is sorted by itself, so that it can be subtracted: on
 * the heap at 8 bytes a token, at most 2²¹ tokens of all segments together; what is more, and in
 * the background all arrays beyond 2¹⁴ tokens, in mapped files beside the segments, named as
 * segments on their way ({@code seg-….olseg.tmp}), which no manifest names and nobody opens again.
 * So a document of more than 2²¹ tokens is sorted before its retraction returns, and an index with
 * more retracted text than that before it is open. Beside that the heap holds a bit a document for
 * each segment that has retracted ones, and 16 bytes for each run of sequences in the manifest.
 *
 * <p>What a reader leaves out ({@link io.openledger.api.spi.SpanIndex#without}) is sorted likewise
 * for that reader alone, at most 2²² tokens of a segment.
 */
@NullMarked
package io.openledger.attribution.index;

import org.jspecify.annotations.NullMarked;
