package io.openledger.rollup.governance;

import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.reward.FeeSplit;
import java.util.List;
import java.util.Optional;

/**
 * What is made of a call's data.
 *
 * @param danger how it is to be taken
 * @param sentences what it does
 * @param differences value by value
 * @param splitBefore the fee split before, where it changes that
 * @param splitAfter after
 * @param calls what it makes others call
 */
record Reading(
    Danger danger,
    List<String> sentences,
    List<Difference> differences,
    Optional<FeeSplit> splitBefore,
    Optional<FeeSplit> splitAfter,
    List<RawCall> calls) {

  static Reading of(Danger danger, String... sentences) {
    return new Reading(
        danger, List.of(sentences), List.of(), Optional.empty(), Optional.empty(), List.of());
  }

  static Reading of(Danger danger, List<String> sentences, List<Difference> differences) {
    return new Reading(
        danger, sentences, differences, Optional.empty(), Optional.empty(), List.of());
  }

  static Reading calling(String sentence, List<RawCall> calls) {
    return new Reading(
        Danger.DANGEROUS, List.of(sentence), List.of(), Optional.empty(), Optional.empty(), calls);
  }
}
