package io.openledger.api.spi;

/**
 * How an engine is. Counts are since it was opened, times in seconds, sizes in bytes.
 *
 * @param running sequences in the batch
 * @param queued requests waiting
 * @param ready whether it answers; false: the device is lost, and every request is refused until
 *     the engine is opened again
 * @param requests what became of requests
 * @param times how long things took
 * @param batches what was decoded together
 * @param adapters the pool
 * @param memory where the bytes are
 */
public record ServingStatus(
    int running,
    int queued,
    boolean ready,
    Requests requests,
    Times times,
    Batches batches,
    Adapters adapters,
    Memory memory) {

  /**
   * What became of requests.
   *
   * @param completed ended by the model, a stop or the most tokens
   * @param cancelled the caller went away
   * @param expired the deadline passed
   * @param refused the queue was full
   * @param failed a fault of the engine, or of an adapter
   * @param promptTokens read, those from the prefix cache included
   * @param prefixTokens of them, taken from the prefix cache
   * @param generatedTokens handed out
   */
  public record Requests(
      long completed,
      long cancelled,
      long expired,
      long refused,
      long failed,
      long promptTokens,
      long prefixTokens,
      long generatedTokens) {}

  /**
   * How long things took, in seconds.
   *
   * @param queue from the call to a place in the batch
   * @param firstToken from the call to the first token
   * @param token from one token of a request to its next
   * @param step one step of the batch
   * @param adapterLoad from disk or host memory into a slot
   */
  public record Times(
      Distribution queue,
      Distribution firstToken,
      Distribution token,
      Distribution step,
      Distribution adapterLoad) {}

  /**
   * What was decoded together.
   *
   * @param size sequences in a step
   * @param distinctAdapters of them, different adapters
   */
  public record Batches(Distribution size, Distribution distinctAdapters) {}

  /**
   * The adapters.
   *
   * @param registered names
   * @param host in host memory
   * @param resident in slots
   * @param pinned of them, pinned
   * @param hits requests whose adapter was in a slot
   * @param misses requests whose adapter was not
   * @param hostHits of the misses, those whose adapter was in host memory
   * @param evictions adapters that left a slot for another
   */
  public record Adapters(
      int registered,
      int host,
      int resident,
      int pinned,
      long hits,
      long misses,
      long hostHits,
      long evictions) {}

  /**
   * Where the bytes are.
   *
   * @param weights of the base model, as they are resident
   * @param cache of the KV cache
   * @param prefixes of the prefix cache
   * @param slots of the adapter slots
   * @param host of adapters in host memory
   */
  public record Memory(long weights, long cache, long prefixes, long slots, long host) {}
}
