package io.openledger.serving.capi;

import com.sun.jna.NativeLibrary;

/** Looks for libraries of the system. */
public final class Libraries {

  private Libraries() {}

  /** Whether the system's loader finds a library, by its whole name, as in {@code libcuda.so.1}. */
  public static boolean present(String name) {
    try (NativeLibrary library = NativeLibrary.getInstance(name)) {
      return library.getName() != null;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Whether a library that the system's loader finds has a function. */
  public static boolean has(String name, String function) {
    try (NativeLibrary library = NativeLibrary.getInstance(name)) {
      return library.getFunction(function) != null;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
