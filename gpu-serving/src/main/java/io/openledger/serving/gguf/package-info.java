/**
 * Checkpoints in one GGUF file: validated, and unpacked once into a Hugging Face folder, so that
 * nothing else knows of them.
 *
 * <p>Depends on {@code model} alone. Tests: {@code mvn -pl gpu-serving test}.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
@NullMarked
package io.openledger.serving.gguf;

import org.jspecify.annotations.NullMarked;
