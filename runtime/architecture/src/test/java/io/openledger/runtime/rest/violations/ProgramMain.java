package io.openledger.runtime.rest.violations;

import java.util.concurrent.Executors;

/** Not a violation: a person starts it, and reads what it prints. */
class ProgramMain {
  public static void main(String[] args) {
    Executors.newSingleThreadExecutor().execute(() -> System.out.println(args.length));
  }
}
