package io.openledger.rollup.outbox;

import java.util.Map;

/**
 * How much of everything. Read from {@code name=value} arguments.
 *
 * @param messages that are to be stored
 * @param kills of instances that are abandoned between two steps, at least
 * @param reorgs of depth 1 to 8, at least
 * @param restarts of the chain's node
 * @param foreign transactions of the same key from outside
 * @param children processes that are killed with SIGKILL; they want PostgreSQL
 * @param nodes that share the database
 * @param postgres whether the database is PostgreSQL; else H2 in memory
 * @param seconds after which no more messages are stored
 * @param seed of all that is random
 */
record StormPlan(
    int messages,
    int kills,
    int reorgs,
    int restarts,
    int foreign,
    int children,
    int nodes,
    boolean postgres,
    int seconds,
    long seed) {

  static StormPlan parse(String[] arguments) {
    Map<String, String> given = new java.util.HashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      given.put(parts[0], parts[1]);
    }
    return new StormPlan(
        number(given, "messages", 100_000),
        number(given, "kills", 2_000),
        number(given, "reorgs", 2_000),
        number(given, "restarts", 5),
        number(given, "foreign", 50),
        number(given, "children", 0),
        number(given, "nodes", 2),
        "postgres".equals(given.getOrDefault("database", "h2")),
        number(given, "seconds", 1_800),
        Long.parseLong(given.getOrDefault("seed", "" + System.nanoTime())));
  }

  private static int number(Map<String, String> given, String name, int usual) {
    return Integer.parseInt(given.getOrDefault(name, "" + usual));
  }
}
