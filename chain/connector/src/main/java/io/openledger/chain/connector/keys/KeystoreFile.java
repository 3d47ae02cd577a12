package io.openledger.chain.connector.keys;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.web3j.crypto.Hash;

/**
 * A keystore file of version 3 ("Web3 Secret Storage Definition"): what geth, Foundry and wallets
 * write.
 *
 * <p>The file may come from anywhere, so what opening it costs is limited: {@link
 * #MAX_SCRYPT_MEMORY} and {@link #MAX_SCRYPT_WORK} for scrypt, {@link #MAX_ROUNDS} for PBKDF2; what
 * geth, Foundry and web3j write lies within. N of 2¹⁶ and more at r = 1, as in the definition's own
 * example, is not scrypt as RFC 7914 has it (N below 2^(128·r/8)) and is refused. web3j reads such
 * files too, but takes passwords as strings, which cannot be overwritten, and any cost.
 */
public final class KeystoreFile {

  /** Bytes of a file: real ones have about 500. */
  public static final int MAX_BYTES = 64 * 1024;

  /** 128·N·r bytes: geth's standard (N = 2¹⁸, r = 8) takes 256 MiB. */
  public static final long MAX_SCRYPT_MEMORY = 256L << 20;

  /** N·r·p: geth's standard takes 2²¹. */
  public static final long MAX_SCRYPT_WORK = 1L << 23;

  /** Rounds of PBKDF2: the definition's example takes 262 144. */
  public static final int MAX_ROUNDS = 10_000_000;

  private static final int DERIVED = 32;

  private KeystoreFile() {}

  /**
   * Opens the file. Takes about a second and 256 MiB at geth's standard cost.
   *
   * @param file the keystore
   * @param password <em>taken</em>: overwritten with zeroes
   * @throws OpenLedgerException with {@code SIGNING_KEY} if the file cannot be read, is damaged,
   *     costs more than the limits, or the password is wrong; nothing of file or password is in the
   *     message
   */
  public static LocalSigner open(Path file, char[] password) {
    byte[] bytes = utf8(password);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw refused(file, "is longer than " + MAX_BYTES + " bytes");
      }
      JsonNode root =
          new ObjectMapper(
                  JsonFactory.builder()
                      .streamReadConstraints(
                          StreamReadConstraints.builder().maxNestingDepth(8).build())
                      .build())
              .readTree(content);
      return decrypt(file, root, bytes);
    } catch (IOException e) {
      // not the parser's message: it quotes the file
      throw refused(file, "cannot be read as JSON: " + e.getClass().getSimpleName());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Opens the file with the password that is the first line of another file.
   *
   * @throws OpenLedgerException as {@link #open}; likewise if the password's file is unreadable or
   *     empty
   */
  public static LocalSigner open(Path file, Path passwordFile) {
    return open(file, PasswordFile.read(passwordFile));
  }

  /**
   * What is wrong with who may read a file; empty if only its owner may, or if the file system
   * cannot tell.
   */
  public static Optional<String> warning(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      boolean open = permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER"));
      return open
          ? Optional.of(
              "others than its owner may use " + file + "; take that away: chmod 600 " + file)
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  private static LocalSigner decrypt(Path file, JsonNode root, byte[] password) {
    JsonNode crypto = root.has("crypto") ? root.get("crypto") : root.path("Crypto");
    if (root.path("version").asInt() != 3
        || !"aes-128-ctr".equals(crypto.path("cipher").asText())) {
      throw refused(file, "is not of version 3 with the cipher aes-128-ctr");
    }
    byte[] ciphertext = bytes(file, crypto.path("ciphertext"), 32, 32);
    byte[] iv = bytes(file, crypto.path("cipherparams").path("iv"), 16, 16);
    byte[] mac = bytes(file, crypto.path("mac"), 32, 32);
    byte[] derived = derive(file, crypto, password);
    byte[] secret = new byte[0];
    try {
      byte[] checked = new byte[16 + ciphertext.length];
      System.arraycopy(derived, 16, checked, 0, 16);
      System.arraycopy(ciphertext, 0, checked, 16, ciphertext.length);
      boolean right = MessageDigest.isEqual(Hash.sha3(checked), mac);
      Arrays.fill(checked, (byte) 0);
      if (!right) {
        throw refused(file, "cannot be opened with this password");
      }
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(iv));
      secret = cipher.doFinal(ciphertext);
      LocalSigner signer = LocalSigner.fromSecret(secret);
      String named = root.path("address").asText("").toLowerCase(Locale.ROOT);
      if (!named.isEmpty() && !signer.address().value().endsWith(named.replaceFirst("^0x", ""))) {
        signer.close();
        throw refused(file, "names another address than its key has");
      }
      return signer;
    } catch (GeneralSecurityException e) {
      throw LocalSigner.unusable("this Java has no AES in counter mode", e);
    } finally {
      Arrays.fill(derived, (byte) 0);
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] derive(Path file, JsonNode crypto, byte[] password) {
    JsonNode params = crypto.path("kdfparams");
    byte[] salt = bytes(file, params.path("salt"), 1, 1024);
    if (params.path("dklen").asInt() != DERIVED) {
      throw refused(file, "derives another number of bytes than 32");
    }
    switch (crypto.path("kdf").asText()) {
      case "scrypt" -> {
        long n = params.path("n").asLong();
        long r = params.path("r").asLong();
        long p = params.path("p").asLong();
        boolean sane =
            n > 1
                && n < 1 << 30
                && Long.bitCount(n) == 1
                && r > 0
                && r < 1 << 10
                && p > 0
                && p < 1 << 10;
        if (!sane
            || (r == 1 && n >= 1 << 16)
            || 128 * n * r > MAX_SCRYPT_MEMORY
            || n * r * p > MAX_SCRYPT_WORK) {
          throw refused(
              file,
              "asks for scrypt at N=" + n + ", r=" + r + ", p=" + p + ", which is over the limit");
        }
        return SCrypt.generate(password, salt, (int) n, (int) r, (int) p, DERIVED);
      }
      case "pbkdf2" -> {
        int rounds = params.path("c").asInt();
        if (rounds < 1
            || rounds > MAX_ROUNDS
            || !"hmac-sha256".equals(params.path("prf").asText())) {
          throw refused(
              file,
              "asks for PBKDF2 with other than 1 to " + MAX_ROUNDS + " rounds of hmac-sha256");
        }
        PBEParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(password, salt, rounds);
        return ((KeyParameter) generator.generateDerivedParameters(8 * DERIVED)).getKey();
      }
      default -> throw refused(file, "derives its key with other than scrypt or pbkdf2");
    }
  }

  private static byte[] bytes(Path file, JsonNode hex, int least, int most) {
    String digits = hex.asText("").replaceFirst("^0x", "");
    if (digits.length() < 2 * least || digits.length() > 2 * most) {
      throw refused(file, "has a field of a wrong length");
    }
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw refused(file, "has a field that is not hexadecimal");
    }
  }

  private static byte[] utf8(char[] password) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    Arrays.fill(password, '\0');
    return bytes;
  }

  static OpenLedgerException refused(Path file, String why) {
    return LocalSigner.unusable("keystore file " + file + " " + why, null);
  }
}
