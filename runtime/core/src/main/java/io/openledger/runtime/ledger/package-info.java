/**
 * The ledger: double entry, append only, integers; policies by version; epochs and their proofs.
 *
 * <p><b>Invariants.</b> The lines of one transaction add up to zero (checked before they are
 * written, and again over all lines by the tests). Balances are sums of lines, kept nowhere else.
 * An epoch covers the receipts of the links 1 to its head, and so exactly what had committed and
 * was linked; its leaves are stored with it in one transaction, and a total never shrinks, because
 * an address is never taken from an account.
 *
 * <p><b>Who sees what.</b> See {@link io.openledger.runtime.ledger.CallerLedger}.
 *
 * <p>It must not depend on CDI, nor on the chain: trees and proofs come from {@code
 * io.openledger.api.spi.Settlement}. Its tests run with {@code mvn -pl runtime/core -am test
 * -Dtest='*Ledger*,*Epoch*'}.
 */
@NullMarked
package io.openledger.runtime.ledger;

import org.jspecify.annotations.NullMarked;
