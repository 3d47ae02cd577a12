/**
 * Linear maps in fewer bits: how they are quantised, and the file in which they are kept for the
 * next start.
 *
 * <p>The file, all numbers little-endian:
 *
 * <ol>
 *   <li>{@code OLWEIGHT}, eight bytes; the version, four bytes; the length of what follows up to
 *       the table, four bytes; the checkpoint's digest, 32 bytes; how many maps, four bytes; for
 *       each its {@link io.openledger.serving.quantize.BlockFormat} (one byte), its outputs and
 *       inputs (four bytes each), where its codes and its scales begin (eight bytes each), the
 *       length of its name (four bytes) and the name in UTF-8
 *   <li>the table: the SHA-256 of each piece, a piece being some rows of one map, their codes
 *       followed by their scales; then the SHA-256 of everything before it
 *   <li>codes and scales of each map, each at a multiple of 64, the gaps being zero
 * </ol>
 *
 * <p>Everything but the digests follows from the checkpoint, so nothing is parsed: what a file must
 * say is computed and compared. A file that differs in a byte that is used is made again, never
 * served.
 *
 * <p>Must not depend on ONNX Runtime or on the engine. Tests: {@code mvn -pl gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.quantize;

import org.jspecify.annotations.NullMarked;
