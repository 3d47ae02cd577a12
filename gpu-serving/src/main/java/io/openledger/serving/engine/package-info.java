/**
 * The scheduler: requests of many threads are queued, read in one at a time, and decoded together,
 * one token each at every step.
 *
 * <p>One thread owns the {@link io.openledger.serving.engine.Decoder}; callers wait on their own
 * threads and are called back there. Must not depend on ONNX Runtime. Tests: {@code mvn -pl
 * gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.engine;

import org.jspecify.annotations.NullMarked;
