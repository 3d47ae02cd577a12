package io.openledger.chain.connector.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Wallet;

/**
 * No key and no password in anything that is printed, logged, thrown, serialised or shown, in any
 * of the forms that they are written in.
 */
class NoKeyIsToldTest {

  private static final String KEY =
      "a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80ac0974bec39a17e36ba4";
  private static final String PASSWORD = "kjh34 a password that nobody knows 98";
  private static final String TOKEN = "tok-4f9a77c0d3";
  private static final RpcLimits LIMITS =
      new RpcLimits(Duration.ofSeconds(1), Duration.ofSeconds(2), 1 << 16, 8);

  @TempDir private Path directory;

  private Path keystore;
  private Path pkcs12;
  private Path jceks;
  private Path right;
  private Path wrong;

  @BeforeEach
  void prepare() throws Exception {
    keystore = directory.resolve("key.json");
    Files.write(
        keystore,
        new ObjectMapper()
            .writeValueAsBytes(
                Wallet.createLight(PASSWORD, ECKeyPair.create(new BigInteger(KEY, 16)))));
    right = directory.resolve("right");
    wrong = directory.resolve("wrong");
    Files.writeString(right, PASSWORD + "\nanother line\n");
    Files.writeString(wrong, PASSWORD.toUpperCase(Locale.ROOT) + "\n");
    pkcs12 = store("PKCS12");
    jceks = store("JCEKS");
  }

  private Path store(String type) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    KeyStore.PasswordProtection protection =
        new KeyStore.PasswordProtection(PASSWORD.toCharArray());
    store.setEntry(
        "bytes",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(HexFormat.of().parseHex(KEY), "AES")),
        protection);
    // what keytool -importpass makes
    store.setEntry(
        "digits",
        new KeyStore.SecretKeyEntry(
            SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(KEY.toCharArray()))),
        protection);
    store.setEntry(
        "nothing",
        new KeyStore.SecretKeyEntry(
            new SecretKeySpec(Arrays.copyOf(HexFormat.of().parseHex(KEY), 31), "AES")),
        protection);
    Path file = directory.resolve("store." + type.toLowerCase(Locale.ROOT));
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  /** Each way in which a key or a password is written down. */
  private static List<String> forms() {
    byte[] key = HexFormat.of().parseHex(KEY);
    List<String> forms = new ArrayList<>();
    for (byte[] bytes :
        List.of(key, Arrays.copyOf(key, 31), PASSWORD.getBytes(StandardCharsets.UTF_8))) {
      forms.add(HexFormat.of().formatHex(bytes));
      forms.add(new BigInteger(1, bytes).toString());
      forms.add(new BigInteger(bytes).toString());
      forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
      forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
      String list = Arrays.toString(bytes);
      forms.add(list.substring(1, list.length() - 1));
      forms.add(HexFormat.ofDelimiter(" ").formatHex(bytes));
      forms.add(HexFormat.ofDelimiter(":").formatHex(bytes));
    }
    forms.add(
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(KEY.getBytes(StandardCharsets.US_ASCII)));
    forms.add(PASSWORD);
    // half of it would be too much as well
    forms.add(KEY.substring(0, 32));
    forms.add(KEY.substring(32));
    return forms.stream().map(f -> f.toLowerCase(Locale.ROOT)).distinct().toList();
  }

  private static void check(String told) {
    String text = told.toLowerCase(Locale.ROOT);
    for (String form : forms()) {
      int at = text.indexOf(form);
      assertThat(at)
          .as(() -> "told in: " + text.substring(Math.max(0, at - 300), at + form.length()))
          .isNegative();
    }
  }

  /** What is printed and logged at any level, thrown with all causes, and shown by toString. */
  private static final class Everything implements AutoCloseable {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final Logger root = Logger.getLogger("");
    private final Level before = root.getLevel();
    private final Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            told.writeBytes(new SimpleFormatter().format(record).getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };

    Everything() {
      this(Level.ALL);
    }

    Everything(Level level) {
      PrintStream both = new PrintStream(told, true, StandardCharsets.UTF_8);
      System.setOut(both);
      System.setErr(both);
      handler.setLevel(level);
      root.setLevel(level);
      root.addHandler(handler);
    }

    void add(Object shown) {
      told.writeBytes((shown + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Runs it, and keeps what it gives or throws. */
    boolean tries(Callable<?> work) {
      try {
        add(work.call());
        return true;
      } catch (Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        add(trace);
        try (ObjectOutputStream serialised = new ObjectOutputStream(told)) {
          serialised.writeObject(e);
        } catch (IOException notSerialisable) {
          add(notSerialisable);
        }
        return false;
      }
    }

    String text() {
      return told.toString(StandardCharsets.UTF_8) + told.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
      root.removeHandler(handler);
      root.setLevel(before);
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void wouldNoticeEachOfTheForms() {
    for (String form : forms()) {
      try (Everything all = new Everything()) {
        Logger.getLogger("a.library").finest("debug: " + form);
        assertThat(all.text().toLowerCase(Locale.ROOT)).contains(form);
      }
    }
  }

  private List<KeySource> sources(Path password) {
    PasswordSource source = new PasswordSource.FirstLine(password);
    List<KeySource> all = new ArrayList<>();
    all.add(new KeySource.KeystoreFile(keystore, source));
    for (String alias : List.of("bytes", "digits", "nothing", "missing")) {
      all.add(new KeySource.KeyStoreEntry(pkcs12, "PKCS12", alias, source));
      all.add(new KeySource.KeyStoreEntry(jceks, "JCEKS", alias, source));
    }
    all.add(new KeySource.KeyStoreEntry(keystore, "PKCS12", "bytes", source));
    all.add(new KeySource.KeystoreFile(pkcs12, source));
    all.add(new KeySource.KeystoreFile(directory.resolve("missing"), source));
    all.add(
        new KeySource.KeystoreFile(keystore, new PasswordSource.OfServer("server", "password")));
    all.add(new KeySource.CredentialStore("server", "key"));
    all.add(new KeySource.CredentialStore("server", "broken"));
    all.add(new KeySource.LibertyKeystore("server", "key"));
    return all;
  }

  @Test
  void tellsNeitherKeyNorPassword() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<char[]> given = new ArrayList<>();
    Secrets secrets =
        (store, alias) -> {
          char[] secret =
              switch (alias) {
                case "key" -> ("0x" + KEY).toCharArray();
                case "broken" -> (KEY.substring(1) + "g").toCharArray();
                default -> PASSWORD.toCharArray();
              };
          given.add(secret);
          return secret;
        };
    int opened = 0;
    String told;
    try (Everything all = new Everything();
        RemoteSigner remote = new RemoteSigner(KEY)) {
      for (Path password : List.of(right, wrong, directory.resolve("missing"))) {
        for (KeySource source : sources(password)) {
          all.add(source);
          for (Secrets each : List.of(secrets, Secrets.NONE)) {
            Signer[] signer = new Signer[1];
            if (all.tries(() -> signer[0] = Signers.open(source, each, LIMITS, threads))) {
              opened++;
              all.tries(() -> signer[0].signTransaction(transaction()));
              all.tries(() -> signer[0].signTransaction(transaction()).open());
              signer[0].close();
              all.tries(() -> signer[0].sign(transaction()));
            }
          }
        }
      }
      LocalSigner local = LocalSigner.fromSecret(HexFormat.of().parseHex(KEY));
      for (URI uri : List.of(remote.uri(), URI.create("http://127.0.0.1:1"))) {
        KeySource source = new KeySource.Web3Signer(uri, local.address());
        all.add(source);
        all.tries(
            () -> Signers.open(source, secrets, LIMITS, threads).signTransaction(transaction()));
      }
      all.tries(() -> new ObjectMapper().writeValueAsString(local));
      all.tries(
          () -> {
            new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(local);
            return "";
          });
      told = all.text();
    } finally {
      threads.shutdownNow();
    }
    // with the right password: the keystore, two entries in two stores; and from the server's
    // store, whatever the file with the password: the keystore, and twice the key itself
    assertThat(opened).isEqualTo(2 * (1 + 4) + 3 * 3);
    assertThat(told).contains("OPENLEDGER-5013").hasSizeGreaterThan(10_000);
    check(told);
    assertThat(given).hasSizeGreaterThan(10).allSatisfy(a -> assertThat(a).containsOnly('\0'));
  }

  /**
   * Providers put keys into user, path, query and fragment. What the platform's client traces of
   * its requests, for who turns that on, is not ours to keep back.
   */
  @Test
  void tellsNothingOfAnAddressButItsName() {
    ExecutorService threads = Executors.newCachedThreadPool();
    ChainAddress address = LocalSigner.fromSecret(HexFormat.of().parseHex(KEY)).address();
    String told;
    try (Everything all = new Everything(Level.INFO)) {
      for (String form : List.of("http://%s@h", "http://h/?k=%s", "http://h/#%s", "ftp://h/%s")) {
        URI uri = URI.create(String.format(form, TOKEN));
        assertThat(all.tries(() -> new KeySource.Web3Signer(uri, address))).isFalse();
      }
      URI uri = URI.create("http://127.0.0.1:1/proxy/" + TOKEN);
      KeySource source = new KeySource.Web3Signer(uri, address);
      all.add(source);
      assertThat(all.tries(() -> Signers.open(source, Secrets.NONE, LIMITS, threads))).isFalse();
      all.tries(() -> new RpcEndpoint("own", URI.create("ws://" + TOKEN + "@h/" + TOKEN)));
      RpcEndpoint endpoint =
          new RpcEndpoint(
              "own", URI.create("http://" + TOKEN + "@127.0.0.1:1/" + TOKEN + "?k=" + TOKEN));
      all.add(endpoint);
      assertThat(all.tries(() -> new NodeClient(new HttpService(endpoint, LIMITS, threads))))
          .isFalse();
      told = all.text();
    } finally {
      threads.shutdownNow();
    }
    assertThat(told).contains("endpoint own").contains(address.value()).doesNotContain(TOKEN);
  }

  private static Eip1559Transaction transaction() {
    return new Eip1559Transaction(
        1612,
        3,
        new Fees(Wei.of(1), Wei.of(2)),
        21_000,
        Optional.of(new ChainAddress("0x00000000000000000000000000000000000000aa")),
        Wei.of(5),
        new byte[] {1, 2, 3});
  }
}
