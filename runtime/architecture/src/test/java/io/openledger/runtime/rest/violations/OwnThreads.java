package io.openledger.runtime.rest.violations;

import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Every way to a thread that the container does not know. */
class OwnThreads {
  final Thread thread = new Thread(() -> {});
  final ExecutorService pool = Executors.newCachedThreadPool();
  final Timer timer = new Timer();
  final CompletableFuture<String> later = CompletableFuture.supplyAsync(() -> "later");
}
