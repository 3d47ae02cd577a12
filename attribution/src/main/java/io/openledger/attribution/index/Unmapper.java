package io.openledger.attribution.index;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/**
 * Unmaps a mapped buffer at once.
 *
 * <p>Java 17 has no public way (the foreign-memory API is final from 22), and waiting for the
 * collector would keep deleted segments on disk and files of a stopped application open. {@code
 * sun.misc.Unsafe.invokeCleaner} is the door that the JDK left for this (JEP 260); it is looked up
 * through the boot loader, so that module systems of servers need not export it. Where it is
 * missing the collector unmaps instead: later, but it does.
 */
final class Unmapper {

  private Unmapper() {}

  static void unmap(ByteBuffer mapped) {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe", true, null);
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe.getMethod("invokeCleaner", ByteBuffer.class).invoke(instance.get(null), mapped);
    } catch (ReflectiveOperationException | RuntimeException e) {
      System.getLogger(Unmapper.class.getName())
          .log(System.Logger.Level.DEBUG, "mapping left to the garbage collector", e);
    }
  }
}
