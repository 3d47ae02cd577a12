/** Money: amounts in wei, policies that split them, the double-entry ledger, epochs and proofs. */
@NullMarked
package io.openledger.api.reward;

import org.jspecify.annotations.NullMarked;
