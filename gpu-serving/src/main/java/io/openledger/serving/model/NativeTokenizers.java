package io.openledger.serving.model;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the tokenizers' native library, once a class loader.
 *
 * <p>The library's loader looks at system properties, at the thread's context class loader, and by
 * default at the network and the user's home. While it works here it is told to stay off the
 * network, to unpack below our own folder, and to look into its own module; all is put back after.
 */
final class NativeTokenizers {

  private NativeTokenizers() {}

  /**
   * @param cache where the library is unpacked, if it is not yet
   * @throws OpenLedgerException {@link ErrorCode#STORAGE_UNAVAILABLE}
   */
  static void load(Path cache) {
    synchronized (NativeTokenizers.class) {
      Map<String, String> settings =
          Map.of(
              "ai.djl.offline", "true",
              "OPT_OUT_TRACKING", "true",
              "ENGINE_CACHE_DIR", cache.toAbsolutePath().toString(),
              "RUST_FLAVOR", "cpu");
      Map<String, @Nullable String> before = new LinkedHashMap<>();
      settings.forEach((key, value) -> before.put(key, System.setProperty(key, value)));
      Thread thread = Thread.currentThread();
      ClassLoader loader = thread.getContextClassLoader();
      thread.setContextClassLoader(LibUtils.class.getClassLoader());
      try {
        LibUtils.checkStatus();
      } catch (RuntimeException | LinkageError | AssertionError e) {
        throw new OpenLedgerException(
            ErrorCode.STORAGE_UNAVAILABLE,
            "the tokenizers' native library does not load from " + cache,
            "a writable folder, not mounted noexec, on Linux x86_64 or aarch64, macOS or Windows",
            "correct the folder's rights or choose another cache",
            e);
      } finally {
        thread.setContextClassLoader(loader);
        before.forEach(NativeTokenizers::restore);
      }
    }
  }

  private static void restore(String key, @Nullable String value) {
    if (value == null) {
      System.clearProperty(key);
    } else {
      System.setProperty(key, value);
    }
  }
}
