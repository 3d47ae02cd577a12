package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body that may be larger than the server's own limit on bodies lets through, which holds for
 * every body and not for forms alone: WildFly's {@code max-post-size}, Open Liberty's {@code
 * messageSizeLimit}. Servers tell of it when the body is read, with an exception of their own that
 * is known by nothing but its name; without this it would look like a damaged upload.
 */
final class UploadBody extends FilterInputStream {

  UploadBody(InputStream body) {
    super(body);
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      throw told(e);
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    try {
      return super.read(into, offset, length);
    } catch (IOException e) {
      throw told(e);
    }
  }

  private static IOException told(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String name = t.getClass().getSimpleName();
      if (name.contains("TooBig") || name.contains("TooLarge")) {
        throw new RequestException(
            ErrorCode.REQUEST_TOO_LARGE,
            null,
            "a body over the limit that the server has for any body",
            "what max-post-size of WildFly's HTTP listener, or messageSizeLimit of Open Liberty's"
                + " httpOptions, lets through",
            "have an administrator raise it, see Uploads in docs/serving.md");
      }
    }
    return e;
  }
}
