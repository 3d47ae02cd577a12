package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreCommandTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  @Test
  void warnsOfAPasswordThatOthersMayRead() throws Exception {
    assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
    Path password = Files.writeString(folder.resolve("password"), "long enough\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    String key = folder.resolve("key.json").toString();
    assertThat(run("keystore", "new", key, "--password-file", password.toString())).isZero();
    assertThat(err.toString()).contains("Warning").contains("chmod 600 " + password);
    assertThat(out.toString()).matches("0x[0-9a-f]{40}\\R").doesNotContain("long enough");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    err.getBuffer().setLength(0);
    assertThat(run("keystore", "address", key, "--password-file", password.toString())).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void namesThePasswordFileWhereItIsMissing() {
    Path missing = folder.resolve("no-password");
    String key = folder.resolve("key.json").toString();
    assertThat(run("keystore", "new", key, "--password-file", missing.toString()))
        .isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("password file " + missing + " cannot be read");
    assertThat(Path.of(key)).doesNotExist();
  }
}
