/**
 * A decoder whose weights, KV cache and adapters lie in a device's memory. {@link
 * io.openledger.serving.cuda.Device} is what it needs of one: memory, and two queues of work. An
 * NVIDIA GPU is one, through JCuda's driver API and ONNX Runtime's CUDA provider; tests use one
 * that lies in the processor's memory and runs each queue as late as it may.
 *
 * <p>May name {@code jcuda}, which is optional: classes that do are loaded only when a GPU is asked
 * for and found. Each block, page-locked buffer, fence and queue has one owner and one {@code
 * close}.
 *
 * <p>Tests: {@code mvn -pl gpu-serving test}. They run all but the calls to the driver; {@link
 * io.openledger.serving.cuda.CudaSelfTest} runs those, on a host with a GPU.
 */
@NullMarked
package io.openledger.serving.cuda;

import org.jspecify.annotations.NullMarked;
