package io.openledger.api.reward;

import io.openledger.api.Hash256;
import java.nio.file.Path;

/**
 * The published amounts of an epoch, in a file of the server's that is to be read soon and not
 * written to. The description of package {@code io.openledger.chain} has its bytes.
 *
 * @param epoch whose
 * @param root the tree's, which follows from the file
 * @param digest SHA-256 of the file: what is posted with the root
 * @param bytes how long it is
 * @param file where it is
 */
public record LeafData(long epoch, Hash256 root, Hash256 digest, long bytes, Path file) {}
