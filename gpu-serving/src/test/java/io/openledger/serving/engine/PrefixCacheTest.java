package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingStatus;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.adapter.FolderAdapter;
import io.openledger.serving.adapter.HostTier;
import io.openledger.serving.adapter.MixedAdapter;
import io.openledger.serving.engine.Desk.Call;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is kept, for whom, and how much of it. Sizes are tokens: a block of the fake has 64. */
class PrefixCacheTest {

  private static final int CONTEXT = 512;
  private static final Scheduling A = Scheduling.of("a");

  private static Desk desk(long prefixes) {
    return new Desk(new FakeDecoder(2, CONTEXT, 2 * CONTEXT), 4, 50, prefixes);
  }

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 0, FakeDecoder.BREAKS_PROMPT).toArray();
  }

  /** Asks, checks the answer, and tells how many of the prompt's tokens were read. */
  private static long read(Desk desk, int[] prompt, int adapter, Scheduling scheduling) {
    long before = desk.decoder.promptTokens;
    Call call = desk.submit(prompt, adapter, 4, scheduling);
    desk.finish(call);
    Desk.isWhole(call, CONTEXT);
    return desk.decoder.promptTokens - before;
  }

  @Test
  void readsASharedBeginningOnce() {
    Desk desk = desk(10_000);
    int[] first = prompt(300, 1);
    int[] second = Arrays.copyOf(first, 290);
    second[200] ^= 1;
    assertThat(read(desk, first, 0, A)).isEqualTo(300);
    assertThat(read(desk, first, 0, A)).isEqualTo(300 - 256);
    // They part in the fourth block.
    assertThat(read(desk, second, 0, A)).isEqualTo(290 - 192);
    // A whole block at the end is read again: somebody wants its last token's logits.
    assertThat(read(desk, Arrays.copyOf(first, 256), 0, A)).isEqualTo(64);
    ServingStatus.Requests counts = desk.scheduler.meters().requests();
    assertThat(counts.promptTokens()).isEqualTo(300 + 300 + 290 + 256);
    assertThat(counts.prefixTokens()).isEqualTo(256 + 192 + 192);
  }

  @Test
  void readsItOnceAlsoForThoseWhoAskAtTheSameTime() {
    Desk desk = desk(10_000);
    int[] prompt = prompt(300, 1);
    Call first = desk.submit(prompt, 0, 4, A);
    Call second = desk.submit(prompt, 0, 4, A);
    desk.finish(first);
    desk.finish(second);
    Desk.isWhole(second, CONTEXT);
    assertThat(desk.decoder.promptTokens).isEqualTo(300 + 300 - 256);
  }

  @Test
  void sharesNothingBetweenTenantsOrVariantsOfTheModel() {
    Desk desk = desk(10_000);
    int[] prompt = prompt(300, 1);
    read(desk, prompt, 0, A);
    assertThat(read(desk, prompt, 0, Scheduling.of("b"))).isEqualTo(300);
    assertThat(read(desk, prompt, 1, A)).isEqualTo(300);
    assertThat(read(desk, prompt, 2, A)).isEqualTo(300);
    assertThat(read(desk, prompt, 1, A)).isEqualTo(300 - 256);
  }

  @Test
  void keepsNothingOfAVariantThatIsNoMore() {
    Desk desk = desk(10_000);
    int[] prompt = prompt(300, 1);
    read(desk, prompt, 1, A);
    read(desk, prompt, 2, A);
    desk.drop(1);
    desk.step();
    assertThat(read(desk, prompt, 2, A)).isEqualTo(300 - 256);
    assertThat(read(desk, prompt, 1, A)).isEqualTo(300);
  }

  @Test
  void keepsNoMoreThanItMayAndGivesUpWhatWasUsedLeastRecentlyFromTheEnd() {
    Desk desk = desk(6 * 64 + 63);
    int[] first = prompt(257, 1);
    int[] second = prompt(193, 2);
    read(desk, first, 0, A);
    assertThat(desk.scheduler.prefixBytes()).isEqualTo(4 * 64);
    // Three blocks more are one too many: the first's last goes.
    read(desk, second, 0, A);
    assertThat(desk.scheduler.prefixBytes()).isEqualTo(6 * 64);
    assertThat(desk.decoder.blocks).isEqualTo(7);
    assertThat(read(desk, Arrays.copyOf(first, 200), 0, A)).isEqualTo(200 - 192);
    assertThat(read(desk, second, 0, A)).isEqualTo(1);
    assertThat(read(desk, first, 0, A)).isEqualTo(257 - 192);
    // That took the place of the second's last.
    assertThat(read(desk, second, 0, A)).isEqualTo(1 + 64);
  }

  @Test
  void keepsTheBeginningOfAPromptThatIsLargerThanAllOfIt() {
    Desk desk = desk(3 * 64);
    int[] prompt = prompt(500, 1);
    read(desk, prompt, 0, A);
    assertThat(read(desk, prompt, 0, A)).isEqualTo(500 - 192);
    assertThat(desk.scheduler.prefixBytes()).isEqualTo(192);
  }

  @Test
  void isOffWhereNothingMayBeKeptOrTheDecoderGivesNothing() {
    int[] prompt = prompt(300, 1);
    Desk off = desk(0);
    read(off, prompt, 0, A);
    assertThat(read(off, prompt, 0, A)).isEqualTo(300);
    assertThat(off.decoder.blocks).isZero();
    Desk none = desk(10_000);
    none.decoder.blockLimit = 0;
    read(none, prompt, 0, A);
    assertThat(read(none, prompt, 0, A)).isEqualTo(300);
    assertThat(none.scheduler.prefixBytes()).isZero();
  }

  @Test
  void asksAgainLaterForMemoryThatItDidNotGet() {
    Desk desk = desk(1_000_000);
    desk.decoder.blockLimit = 2;
    int[] prompt = prompt(300, 1);
    read(desk, prompt, 0, A);
    assertThat(desk.scheduler.prefixBytes()).isEqualTo(2 * 64);
    desk.decoder.blockLimit = Integer.MAX_VALUE;
    int asked = desk.decoder.blockCalls;
    // Each of these prompts asks for four blocks.
    for (int i = 0; i < PrefixCache.LEAST_PAUSE; i++) {
      read(desk, prompt(300, 2 + i), 0, A);
    }
    assertThat(desk.scheduler.prefixBytes()).isGreaterThan(20 * 64);
    read(desk, prompt, 0, A);
    assertThat(read(desk, prompt, 0, A)).isEqualTo(300 - 256);
    assertThat(desk.decoder.blockCalls).isGreaterThan(asked);
  }

  @Test
  void asksLessAndLessOftenForMemoryThatItNeverGets() {
    Desk desk = desk(1_000_000);
    desk.decoder.blockLimit = 0;
    for (int i = 0; i < 500; i++) {
      read(desk, prompt(65, i), 0, A);
    }
    // After 1, 17, 50, 115, 244, 501 of them.
    assertThat(desk.decoder.blockCalls).isBetween(3, 7);
  }

  @Test
  void keepsNothingOfAMixWhosePartIsNoMore() {
    HostTier host = Adapters.host(name -> Desk.weights(5), 1000);
    FolderAdapter part = Adapters.source("part", Desk.weights(5), host);
    MixedAdapter mix = new MixedAdapter(List.of(new MixedAdapter.Part(part, 2)), 8);
    FakeDecoder decoder = new FakeDecoder(1, CONTEXT, CONTEXT);
    decoder.fit(1, CONTEXT, new int[0]);
    PrefixCache cache = new PrefixCache(decoder, 1000);
    for (Object variant : List.of(mix, part, "base")) {
      cache.save(cache.begin(new PrefixCache.Scope("a", variant)), prompt(64, 1), 0, 0);
    }
    assertThat(cache.blocks()).isEqualTo(3);
    cache.forget(part);
    assertThat(cache.blocks()).isEqualTo(1);
  }
}
