package io.openledger.serving.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the families' readers share: {@code config.json} with the settings that all have, and how a
 * setting is refused.
 */
final class ModelSettings {

  private static final int HEADS = 1 << 12;

  private final JsonFile json;

  ModelSettings(JsonFile json) {
    this.json = json;
  }

  JsonFile json() {
    return json;
  }

  int hidden() {
    return json.required("hidden_size", 1, 1 << 17);
  }

  int inner() {
    return json.required("intermediate_size", 1, 1 << 20);
  }

  int layers() {
    return json.required("num_hidden_layers", 1, 1 << 10);
  }

  int heads() {
    return json.required("num_attention_heads", 1, HEADS);
  }

  /** What is stated, or as many as heads. */
  int kvHeads() {
    int kvHeads = json.integer("num_key_value_heads", 1, HEADS).orElse(heads());
    if (heads() % kvHeads != 0) {
      throw broken(heads() + " heads over " + kvHeads + " key-value heads", "a multiple");
    }
    return kvHeads;
  }

  /** What is stated, or the hidden width over the heads. */
  int headDim() {
    int headDim = json.integer("head_dim", 1, HEADS).orElse(hidden() / heads());
    if (headDim == 0 || headDim % 8 != 0) {
      throw unsupported("head_dim = " + headDim, "a multiple of 8");
    }
    return headDim;
  }

  boolean flag(String key) {
    return json.flag(key, false);
  }

  /** A number above 0. */
  double positive(JsonFile from, String key, double absent) {
    double value = from.number(key).orElse(absent);
    if (!(value > 0)) {
      throw broken(key + " = " + value, "above 0");
    }
    return value;
  }

  /** Whether a setting is there, be it null. */
  boolean states(String key) {
    return json.keys().contains(key);
  }

  /** Settings, be they null, that libraries would fill in differently. */
  void demand(List<String> keys) {
    for (String key : keys) {
      if (!states(key)) {
        throw broken("no " + key, key + " stated, or null");
      }
    }
  }

  /** What would change the computation and is not done. */
  void refuse(String key) {
    if (json.get(key).isPresent()) {
      throw unsupported(key, "no " + key);
    }
  }

  /** A text that says what is done anyway, or nothing. */
  void only(String key, Set<String> allowed) {
    only(key, json.text(key), allowed);
  }

  static void only(String key, Optional<String> value, Set<String> allowed) {
    if (value.isPresent() && !allowed.contains(value.get())) {
      throw unsupported(
          key + " = " + value.get(), String.join(", ", allowed.stream().sorted().toList()));
    }
  }

  static OpenLedgerException unsupported(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNSUPPORTED,
        "config.json has " + arrived,
        allowed,
        "choose a checkpoint of a supported family");
  }

  static OpenLedgerException broken(String arrived, String allowed) {
    return Broken.CHECKPOINT.because("config.json has " + arrived, allowed);
  }
}
