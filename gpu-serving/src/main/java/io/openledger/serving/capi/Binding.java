package io.openledger.serving.capi;

import com.sun.jna.Pointer;

/**
 * Which tensors a run reads and writes. It remembers them between runs; one tensor may be an input
 * and an output at once, and is then changed in place. A tensor may be closed once it is bound: the
 * runtime keeps its shape and its address.
 */
public final class Binding extends Handle {

  private final Session session;

  Binding(Api api, Session session, Pointer binding) {
    super(api, Entry.RELEASE_IO_BINDING, binding);
    this.session = session;
  }

  /**
   * Binds an input; in place of what was bound before. After a refusal the binding is of no more
   * use: the runtime remembers half of what it refused.
   *
   * @throws OrtFailure when the session has no such input
   */
  public void input(String name, Tensor tensor) {
    api().call(Entry.BIND_INPUT, pointer(), Api.text(name), tensor.pointer());
  }

  /**
   * Binds an output; in place of what was bound before.
   *
   * @throws OrtFailure when the session has no such output
   */
  public void output(String name, Tensor tensor) {
    api().call(Entry.BIND_OUTPUT, pointer(), Api.text(name), tensor.pointer());
  }

  /** Runs the model. On a device it may return before the work is done there. */
  public void run() {
    api().call(Entry.RUN_WITH_BINDING, session.pointer(), null, pointer());
  }
}
