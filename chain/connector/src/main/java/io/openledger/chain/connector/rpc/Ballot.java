package io.openledger.chain.connector.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What endpoints answered to one question. An answer has a say if it is a value, or an error that
 * every honest node gives; who fails, or does not understand the question, abstains.
 *
 * @param <T> of the values
 */
final class Ballot<T> {

  /** A value that was given, or the error that every honest node gives. */
  record Answer<T>(Optional<T> value, Optional<RpcException> refusal) {}

  private final Function<T, ?> identity;
  private final Map<Member, Answer<T>> answers = new LinkedHashMap<>();
  private final List<RpcException> failures = new ArrayList<>();

  /**
   * @param identity what must be equal for values to count as the same
   */
  Ballot(Function<T, ?> identity) {
    this.identity = identity;
  }

  void value(Member member, T value) {
    answers.put(member, new Answer<>(Optional.of(value), Optional.empty()));
  }

  void failure(Member member, RpcException e) {
    if (e.elsewhere() || e.error().ours()) {
      failures.add(e);
    } else {
      answers.put(member, new Answer<>(Optional.empty(), Optional.of(e)));
    }
  }

  Map<Member, Answer<T>> answers() {
    return answers;
  }

  List<RpcException> failures() {
    return failures;
  }

  private Object key(Answer<T> answer) {
    return answer
        .value()
        .<Object>map(identity)
        // the words differ from node to node; what the contract returned does not
        .orElseGet(() -> "refused " + answer.refusal().flatMap(e -> e.error().data()).orElse(""));
  }

  /** Who says the same, the most first. */
  List<List<Member>> parties() {
    Map<Object, List<Member>> parties = new LinkedHashMap<>();
    answers.forEach(
        (member, answer) ->
            parties.computeIfAbsent(key(answer), k -> new ArrayList<>()).add(member));
    List<List<Member>> sorted = new ArrayList<>(parties.values());
    sorted.sort((a, b) -> Integer.compare(b.size(), a.size()));
    return sorted;
  }

  /** Those who say the same, if they are enough and more than any others. */
  Optional<List<Member>> winners(int needed) {
    List<List<Member>> parties = parties();
    boolean won =
        !parties.isEmpty()
            && parties.get(0).size() >= needed
            && (parties.size() == 1 || parties.get(1).size() < parties.get(0).size());
    return won ? Optional.of(parties.get(0)) : Optional.empty();
  }

  /** What one of them said. */
  Answer<T> of(List<Member> party) {
    return java.util.Objects.requireNonNull(answers.get(party.get(0)));
  }
}
