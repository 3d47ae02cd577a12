package io.openledger.runtime.rest;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import jakarta.json.JsonObjectBuilder;

/** The engine's status as JSON: counts since it was opened, seconds, bytes. */
final class StatusJson {

  private StatusJson() {}

  static JsonObjectBuilder of(ServingStatus s) {
    return Json.object()
        .add("running", s.running())
        .add("queued", s.queued())
        .add("ready", s.ready())
        .add(
            "requests",
            Json.object()
                .add("completed", s.requests().completed())
                .add("cancelled", s.requests().cancelled())
                .add("expired", s.requests().expired())
                .add("refused", s.requests().refused())
                .add("failed", s.requests().failed()))
        .add(
            "tokens",
            Json.object()
                .add("prompt", s.requests().promptTokens())
                .add("prefix", s.requests().prefixTokens())
                .add("generated", s.requests().generatedTokens()))
        .add(
            "seconds",
            Json.object()
                .add("queue", of(s.times().queue()))
                .add("firstToken", of(s.times().firstToken()))
                .add("token", of(s.times().token()))
                .add("step", of(s.times().step()))
                .add("adapterLoad", of(s.times().adapterLoad())))
        .add(
            "batch",
            Json.object()
                .add("size", of(s.batches().size()))
                .add("distinctAdapters", of(s.batches().distinctAdapters())))
        .add(
            "adapters",
            Json.object()
                .add("registered", s.adapters().registered())
                .add("host", s.adapters().host())
                .add("resident", s.adapters().resident())
                .add("pinned", s.adapters().pinned())
                .add("hits", s.adapters().hits())
                .add("misses", s.adapters().misses())
                .add("hostHits", s.adapters().hostHits())
                .add("evictions", s.adapters().evictions()))
        .add(
            "bytes",
            Json.object()
                .add("weights", s.memory().weights())
                .add("cache", s.memory().cache())
                .add("prefixes", s.memory().prefixes())
                .add("slots", s.memory().slots())
                .add("host", s.memory().host()));
  }

  private static JsonObjectBuilder of(Distribution d) {
    long count = d.count();
    return Json.object()
        .add("count", count)
        .add("mean", count == 0 ? 0 : d.sum() / count)
        .add("p50", d.quantile(0.5))
        .add("p95", d.quantile(0.95))
        .add("p99", d.quantile(0.99))
        .add("most", d.most());
  }
}
