/**
 * The API of attributed AI: what an application compiles against, and the only thing.
 *
 * <p>Start at {@link io.openledger.api.Attributed}. An application injects {@link
 * io.openledger.api.model.AttributedModel} to get answers, {@link
 * io.openledger.api.datanet.DatanetRepository} to contribute, {@link
 * io.openledger.api.reward.RewardLedger} to see who is owed what, and {@link
 * io.openledger.api.provenance.ProvenanceReports} to export why. Everything that is refused is an
 * {@link io.openledger.api.OpenLedgerException} with a code of {@link io.openledger.api.ErrorCode}.
 *
 * <p>This module depends on the Jakarta CDI and Interceptors APIs and on JSpecify, and on nothing
 * else. Its tests run with {@code mvn -pl api test}.
 */
@NullMarked
package io.openledger.api;

import org.jspecify.annotations.NullMarked;
