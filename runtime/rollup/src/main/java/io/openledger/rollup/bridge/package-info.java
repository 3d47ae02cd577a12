/**
 * Shows where deposits and withdrawals stand. Deposits and withdrawals themselves are made on the
 * command line ({@code chain/cli}): a server has no key on L1.
 */
@NullMarked
package io.openledger.rollup.bridge;

import org.jspecify.annotations.NullMarked;
