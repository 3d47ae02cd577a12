package io.openledger.api.model;

import io.openledger.api.Hash256;
import java.util.Optional;

/**
 * A model that can be asked.
 *
 * @param id its name
 * @param parent the base model, when this is an adapter
 * @param family the architecture, as {@code config.json} names it: {@code llama}
 * @param digest SHA-256 over the files that define it
 * @param contextLength prompt and answer together, in tokens
 * @param chat whether it has a chat template
 */
public record ModelInfo(
    ModelId id,
    Optional<ModelId> parent,
    String family,
    Hash256 digest,
    int contextLength,
    boolean chat) {}
