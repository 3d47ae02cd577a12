package io.openledger.runtime.support;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Uploads of adapters, for servers with {@link ScriptedServing}. */
public final class AdapterZip {

  private AdapterZip() {}

  /** A configuration of 2 bytes and these weights. */
  public static InputStream of(String weights) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("adapter_config.json"));
      zip.write("{}".getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("adapter_model.safetensors"));
      zip.write(weights.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  /** One that nobody may read. */
  public static InputStream unread() {
    return new InputStream() {
      @Override
      public int read() {
        throw new AssertionError("an upload that is refused must not be read");
      }
    };
  }

  /** An upload that stands still before its first byte until it is told to go on. */
  public static final class Standing extends FilterInputStream {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    public Standing(String weights) {
      super(AdapterZip.of(weights));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return super.read(into, offset, length);
    }

    /** Waits until somebody reads. */
    public void awaitReading() throws InterruptedException {
      if (!reached.await(20, java.util.concurrent.TimeUnit.SECONDS)) {
        throw new AssertionError("in vain: the upload is read");
      }
    }

    /** Lets it go on. */
    public void release() {
      released.countDown();
    }
  }
}
