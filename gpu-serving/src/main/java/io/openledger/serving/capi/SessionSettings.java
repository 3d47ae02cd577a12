package io.openledger.serving.capi;

import java.util.Map;
import java.util.Optional;

/**
 * How a session is opened.
 *
 * @param threads of one operator on the processor; 0: one per core
 * @param entries configuration of the session, by its key
 * @param cuda options of the CUDA provider by their name, as in {@code device_id}; empty: the
 *     processor computes
 */
public record SessionSettings(
    int threads, Map<String, String> entries, Optional<Map<String, String>> cuda) {

  public SessionSettings {
    entries = Map.copyOf(entries);
    cuda = cuda.map(Map::copyOf);
  }
}
