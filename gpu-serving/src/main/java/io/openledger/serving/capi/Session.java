package io.openledger.serving.capi;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A loaded model. Its bindings are to be closed before it. */
public final class Session extends Handle {

  private static final int ALL_OPTIMISATIONS = 99;
  private static final int LOG_ERRORS = 3;

  private Session(Api api, Pointer session) {
    super(api, Entry.RELEASE_SESSION, session);
  }

  static Session open(Api api, Pointer environment, byte[] model, SessionSettings settings) {
    Pointer made = api.created(Entry.CREATE_SESSION_OPTIONS);
    try (Handle options = new Handle(api, Entry.RELEASE_SESSION_OPTIONS, made);
        Memory bytes = new Memory(model.length)) {
      bytes.write(0, model, 0, model.length);
      api.call(Entry.SET_SESSION_LOG_SEVERITY_LEVEL, options.pointer(), LOG_ERRORS);
      api.call(Entry.SET_SESSION_GRAPH_OPTIMIZATION_LEVEL, options.pointer(), ALL_OPTIMISATIONS);
      api.call(Entry.SET_INTRA_OP_NUM_THREADS, options.pointer(), settings.threads());
      new TreeMap<>(settings.entries())
          .forEach(
              (key, value) ->
                  api.call(
                      Entry.ADD_SESSION_CONFIG_ENTRY,
                      options.pointer(),
                      Api.text(key),
                      Api.text(value)));
      settings.cuda().ifPresent(cuda -> append(api, options.pointer(), new TreeMap<>(cuda)));
      return new Session(
          api,
          api.created(
              Entry.CREATE_SESSION_FROM_ARRAY,
              environment,
              bytes,
              (long) model.length,
              options.pointer()));
    }
  }

  private static void append(Api api, Pointer options, Map<String, String> cuda) {
    Pointer made = api.created(Entry.CREATE_CUDA_PROVIDER_OPTIONS);
    try (Handle provider = new Handle(api, Entry.RELEASE_CUDA_PROVIDER_OPTIONS, made)) {
      api.call(
          Entry.UPDATE_CUDA_PROVIDER_OPTIONS,
          provider.pointer(),
          strings(cuda.keySet().toArray(String[]::new)),
          strings(cuda.values().toArray(String[]::new)),
          (long) cuda.size());
      api.call(Entry.APPEND_CUDA_V2, options, provider.pointer());
    }
  }

  private static StringArray strings(String[] values) {
    return new StringArray(values, StandardCharsets.UTF_8.name());
  }

  /** An empty binding of tensors to this session's inputs and outputs. */
  public Binding bind() {
    return new Binding(api(), this, api().created(Entry.CREATE_IO_BINDING, pointer()));
  }
}
