/**
 * What a checkpoint is: its files read and validated, its settings, its tokenizer, its chat
 * template.
 *
 * <p>Files come from outside and are never trusted. A Hugging Face folder is refused with the name
 * of the file, tensor or setting before anything of its weights is allocated.
 *
 * <p>Must not depend on ONNX Runtime or on the engine. Tests: {@code mvn -pl gpu-serving test}.
 */
@NullMarked
package io.openledger.serving.model;

import org.jspecify.annotations.NullMarked;
