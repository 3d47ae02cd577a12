/**
 * ONNX Runtime's C API, for what its Java API lacks: tensors over any address, on a GPU too, and
 * bindings of them to a session. Calls go through JNA to the very library that the Java API loaded;
 * both then share one runtime.
 *
 * <p>May name {@code com.sun.jna}, nothing else of the engine. Each native handle has one owner and
 * one {@code close}; a closed one refuses every use. Addresses are the caller's: memory must stay
 * where it is until the last run that was given it has returned.
 *
 * <p>Tests: {@code mvn -pl gpu-serving test}; they run everything but the CUDA provider, on memory
 * of the CPU.
 */
@NullMarked
package io.openledger.serving.capi;

import org.jspecify.annotations.NullMarked;
