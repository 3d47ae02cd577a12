package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerThreadsTest {

  @Test
  void noThreadCarriesTheContextOfTheApplicationThatCalls() throws Exception {
    ClassLoader ours = getClass().getClassLoader();
    ScheduledExecutorService executor = ServerThreads.start(ours);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Set<ClassLoader> seen = ConcurrentHashMap.newKeySet();
    try (URLClassLoader application = new URLClassLoader(new URL[0])) {
      Thread.currentThread().setContextClassLoader(application);
      CountDownLatch all = new CountDownLatch(ServerThreads.COUNT);
      for (int i = 0; i < ServerThreads.COUNT; i++) {
        executor.execute(
            () -> {
              seen.add(Thread.currentThread().getContextClassLoader());
              all.countDown();
              try {
                // keeps the thread, so that each task gets another one
                all.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
      ServerThreads.stop(executor);
    }
    assertThat(seen).containsExactly(ours);
  }

  @Test
  void stopEndsWhatRunsAndDropsWhatWaits() throws Exception {
    ScheduledExecutorService executor = ServerThreads.start(getClass().getClassLoader());
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    executor.execute(
        () -> {
          started.countDown();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            ended.countDown();
          }
        });
    var later = executor.schedule(() -> {}, 1, TimeUnit.HOURS);
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    ServerThreads.stop(executor);
    assertThat(executor.isTerminated()).isTrue();
    assertThat(ended.getCount()).isZero();
    assertThat(later.isDone() && !later.isCancelled()).isFalse();
  }
}
