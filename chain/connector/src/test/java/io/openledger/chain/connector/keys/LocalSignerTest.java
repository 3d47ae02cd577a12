package io.openledger.chain.connector.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Eip712Message;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

class LocalSignerTest {

  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  /** Anvil's first account, which is public. */
  private static final String KEY =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  private static LocalSigner signer(String key) {
    return LocalSigner.fromSecret(HexFormat.of().parseHex(key));
  }

  private static Eip1559Transaction transaction(Random random, long nonce) {
    byte[] data = new byte[random.nextInt(300)];
    random.nextBytes(data);
    return new Eip1559Transaction(
        1612,
        nonce,
        new Fees(Wei.of(random.nextInt(1000)), Wei.of(1000 + random.nextInt(1_000_000))),
        21_000 + random.nextInt(1_000_000),
        Optional.of(new ChainAddress(String.format("0x%040x", new BigInteger(160, random)))),
        new Wei(new BigInteger(random.nextInt(100), random)),
        data);
  }

  /** The vectors for secp256k1 with SHA-256 that Bitcoin's and Trezor's libraries test for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|Satoshi Nakamoto|934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
            + "|2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
        "1|All those moments will be lost in time, like tears in rain. Time to die..."
            + "|8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
            + "|547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140|Satoshi Nakamoto"
            + "|fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
            + "|6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"
      })
  void signsAsTheKnownVectorsOfRfc6979Do(String key, String message, String r, String s)
      throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(message.getBytes(StandardCharsets.US_ASCII));
    Signature signature = Ecdsa.sign(new BigInteger(key, 16), digest);
    assertThat(signature.r().toString(16)).isEqualTo(r);
    assertThat(signature.s().toString(16)).isEqualTo(s);
  }

  @Test
  void signsTheBytesThatWeb3jSigns() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      key[0] &= 0x7f;
      Credentials theirs = Credentials.create(ECKeyPair.create(key));
      LocalSigner ours = LocalSigner.fromSecret(key);
      assertThat(ours.address().value()).isEqualTo(theirs.getAddress());
      Eip1559Transaction t = transaction(random, random.nextInt(300));
      byte[] expected =
          TransactionEncoder.signMessage(
              RawTransaction.createTransaction(
                  t.chainId(),
                  BigInteger.valueOf(t.nonce()),
                  BigInteger.valueOf(t.gasLimit()),
                  t.to().orElseThrow().value(),
                  t.value().value(),
                  Numeric.toHexString(t.data()),
                  t.fees().maxPriorityFeePerGas().value(),
                  t.fees().maxFeePerGas().value()),
              theirs);
      SignedTransaction signed = ours.signTransaction(t);
      assertThat(signed.toBytes()).as("seed %s", seed).isEqualTo(expected);
      assertThat(signed.open().sender()).isEqualTo(ours.address());
      assertThat(signed.open().transaction()).isEqualTo(t);
    }
  }

  @Test
  void signsTypedDataAsContractsRecoverIt() {
    LocalSigner signer = signer(KEY);
    Eip712Message message =
        new Eip712Message(Hash256.sha256("a domain"), Hash256.sha256("a voucher"));
    Signature signature = signer.sign(message);
    assertThat(signature.signerOf(message.digest())).contains(signer.address());
    Sign.SignatureData theirs =
        Sign.signMessage(
            message.digest().toBytes(), ECKeyPair.create(new BigInteger(KEY, 16)), false);
    byte[] bytes = signature.toBytes();
    assertThat(Arrays.copyOf(bytes, 32)).isEqualTo(theirs.getR());
    assertThat(Arrays.copyOfRange(bytes, 32, 64)).isEqualTo(theirs.getS());
    assertThat(bytes[64]).isEqualTo(theirs.getV()[0]);
    assertThat(Signature.parse(bytes)).isEqualTo(signature);
  }

  @Test
  void mirrorsHighHalvesAndRefusesThemWhereTheyAreStored() {
    Signature low = signer(KEY).sign(transaction(new Random(1), 0));
    BigInteger high = ORDER.subtract(low.s());
    assertThat(Signature.normalised(low.r(), high, low.yParity() ^ 1)).isEqualTo(low);
    assertThatThrownBy(() -> new Signature(low.r(), high, low.yParity()))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void doesNotOpenBytesThatWereChanged() {
    LocalSigner signer = signer(KEY);
    Eip1559Transaction t = transaction(new Random(2), 7);
    byte[] raw = signer.signTransaction(t).toBytes();
    for (int i = 1; i < raw.length; i++) {
      byte[] changed = raw.clone();
      changed[i] ^= 1;
      try {
        SignedTransaction.Opened opened = new SignedTransaction(changed).open();
        // other bytes are another transaction or somebody else's, never this one of this signer
        assertThat(opened.transaction().equals(t) && opened.sender().equals(signer.address()))
            .isFalse();
      } catch (OpenLedgerException e) {
        assertThat(e).hasMessageContaining("OPENLEDGER-1001");
      }
    }
    assertThatThrownBy(() -> new SignedTransaction(Arrays.copyOf(raw, raw.length + 1)).open())
        .isInstanceOf(OpenLedgerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "00000000000000000000000000000000000000000000000000000000000000000001"
      })
  void refusesWhatIsNoKeyAndErasesIt(String hex) {
    byte[] secret = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> LocalSigner.fromSecret(secret))
        .hasMessageContaining("OPENLEDGER-5013")
        .satisfies(e -> assertThat(hex.length() < 64 || !e.getMessage().contains(hex)).isTrue());
    assertThat(secret).isEqualTo(new byte[hex.length() / 2]);
  }

  @Test
  void neverShowsOrSerialisesTheKeyAndRefusesToSignOnceClosed() throws Exception {
    LocalSigner signer = signer(KEY);
    assertThat(signer.toString()).contains(signer.address().value()).doesNotContain(KEY);
    assertThatThrownBy(
            () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(signer))
        .isInstanceOf(NotSerializableException.class);
    java.lang.reflect.Field field = LocalSigner.class.getDeclaredField("key");
    field.setAccessible(true);
    byte[] held = (byte[]) field.get(signer);
    signer.close();
    assertThat(held).containsOnly(0);
    assertThatThrownBy(() -> signer.sign(transaction(new Random(1), 0)))
        .hasMessageContaining("closed");
    signer.close();
  }

  @Test
  void takesKeysFromKeyStoresAndFromDigits() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] password = "of the store".toCharArray();
    store.load(null, null);
    store.setEntry(
        "poster",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(HexFormat.of().parseHex(KEY), "AES")),
        new KeyStore.PasswordProtection(password));
    ChainAddress expected = signer(KEY).address();
    assertThat(LocalSigner.fromKeyStore(store, "poster", password).address()).isEqualTo(expected);
    assertThatThrownBy(() -> LocalSigner.fromKeyStore(store, "other", password))
        .hasMessageContaining("no secret key under 'other'");
    assertThatThrownBy(() -> LocalSigner.fromKeyStore(store, "poster", "wrong".toCharArray()))
        .hasMessageContaining("OPENLEDGER-5013");
    char[] digits = ("0x" + KEY).toCharArray();
    assertThat(LocalSigner.fromDigits(digits).address()).isEqualTo(expected);
    assertThat(digits).containsOnly('\0');
    char[] broken = (KEY.substring(1) + "g").toCharArray();
    assertThatThrownBy(() -> LocalSigner.fromDigits(broken))
        .hasMessageContaining("64 hexadecimal digits")
        .hasMessageNotContaining(KEY.substring(1));
    assertThat(broken).containsOnly('\0');
  }
}
