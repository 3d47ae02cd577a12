package io.openledger.runtime.rest;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;

/**
 * The engine's status in the text format of Prometheus, version 0.0.4: names with a unit, counters
 * that end in {@code _total}, histograms whose buckets add up.
 */
final class MetricsText {

  static final String TYPE = "text/plain;version=0.0.4;charset=utf-8";

  private final StringBuilder out = new StringBuilder();

  private MetricsText() {}

  static String of(ServingStatus s) {
    MetricsText text = new MetricsText();
    text.gauge("running", "Sequences in the batch.", s.running());
    text.gauge("queued", "Requests waiting.", s.queued());
    text.gauge("ready", "1 while the engine answers.", s.ready() ? 1 : 0);
    ServingStatus.Requests r = s.requests();
    text.counters(
        "requests",
        "Requests by their end.",
        "end",
        new Sample("completed", r.completed()),
        new Sample("cancelled", r.cancelled()),
        new Sample("expired", r.expired()),
        new Sample("refused", r.refused()),
        new Sample("failed", r.failed()));
    text.counters(
        "tokens",
        "Tokens by kind; prefix ones are among the prompt ones.",
        "kind",
        new Sample("prompt", r.promptTokens()),
        new Sample("prefix", r.prefixTokens()),
        new Sample("generated", r.generatedTokens()));
    ServingStatus.Adapters a = s.adapters();
    text.counters(
        "slot_lookups",
        "Requests by where their adapter was.",
        "result",
        new Sample("hit", a.hits()),
        new Sample("host", a.hostHits()),
        new Sample("disk", a.misses() - a.hostHits()));
    text.counters(
        "slot_evictions",
        "Adapters that left a slot for another.",
        "",
        new Sample("", a.evictions()));
    text.gauges(
        "adapters",
        "Adapters by place.",
        "place",
        new Sample("registered", a.registered()),
        new Sample("host", a.host()),
        new Sample("slot", a.resident()),
        new Sample("pinned", a.pinned()));
    ServingStatus.Memory m = s.memory();
    text.gauges(
        "memory_bytes",
        "Bytes by what they hold.",
        "of",
        new Sample("weights", m.weights()),
        new Sample("cache", m.cache()),
        new Sample("prefixes", m.prefixes()),
        new Sample("slots", m.slots()),
        new Sample("host", m.host()));
    text.histogram("queue_seconds", "From the call to a place in the batch.", s.times().queue());
    text.histogram(
        "first_token_seconds", "From the call to the first token.", s.times().firstToken());
    text.histogram("token_seconds", "From one token to the next.", s.times().token());
    text.histogram("step_seconds", "One step of the batch.", s.times().step());
    text.histogram("adapter_load_seconds", "Into a slot.", s.times().adapterLoad());
    text.histogram("batch_size", "Sequences in a step.", s.batches().size());
    text.histogram(
        "batch_adapters", "Different adapters in a step.", s.batches().distinctAdapters());
    return text.out.toString();
  }

  private record Sample(String label, long value) {}

  private void head(String name, String type, String help) {
    out.append("# HELP openledger_serving_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE openledger_serving_").append(name).append(' ').append(type).append('\n');
  }

  private void line(String name, String label, String value, String number) {
    out.append("openledger_serving_").append(name);
    if (!label.isEmpty()) {
      out.append('{').append(label).append("=\"").append(value).append("\"}");
    }
    out.append(' ').append(number).append('\n');
  }

  private void gauge(String name, String help, long value) {
    gauges(name, help, "", new Sample("", value));
  }

  private void gauges(String name, String help, String label, Sample... samples) {
    head(name, "gauge", help);
    for (Sample sample : samples) {
      line(name, label, sample.label(), Long.toString(sample.value()));
    }
  }

  private void counters(String name, String help, String label, Sample... samples) {
    head(name + "_total", "counter", help);
    for (Sample sample : samples) {
      line(name + "_total", label, sample.label(), Long.toString(sample.value()));
    }
  }

  private void histogram(String name, String help, Distribution d) {
    head(name, "histogram", help);
    long below = 0;
    for (int i = 0; i < d.bounds().size(); i++) {
      below += d.counts().get(i);
      line(name + "_bucket", "le", Double.toString(d.bounds().get(i)), Long.toString(below));
    }
    line(name + "_bucket", "le", "+Inf", Long.toString(d.count()));
    line(name + "_sum", "", "", Double.toString(d.sum()));
    line(name + "_count", "", "", Long.toString(d.count()));
  }
}
