package io.openledger.rollup.reader;

import io.openledger.api.Hash256;

/**
 * How far was read.
 *
 * @param finalized the number of the last block that is final
 * @param finalizedHash its hash
 * @param head the number of the last block that was read; {@code finalized} if none after it
 * @param headHash its hash
 */
record ReaderCursor(long finalized, Hash256 finalizedHash, long head, Hash256 headHash) {}
