package io.openledger.samples.clausedesk;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses bodies over {@value #MAX_BYTES} bytes, also those that do not say their length. */
@Provider
public class BodyLimit implements ContainerRequestFilter {

  static final int MAX_BYTES = 1_048_576;

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getLength() > MAX_BYTES) {
      throw tooLarge(request.getLength() + " bytes");
    }
    request.setEntityStream(new Limited(request.getEntityStream()));
  }

  private static OpenLedgerException tooLarge(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CONTRIBUTION_TOO_LARGE,
        "a request of " + arrived,
        "at most " + MAX_BYTES + " bytes",
        "send a shorter text, or several");
  }

  /** Counts what is read. */
  static final class Limited extends FilterInputStream {

    private long read;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int some = super.read(into, offset, length);
      count(Math.max(some, 0));
      return some;
    }

    private void count(int more) {
      read += more;
      if (read > MAX_BYTES) {
        throw tooLarge("more than " + MAX_BYTES + " bytes");
      }
    }
  }
}
