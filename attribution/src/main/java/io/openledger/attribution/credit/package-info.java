/**
 * The credit rule: who is owed which part of an answer's fee, in integers.
 *
 * <p>{@link io.openledger.attribution.credit.CreditRule} is a pure function; the rule itself is
 * written in {@link io.openledger.api.spi.AttributionEngine#credit}. Depends on {@code api} alone.
 * Tests: {@code mvn -pl attribution test -Dtest='CreditRuleTest'} (100 000 seeded random cases).
 */
@NullMarked
package io.openledger.attribution.credit;

import org.jspecify.annotations.NullMarked;
