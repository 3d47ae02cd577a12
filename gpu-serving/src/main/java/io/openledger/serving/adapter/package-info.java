/**
 * Adapters: PEFT folders read and validated, and the pool that keeps the used ones resident.
 *
 * <p>Must not depend on ONNX Runtime. Tests: {@code mvn -pl gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.adapter;

import org.jspecify.annotations.NullMarked;
