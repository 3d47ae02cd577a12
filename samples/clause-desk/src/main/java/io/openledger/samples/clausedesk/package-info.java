/**
 * Clause desk: a drafting aid for contract and policy clauses, written against {@code
 * io.openledger.api} and Jakarta EE alone, as any enterprise application would be.
 *
 * <p>{@link io.openledger.samples.clausedesk.Drafting} asks the model inside an {@code @Attributed}
 * boundary, {@link io.openledger.samples.clausedesk.ClauseLibrary} fills the datanet, the resources
 * give the page its JSON. It must not depend on the runtime or on an engine; {@code
 * ArchitectureTest} guards that.
 *
 * <p>Unit tests run with {@code mvn -pl samples/clause-desk test} (Java and JavaScript); the page
 * is driven in a browser against a real server by {@code samples/clause-desk-tests}.
 */
@NullMarked
package io.openledger.samples.clausedesk;

import org.jspecify.annotations.NullMarked;
