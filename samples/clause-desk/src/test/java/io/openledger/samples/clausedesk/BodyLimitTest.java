package io.openledger.samples.clausedesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class BodyLimitTest {

  @Test
  void aBodyOfTheLimitIsRead() throws IOException {
    try (InputStream in = limited(BodyLimit.MAX_BYTES)) {
      assertThat(in.readAllBytes()).hasSize(BodyLimit.MAX_BYTES);
    }
  }

  @Test
  void oneByteMoreIsRefusedAlsoWhenTheLengthWasNotSaid() throws IOException {
    try (InputStream in = limited(BodyLimit.MAX_BYTES + 1)) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTRIBUTION_TOO_LARGE));
    }
  }

  @Test
  void readingByteByByteCountsToo() throws IOException {
    try (InputStream in = limited(BodyLimit.MAX_BYTES + 1)) {
      for (int i = 0; i < BodyLimit.MAX_BYTES; i++) {
        assertThat(in.read()).isNotNegative();
      }
      assertThatThrownBy(in::read).isInstanceOf(OpenLedgerException.class);
    }
  }

  private static InputStream limited(int bytes) {
    return new BodyLimit.Limited(new ByteArrayInputStream(new byte[bytes]));
  }
}
