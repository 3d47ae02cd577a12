package io.openledger.chain.connector.contracts;

import io.openledger.chain.connector.rpc.ChainClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A chain that something happens to before or after a call of one of its methods. */
final class InterruptedClient {

  /** The process ends here. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What happens. */
  interface Event {
    /**
     * @param call the number of the call of the method, from 1
     */
    void at(int call);
  }

  private InterruptedClient() {}

  static ChainClient around(ChainClient client, String method, Event before, Event after) {
    int[] calls = {0};
    return (ChainClient)
        Proxy.newProxyInstance(
            ChainClient.class.getClassLoader(),
            new Class<?>[] {ChainClient.class},
            (proxy, called, arguments) -> {
              boolean counted = called.getName().equals(method);
              if (counted) {
                before.at(++calls[0]);
              }
              Object result;
              try {
                result = called.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (counted) {
                after.at(calls[0]);
              }
              return result;
            });
  }

  static ChainClient killedBefore(ChainClient client, String method, int call) {
    return around(client, method, n -> killAt(n, call), n -> {});
  }

  static ChainClient killedAfter(ChainClient client, String method, int call) {
    return around(client, method, n -> {}, n -> killAt(n, call));
  }

  private static void killAt(int call, int last) {
    if (call >= last) {
      throw new Killed();
    }
  }
}
