package io.openledger.wildfly.it;

/**
 * Waits until the base model and its adapter are loaded, which goes on after the server's start.
 */
final class Ready {

  private Ready() {}

  /** From outside: until the server says so itself. */
  static Rest.Reply await(Rest rest) throws Exception {
    return Awaiting.until(
        () -> rest.management("/health/ready"),
        // before our checks are there, the server says UP for what it has
        reply -> reply.status() == 200 && reply.body().contains("\"openledger\""));
  }
}
