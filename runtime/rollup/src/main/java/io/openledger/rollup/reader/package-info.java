/**
 * Follows what the contracts tell.
 *
 * <p><b>What holds.</b> The stored blocks are one chain: from the last final one upwards, each the
 * parent of the next. The stored events are those of these blocks, each once. A block that the
 * chain takes back goes, with its events, in one transaction; a block that was final never goes. If
 * the chain's final history is not the stored one, nothing is applied any more and {@link
 * io.openledger.rollup.reader.ChainReader#status} tells.
 *
 * <p><b>Two readings.</b> An event is read when its block is new, and once more when its block has
 * become final; what was missed or invented between is put right then. One node of a cluster reads
 * at a time; should two, then one of them finds that the place has moved, and drops its work.
 *
 * <p><b>What follows from events</b> is computed from their rows and kept nowhere else ({@link
 * io.openledger.rollup.reader.ChainHistory}), so that taking an event back is deleting a row.
 *
 * <p>It must not depend on the other packages of this module. Its tests run with {@code mvn -pl
 * runtime/rollup -am test -Dtest='*Reader*'}.
 */
@NullMarked
package io.openledger.rollup.reader;

import org.jspecify.annotations.NullMarked;
