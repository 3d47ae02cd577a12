/**
 * The serving engine: one resident base model, many adapters, on ONNX Runtime.
 *
 * <p>Depends on {@code api} and on libraries, never on another engine or on a container. It is
 * found with {@link java.util.ServiceLoader} as {@link io.openledger.api.spi.ServingEngineFactory}.
 *
 * <p>The way of a request: {@code engine} tokenizes, queues and schedules; {@code adapter} makes
 * its adapter resident; {@code onnx} runs the graph that {@code graph} made of what {@code model}
 * read.
 *
 * <p>Tests: {@code mvn -pl gpu-serving test}. Those that compare with reference implementations
 * read fixtures from the folder in the system property {@code openledger.shared} and are skipped
 * without it; the same is then proven on generated checkpoints against a plain forward pass.
 */
@NullMarked
package io.openledger.serving;

import org.jspecify.annotations.NullMarked;
