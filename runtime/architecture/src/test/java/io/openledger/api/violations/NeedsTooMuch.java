package io.openledger.api.violations;

import io.openledger.chain.CumulativeSettlement;
import jakarta.transaction.TransactionManager;

/** An API that drags in a transaction manager and an engine. */
record NeedsTooMuch(TransactionManager transactions, CumulativeSettlement settlement) {}
