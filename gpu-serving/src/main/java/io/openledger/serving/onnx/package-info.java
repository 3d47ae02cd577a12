/**
 * ONNX Runtime, and nothing else: sessions, tensors over direct memory, the KV cache and the staged
 * adapters. The only package that may name {@code ai.onnxruntime}.
 *
 * <p>Each native handle has one owner and one {@code close}. Tests: {@code mvn -pl gpu-serving
 * test}; they check the graph against a plain forward pass in Java.
 */
@NullMarked
package io.openledger.serving.onnx;

import org.jspecify.annotations.NullMarked;
