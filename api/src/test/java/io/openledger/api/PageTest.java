package io.openledger.api;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

  @Test
  void keepsItsOwnCopyOfTheItems() {
    List<String> items = new ArrayList<>(List.of("a"));
    Page<String> page = new Page<>(items, 5, 4, 10);
    items.clear();
    assertThat(page.items()).containsExactly("a");
  }

  @Test
  void mayBeEmptyAndAsLargeAsTheLimit() {
    assertThat(new Page<>(List.of(), 0, 0, 1).items()).isEmpty();
    assertThat(new Page<>(List.of(), 3, 100, Page.MAX_LIMIT).items()).isEmpty();
    assertThat(new Page<>(List.of("a", "b"), 2, 0, 2).items()).hasSize(2);
  }

  @Test
  void refusesOffsetsLimitsAndCountsThatCannotBe() {
    refuses("offset is -1", "0 or more", () -> new Page<>(List.of(), 0, -1, 1));
    refuses("limit is 0", "1 to 1000", () -> new Page<>(List.of(), 0, 0, 0));
    refuses("limit is 1001", "1 to 1000", () -> new Page<>(List.of(), 0, 0, 1001));
    refuses("page is 2 items of 2", "at most limit", () -> new Page<>(List.of(1, 2), 2, 0, 1));
    refuses("page is 2 items of 1", "at most total", () -> new Page<>(List.of(1, 2), 1, 0, 9));
    refuses("page is 0 items of -1", "at most total", () -> new Page<>(List.of(), -1, 0, 9));
  }
}
