package io.openledger.runtime;

import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database whether it is there, waiting at most a second. One question is under way at a
 * time, so that a database that hangs ties up one thread and not one for each look at readiness.
 */
final class StoreProbe {

  private final Store store;
  private final Executor executor;
  private @Nullable CompletableFuture<Check> asked;

  StoreProbe(Store store, Executor executor) {
    this.store = store;
    this.executor = executor;
  }

  Check check() {
    CompletableFuture<Check> answer;
    try {
      answer = ask();
    } catch (RejectedExecutionException e) {
      return new Check("store", false, "the server is stopping");
    }
    try {
      Check check = answer.get(1, TimeUnit.SECONDS);
      forget(answer);
      return check;
    } catch (TimeoutException e) {
      return new Check(
          "store", false, "the database does not answer within 1 s; look whether it runs");
    } catch (ExecutionException e) {
      forget(answer);
      return new Check("store", false, "the database cannot be asked: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Check("store", false, "interrupted while asking the database");
    }
  }

  private synchronized CompletableFuture<Check> ask() {
    CompletableFuture<Check> running = asked;
    if (running == null) {
      running = CompletableFuture.supplyAsync(this::probe, executor);
      asked = running;
    }
    return running;
  }

  private synchronized void forget(CompletableFuture<Check> answered) {
    if (asked == answered) {
      asked = null;
    }
  }

  private Check probe() {
    try {
      String product =
          store.requiresNew(
              "asking the database",
              c ->
                  c.getMetaData().getDatabaseProductName()
                      + " "
                      + c.getMetaData().getDatabaseProductVersion()
                      + (c.isValid(1) ? "" : ", connection not valid"));
      return new Check("store", !product.endsWith("not valid"), product);
    } catch (OpenLedgerException e) {
      return new Check("store", false, String.valueOf(e.getMessage()));
    }
  }
}
