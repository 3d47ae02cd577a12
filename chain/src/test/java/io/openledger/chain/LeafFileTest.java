package io.openledger.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.LeafFile.Content;
import io.openledger.chain.LeafFile.Form;
import io.openledger.chain.LeafFile.Summary;
import io.openledger.chain.merkle.AccountTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafFileTest {

  private static final long SEED = 20261126;
  private static final ChainAddress ANNA = new ChainAddress("0x" + "a1".repeat(20));
  private static final ChainAddress BEN = new ChainAddress("0x" + "be".repeat(20));
  private static final ChainAddress CLEO = new ChainAddress("0x" + "c1".repeat(20));
  // where the golden file's parts begin
  private static final int SECTION_1 = 96;
  private static final int ACCOUNT_1 = SECTION_1 + 12;
  private static final int ACCOUNT_2 = ACCOUNT_1 + 52;
  private static final int SECTION_2 = ACCOUNT_2 + 52;
  private static final int ACCOUNT_3 = SECTION_2 + 12;
  private static final int CHECKSUM = ACCOUNT_3 + 52;

  @TempDir Path folder;

  private final Random random = new Random(SEED);

  @Test
  void whatIsWrittenIsRead() {
    AccountTree tree = grown(12);
    Path file = folder.resolve("12.leaves");
    Summary written = LeafFile.write(file, tree);
    assertThat(written)
        .isEqualTo(
            new Summary(Form.ACCOUNTS, 12, tree.leaves(), tree.total(), tree.root(), sha256(file)));
    assertThat(file).hasSize(96 + 12L * tree.sections().size() + 52L * tree.leaves() + 4);
    Content read = LeafFile.read(file, written.root(), written.digest());
    assertThat(read.summary()).isEqualTo(written);
    assertThat(read.tree().root()).isEqualTo(tree.root());
    assertThat(read.tree().leaves()).isEqualTo(tree.leaves());
    AccountTree again = read.accounts().orElseThrow();
    assertThat(again.sections()).isEqualTo(tree.sections());
    byte[] record = new byte[52];
    for (int i = 0; i < tree.leaves(); i++) {
      tree.record(i, record, 0);
      ChainAddress address = address(record);
      EpochProof proof = read.tree().proof(address).orElseThrow();
      assertThat(proof).isEqualTo(tree.proof(address).orElseThrow());
      assertThat(ContractProofs.pays(proof)).isTrue();
    }
  }

  @Test
  void theTreeThatWasReadGoesOnAsTheOneThatWasWritten() {
    AccountTree tree = grown(5);
    Path file = folder.resolve("5.leaves");
    LeafFile.write(file, tree);
    AccountTree read = LeafFile.read(file).accounts().orElseThrow();
    List<Total> more = List.of(new Total(ANNA, Wei.of(7)), new Total(BEN, Wei.of(8)));
    tree.update(6, more);
    read.update(6, more);
    assertThat(LeafFile.write(folder.resolve("a"), tree))
        .isEqualTo(LeafFile.write(folder.resolve("b"), read));
  }

  @Test
  void theAmountsOfAClosedEpochAreReadToItsRoot() {
    CumulativeSettlement settlement = new CumulativeSettlement();
    for (int count : new int[] {0, 1, 2, 7, 100}) {
      List<Total> totals = small(Entries.random(random, count));
      Settlement.Tree tree = settlement.close(9, totals, List.of());
      Path file = folder.resolve("standard-" + count);
      Summary written = LeafFile.writeStandard(file, 9, totals);
      assertThat(written.form()).isEqualTo(Form.STANDARD);
      assertThat(written.root()).isEqualTo(tree.root());
      Content read = LeafFile.read(file, tree.root(), written.digest());
      assertThat(read.summary()).isEqualTo(written);
      assertThat(read.accounts()).isEmpty();
      for (Total total : totals) {
        assertThat(read.tree().proof(total.address())).isEqualTo(tree.proof(total.address()));
      }
    }
  }

  @Test
  void aTreeWithoutAccountsIsAFileToo() {
    AccountTree empty = new AccountTree();
    Path file = folder.resolve("empty");
    Summary written = LeafFile.write(file, empty);
    assertThat(file).hasSize(100);
    assertThat(LeafFile.read(file).summary()).isEqualTo(written);
  }

  /** The first release's bytes: a later one reads them, and writes version 1 no other way. */
  @Test
  void theGoldenFileIsReadAndWrittenForEver() throws IOException {
    byte[] golden = golden();
    Content read = read(golden);
    assertThat(read.summary().epoch()).isEqualTo(5);
    assertThat(read.summary().total()).isEqualTo(Wei.of(12));
    assertThat(read.summary().root()).isEqualTo(goldenTree().root());
    assertThat(read.tree().proof(ANNA).orElseThrow().cumulative()).isEqualTo(Wei.of(6));
    assertThat(read.accounts().orElseThrow().sections())
        .containsExactly(new AccountTree.Section(2, 2), new AccountTree.Section(4, 1));
    Path file = folder.resolve("again");
    LeafFile.write(file, goldenTree());
    assertThat(file).hasBinaryContent(golden);
  }

  @Test
  void refusesEveryTruncation() {
    byte[] golden = golden();
    for (int length = 0; length < golden.length; length++) {
      byte[] part = Arrays.copyOf(golden, length);
      broken(() -> read(part), "an end before it is whole");
    }
  }

  @Test
  void refusesBytesAfterTheEnd() {
    byte[] golden = golden();
    for (int more : new int[] {1, 52, 100_000}) {
      broken(() -> read(Arrays.copyOf(golden, golden.length + more)), "bytes after its checksum");
    }
  }

  @Test
  void refusesEveryFlippedBit() {
    byte[] golden = golden();
    for (int bit = 0; bit < golden.length * 8; bit++) {
      byte[] wrong = golden.clone();
      wrong[bit / 8] ^= (byte) (1 << (bit % 8));
      broken(() -> read(wrong), "");
    }
  }

  /** The checksum keeps nobody from lying: it is made right here. */
  @Test
  void refusesWhatNoTreeWritesUnderARightChecksum() {
    forged(b -> b.put(0, (byte) 'X'), "at its beginning");
    forged(b -> b.putInt(8, 2), "version 2");
    forged(b -> b.putInt(8, -1), "version 4294967295");
    forged(b -> b.putInt(12, 3), "form 3");
    forged(b -> b.putInt(12, 1), "2 sections");
    forged(b -> b.putLong(16, 3), "a section of epoch 4");
    forged(b -> b.putLong(16, -1), "epoch 18446744073709551615");
    forged(b -> b.putInt(24, 4), "3 accounts");
    forged(b -> b.putInt(24, 2), "a section of 1 accounts");
    forged(b -> b.putInt(24, (1 << 24) + 1), "16777217 accounts");
    forged(b -> b.putInt(24, -1), "4294967295 accounts");
    forged(b -> b.putInt(28, 1), "2 accounts");
    forged(b -> b.putInt(28, 4), "4 sections");
    forged(b -> b.putInt(28, -1), "4294967295 sections");
    forged(b -> b.put(63, (byte) 13), "12 wei together");
    forged(b -> b.put(64, (byte) (b.get(64) ^ 1)), "as its root");
    forged(b -> b.putLong(SECTION_1, 0), "a section of epoch 0");
    forged(b -> b.putLong(SECTION_1, 4), "a section of epoch 4 after one of 4");
    forged(b -> b.putLong(SECTION_1, -1), "a section of epoch 18446744073709551615");
    forged(b -> b.putLong(SECTION_2, 2), "a section of epoch 2 after one of 2");
    forged(b -> b.putLong(SECTION_2, 6), "a section of epoch 6");
    forged(b -> b.putInt(SECTION_1 + 8, 0), "a section of 0 accounts");
    forged(b -> b.putInt(SECTION_1 + 8, 4), "a section of 4 accounts");
    forged(b -> b.putInt(SECTION_1 + 8, -1), "a section of 4294967295 accounts");
    forged(b -> b.put(ACCOUNT_1, (byte) 0xff), "after 0xffa1");
    forged(b -> copy(b, ACCOUNT_1, ACCOUNT_2, 20), BEN + " after " + BEN);
    forged(b -> copy(b, ACCOUNT_3, ACCOUNT_1, 20), ANNA + " stands twice, with 6 and 1 wei");
    forged(b -> b.put(ACCOUNT_1 + 51, (byte) 0), ANNA + " with 0 wei");
    forged(
        b -> {
          for (int i = 20; i < 52; i++) {
            b.put(ACCOUNT_2 + i, (byte) 0xff);
          }
        },
        "more than 2^256 - 1 wei");
    // one account gives to another what is hers: only the root tells
    forged(
        b -> {
          b.put(ACCOUNT_1 + 51, (byte) 7);
          b.put(ACCOUNT_2 + 51, (byte) 4);
        },
        "as its root");
  }

  @Test
  void neverFailsInAnotherWayOnBytesThatAreNoFile() {
    byte[] golden = golden();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] wrong = golden.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
      }
      if (!Arrays.equals(wrong, golden)) {
        byte[] sealed = random.nextBoolean() ? seal(wrong) : wrong;
        if (!Arrays.equals(sealed, golden)) {
          assertThatThrownBy(() -> readPosted(sealed, golden))
              .as("seed %d, %d", SEED, i)
              .isInstanceOfSatisfying(
                  OpenLedgerException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.LEAF_DATA_BROKEN));
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(19_000);
  }

  /** What a header promises is not allocated: this says 16 million accounts and has none. */
  @Test
  void takesNoMemoryForWhatDoesNotCome() {
    byte[] golden = golden();
    ByteBuffer.wrap(golden).putInt(24, 1 << 24).putInt(28, 1).putInt(SECTION_1 + 8, 1 << 24);
    for (int i = 0; i < 2000; i++) {
      broken(() -> read(Arrays.copyOf(golden, ACCOUNT_1)), "an end before it is whole");
    }
  }

  @Test
  void refusesWhatWasNotPosted() {
    byte[] golden = golden();
    Hash256 root = goldenTree().root();
    Hash256 digest = Hash256.sha256(golden);
    assertThat(LeafFile.read(stream(golden), root, digest).summary().digest()).isEqualTo(digest);
    broken(() -> LeafFile.read(stream(golden), root, root), digest + " as its SHA-256");
    broken(() -> LeafFile.read(stream(golden), digest, digest), root + " as its root");
  }

  @Test
  void readsBytesThatComeOneByOne() {
    byte[] golden = golden();
    InputStream slow =
        new ByteArrayInputStream(golden) {
          @Override
          public synchronized int read(byte[] into, int at, int length) {
            return super.read(into, at, 1);
          }
        };
    Content read = LeafFile.read(slow, goldenTree().root(), Hash256.sha256(golden));
    assertThat(read.summary().leaves()).isEqualTo(3);
  }

  @Test
  void saysWhichFileCannotBeReadOrWritten() {
    Path nowhere = folder.resolve("nowhere").resolve("file");
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> LeafFile.read(nowhere), () -> LeafFile.write(nowhere, goldenTree()))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
                assertThat(e.arrived()).contains(nowhere.toString());
              });
    }
  }

  @Test
  void aWriterThatFailsLeavesTheFileThatWasThere() throws IOException {
    Path file = folder.resolve("file");
    Summary written = LeafFile.write(file, goldenTree());
    assertThatThrownBy(
            () ->
                LeafOutput.replace(
                    file,
                    written,
                    1,
                    out -> {
                      throw new IOException("no space left on device");
                    }))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("no space left on device");
    assertThat(file).hasBinaryContent(golden());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void replacesTheFileThatWasThere() {
    Path file = folder.resolve("file");
    LeafFile.write(file, grown(3));
    LeafFile.write(file, goldenTree());
    assertThat(file).hasBinaryContent(golden());
  }

  private static AccountTree goldenTree() {
    AccountTree tree = new AccountTree();
    tree.update(2, List.of(new Total(BEN, Wei.of(4)), new Total(ANNA, Wei.of(5))));
    tree.update(4, List.of(new Total(CLEO, Wei.of(1)), new Total(ANNA, Wei.of(6))));
    tree.update(5, List.of(new Total(BEN, Wei.of(5))));
    return tree;
  }

  private static byte[] golden() {
    try (InputStream in = LeafFileTest.class.getResourceAsStream("leaves-v1.bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AccountTree grown(int epochs) {
    AccountTree tree = new AccountTree();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      List<Total> changes = small(Entries.random(random, epoch == 3 ? 3000 : random.nextInt(5)));
      if (epoch > 1) {
        byte[] record = new byte[52];
        tree.record(random.nextInt(tree.leaves()), record, 0);
        ChainAddress address = address(record);
        changes.add(new Total(address, tree.amount(address).orElseThrow().plus(Wei.of(1))));
      } else {
        changes.add(new Total(CLEO, Wei.of(1)));
      }
      tree.update(epoch, changes);
    }
    return tree;
  }

  private static ChainAddress address(byte[] record) {
    return new ChainAddress("0x" + java.util.HexFormat.of().formatHex(record, 0, 20));
  }

  private static List<Total> small(List<Total> totals) {
    List<Total> small = new ArrayList<>();
    for (Total t : totals) {
      BigInteger amount = t.cumulative().value().shiftRight(16).max(BigInteger.ONE);
      small.add(new Total(t.address(), new Wei(amount)));
    }
    return small;
  }

  private static Content read(byte[] bytes) throws IOException {
    return new LeafInput(stream(bytes), java.util.Optional.empty()).read();
  }

  private static Content readPosted(byte[] bytes, byte[] golden) {
    return LeafFile.read(stream(bytes), goldenTree().root(), Hash256.sha256(golden));
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static Hash256 sha256(Path file) {
    try {
      return Hash256.sha256(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(ByteBuffer b, int to, int from, int length) {
    for (int i = 0; i < length; i++) {
      b.put(to + i, b.get(from + i));
    }
  }

  private static byte[] seal(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, CHECKSUM);
    return ByteBuffer.wrap(bytes).putInt(CHECKSUM, (int) checksum.getValue()).array();
  }

  private static void forged(Consumer<ByteBuffer> change, String arrived) {
    byte[] bytes = golden();
    change.accept(ByteBuffer.wrap(bytes));
    broken(() -> read(seal(bytes)), arrived);
  }

  private static void broken(ThrowingCallable read, String arrived) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LEAF_DATA_BROKEN);
              assertThat(e.arrived()).contains(arrived);
            });
  }
}
