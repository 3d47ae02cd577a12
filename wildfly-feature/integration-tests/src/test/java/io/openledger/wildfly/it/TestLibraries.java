package io.openledger.wildfly.it;

import java.io.File;
import java.net.URISyntaxException;
import org.assertj.core.api.Assertions;

/** What a test that runs inside the server needs there. */
final class TestLibraries {

  private TestLibraries() {}

  static File[] assertj() {
    try {
      return new File[] {
        new File(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI()),
        new File(
            net.bytebuddy.ByteBuddy.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI())
      };
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
