/**
 * Models that can be asked: the resident base model, the adapters found on start, and the way of an
 * answer through generation, attribution, credit and receipt.
 *
 * <p>{@link io.openledger.runtime.model.ModelHost} owns the serving engine. {@link
 * io.openledger.runtime.model.AnswerService} is the way of an answer. Rights, policy and
 * transaction are checked before anything is generated; nothing is written before everything is
 * known; and what is written is written at once. No database connection is held while tokens are
 * generated, unless the caller's own transaction holds it.
 *
 * <p>It must not depend on an engine, only on {@code io.openledger.api.spi}, nor on CDI. Its tests
 * run with {@code mvn -pl runtime/core -am test -Dtest='*Answer*,*Model*'}.
 */
@NullMarked
package io.openledger.runtime.model;

import org.jspecify.annotations.NullMarked;
