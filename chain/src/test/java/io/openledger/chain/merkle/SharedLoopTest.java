package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class SharedLoopTest {

  private static final int STEPS = 10_007;

  private static int[] eachStepOnce(int steps, Executor helpers) {
    AtomicIntegerArray done = new AtomicIntegerArray(steps);
    SharedLoop.run(
        steps,
        64,
        helpers,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            done.incrementAndGet(i);
          }
        });
    int[] times = new int[steps];
    Arrays.setAll(times, done::get);
    return times;
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void doesEachStepOnceWithThreadsThatHelp() {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int steps : new int[] {0, 1, 63, 64, 65, 128, STEPS}) {
        assertThat(eachStepOnce(steps, threads)).isEqualTo(ones(steps));
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void doesAllItselfWhereNobodyHelps() {
    assertThat(
            eachStepOnce(
                STEPS,
                task -> {
                  throw new RejectedExecutionException("full");
                }))
        .isEqualTo(ones(STEPS));
    // taken, and never begun
    List<Runnable> queue = new ArrayList<>();
    assertThat(eachStepOnce(STEPS, queue::add)).isEqualTo(ones(STEPS));
    // begun when all is over
    queue.forEach(Runnable::run);
  }

  @Test
  void waitsForAPieceThatAnotherHasBegun() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    int[] done = new int[2];
    Thread[] helper = new Thread[1];
    Executor helpers =
        task -> {
          helper[0] = new Thread(task);
          helper[0].start();
          await(begun);
        };
    Thread caller =
        new Thread(
            () ->
                SharedLoop.run(
                    2,
                    1,
                    helpers,
                    (from, to) -> {
                      if (Thread.currentThread() == helper[0]) {
                        begun.countDown();
                        await(mayEnd);
                      }
                      done[from]++;
                    }));
    caller.start();
    await(begun);
    caller.join(100);
    assertThat(caller.isAlive()).as("as long as the helper holds its piece").isTrue();
    mayEnd.countDown();
    caller.join(10_000);
    assertThat(caller.isAlive()).isFalse();
    assertThat(done).isEqualTo(ones(2));
  }

  @Test
  void throwsWhatAPieceThrows() {
    assertThatThrownBy(
            () ->
                SharedLoop.run(
                    STEPS,
                    64,
                    Runnable::run,
                    (from, to) -> {
                      throw new IllegalStateException("piece " + from);
                    }))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
