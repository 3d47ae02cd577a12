package io.openledger.chain.connector.rpc;

import io.openledger.chain.connector.rpc.HttpService.Pending;
import io.openledger.chain.connector.rpc.RpcException.Kind;
import org.web3j.protocol.core.Request;

/** One endpoint and the reading of its answers. */
final class Node {

  private final HttpService http;

  Node(HttpService http) {
    this.http = http;
  }

  String name() {
    return http.endpoint().name();
  }

  /** Asks without waiting. */
  <T> Pending<T> begin(Question<T> question) throws RpcException {
    return http.begin(
            new Request<>(question.method(), question.params(), http, RpcAnswer.class),
            RpcAnswer.class)
        .then(answer -> read(question, answer));
  }

  private <T> T read(Question<T> question, RpcAnswer answer) throws RpcException {
    try {
      return Reading.read(question, answer.getResult());
    } catch (IllegalArgumentException e) {
      // not the cause: it may quote the answer
      throw new RpcException(
          http.endpoint(),
          Kind.MALFORMED,
          "answered other than " + question.method() + " should be");
    }
  }

  /** That others have answered meanwhile. */
  RpcException slow(Question<?> question) {
    return new RpcException(
        http.endpoint(), Kind.TIMEOUT, "slower than the others to answer " + question.method());
  }

  <T> T ask(Question<T> question) throws RpcException {
    return begin(question).await();
  }
}
