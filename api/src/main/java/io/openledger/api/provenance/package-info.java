/** Receipts of answers and reports of them. */
@NullMarked
package io.openledger.api.provenance;

import org.jspecify.annotations.NullMarked;
