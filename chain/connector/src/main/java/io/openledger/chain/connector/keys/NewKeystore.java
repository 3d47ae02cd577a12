package io.openledger.chain.connector.keys;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;
import org.web3j.crypto.Hash;

/**
 * Makes a key and writes it as a keystore file of version 3 at geth's standard cost (scrypt, N =
 * 2¹⁸, r = 8, p = 1), which {@link KeystoreFile}, geth, Foundry and wallets read.
 */
public final class NewKeystore {

  /** The shortest password: a shorter one is guessed faster than scrypt slows it down. */
  public static final int SHORTEST_PASSWORD = 8;

  private static final int COST = 1 << 18;
  private static final int BLOCKS = 8;

  private NewKeystore() {}

  /** Brings a file's bytes, or a folder's names, to the disk. */
  interface Force {
    void force(Path what, FileChannel open) throws IOException;
  }

  /**
   * Makes a key. The file is readable by its owner alone, where the file system can do that; it has
   * been opened again with the password before this returns. Takes about two seconds and 256 MiB.
   *
   * @param file does not exist yet
   * @param password at least {@link #SHORTEST_PASSWORD} characters; <em>taken</em>: overwritten
   *     with zeroes
   * @param random whence the key comes
   * @return the key's address
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if the password is too short or the file
   *     exists; {@code STORAGE_UNAVAILABLE} if it cannot be written
   */
  public static ChainAddress create(Path file, char[] password, SecureRandom random) {
    if (password.length < SHORTEST_PASSWORD) {
      int length = password.length;
      Arrays.fill(password, '\0');
      throw OpenLedgerException.invalid(
          "the password", length + " characters long", SHORTEST_PASSWORD + " or more");
    }
    // before two seconds of work; the writing looks again, for who makes it meanwhile
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Arrays.fill(password, '\0');
      throw exists(file);
    }
    byte[] secret = new byte[32];
    do {
      random.nextBytes(secret);
    } while (!Ecdsa.isKey(new java.math.BigInteger(1, secret)));
    char[] again = password.clone();
    try (LocalSigner signer = LocalSigner.fromSecret(secret.clone())) {
      write(
          file,
          content(secret, signer.address(), password, random),
          (what, open) -> open.force(true));
      try (LocalSigner opened = KeystoreFile.open(file, again)) {
        if (!opened.address().equals(signer.address())) {
          throw new IllegalStateException("what was written holds another key");
        }
      }
      return signer.address();
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(again, '\0');
    }
  }

  private static byte[] content(
      byte[] secret, ChainAddress address, char[] password, SecureRandom random) {
    byte[] salt = new byte[32];
    byte[] iv = new byte[16];
    random.nextBytes(salt);
    random.nextBytes(iv);
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    Arrays.fill(password, '\0');
    byte[] derived = SCrypt.generate(bytes, salt, COST, BLOCKS, 1, 32);
    Arrays.fill(bytes, (byte) 0);
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(iv));
      byte[] ciphertext = cipher.doFinal(secret);
      byte[] checked = new byte[16 + ciphertext.length];
      System.arraycopy(derived, 16, checked, 0, 16);
      System.arraycopy(ciphertext, 0, checked, 16, ciphertext.length);
      byte[] mac = Hash.sha3(checked);
      Arrays.fill(checked, (byte) 0);
      return json(address, salt, iv, ciphertext, mac);
    } catch (GeneralSecurityException e) {
      throw LocalSigner.unusable("this Java has no AES in counter mode", e);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private static byte[] json(
      ChainAddress address, byte[] salt, byte[] iv, byte[] ciphertext, byte[] mac) {
    HexFormat hex = HexFormat.of();
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("version", 3);
    root.put("id", UUID.randomUUID().toString());
    root.put("address", address.value().substring(2));
    ObjectNode crypto = root.putObject("crypto");
    crypto.put("cipher", "aes-128-ctr");
    crypto.putObject("cipherparams").put("iv", hex.formatHex(iv));
    crypto.put("ciphertext", hex.formatHex(ciphertext));
    crypto.put("kdf", "scrypt");
    crypto
        .putObject("kdfparams")
        .put("dklen", 32)
        .put("n", COST)
        .put("r", BLOCKS)
        .put("p", 1)
        .put("salt", hex.formatHex(salt));
    crypto.put("mac", hex.formatHex(mac));
    try {
      return mapper.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  /**
   * Never over a file that is there: it may be the only copy of another key. File and name are on
   * the disk when it returns, because coins may be sent to the address at once.
   */
  static void write(Path file, byte[] content, Force force) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel out =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
      force.force(file, out);
      forceFolder(file, force);
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "keystore file " + file + " cannot be written: " + e.getClass().getSimpleName(),
          "a folder with room that can be written",
          "name another file; no key was made",
          e);
    }
  }

  private static OpenLedgerException exists(Path file) {
    return OpenLedgerException.invalidText(
        "keystore file", file.toString(), "a file that does not exist yet");
  }

  /** Not every system lets a folder be opened (Windows); there a name is kept at once. */
  private static void forceFolder(Path file, Force force) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      force.force(folder, names);
    }
  }
}
