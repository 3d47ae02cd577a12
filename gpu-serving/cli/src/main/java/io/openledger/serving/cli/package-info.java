/**
 * The serving engine on the command line, without a server: generating, looking at adapters, making
 * checkpoints of real shapes with random weights, measuring, and a soak.
 *
 * <p>{@link io.openledger.serving.cli.Main} is the way in; every command is a class of its own.
 * What measures uses {@link io.openledger.api.spi.ServingEngine} alone, so that it measures what a
 * server would have. Threads are made here, because on a command line there is nobody else to give
 * them.
 *
 * <p>Depends on {@code api} and {@code gpu-serving}. Tests: {@code mvn -pl gpu-serving/cli -am
 * test}.
 */
@NullMarked
package io.openledger.serving.cli;

import org.jspecify.annotations.NullMarked;
