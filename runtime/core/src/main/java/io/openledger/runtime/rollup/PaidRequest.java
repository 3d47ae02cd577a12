package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;

/**
 * Which request is paid for.
 *
 * @param method of HTTP
 * @param path from {@code /v1/} on
 * @param body SHA-256 of the body's bytes
 */
public record PaidRequest(String method, String path, Hash256 body) {

  /** SHA-256 of method, path and the body's hexadecimal digits, with line feeds between. */
  public Hash256 digest() {
    return Hash256.sha256(method + "\n" + path + "\n" + body.hex());
  }
}
