/**
 * Compute graphs, written as ONNX models by our own small protobuf writer: no Python and no
 * conversion step.
 *
 * <p>Must not depend on ONNX Runtime or on the engine: a graph is bytes. Tests: {@code mvn -pl
 * gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.graph;

import org.jspecify.annotations.NullMarked;
