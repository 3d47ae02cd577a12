/**
 * JSON Schemas as automata over bytes: which tokens may come next, so that an answer which ends by
 * itself is JSON that the schema accepts.
 *
 * <p>A schema becomes a nondeterministic automaton ({@link io.openledger.serving.constraint.Nfa}),
 * which is made deterministic ({@link io.openledger.serving.constraint.Dfa}) within limits of
 * states and work; the vocabulary's tokens stand in a trie ({@link
 * io.openledger.serving.constraint.TokenTrie}) that is walked through the automaton (Willard and
 * Louf 2023, "Efficient Guided Generation for Large Language Models"). The automata are our own
 * because the libraries' determinisation knows no limit or no bytes, and a schema is a stranger's.
 *
 * <p>Must not depend on the engine or ONNX Runtime. Tests: {@code mvn -pl gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.constraint;

import org.jspecify.annotations.NullMarked;
