package io.openledger.serving.engine;

import io.openledger.api.model.GenerationOptions;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.constraint.Constraint;
import java.util.Optional;
import java.util.Set;

/**
 * What the scheduler is asked.
 *
 * @param prompt tokens, at least one and fewer than the context
 * @param adapter on which it runs; empty: the base model
 * @param options how tokens are chosen; stop texts are the caller's business
 * @param seed of the sampling
 * @param ends tokens that end the answer, the model's own and the request's
 * @param echo whether the prompt's tokens are scored, too
 * @param constraint which tokens may come
 */
record TokenRequest(
    int[] prompt,
    Optional<AdapterSource> adapter,
    GenerationOptions options,
    long seed,
    Set<Integer> ends,
    boolean echo,
    Optional<Constraint> constraint) {

  /** Without echo and constraint. */
  TokenRequest(
      int[] prompt,
      Optional<AdapterSource> adapter,
      GenerationOptions options,
      long seed,
      Set<Integer> ends) {
    this(prompt, adapter, options, seed, ends, false, Optional.empty());
  }
}
