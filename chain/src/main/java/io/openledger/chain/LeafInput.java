package io.openledger.chain;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.merkle.AccountTree;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads the bytes of a {@link LeafFile} and believes none of them. For one thread and one file.
 *
 * <p>What is refused: a form that is not known, sections or accounts out of order or twice, amounts
 * of zero or that overflow, a number, total, root or checksum that does not follow from the rest,
 * an end that comes early or late, and what is not what was posted.
 */
final class LeafInput {

  /**
   * @param root which root was posted
   * @param digest with which digest
   */
  record Posted(Hash256 root, Hash256 digest) {}

  /** The fixed part at the beginning. */
  private record Header(
      LeafFile.Form form, long epoch, int leaves, int sections, Wei total, Hash256 root) {}

  private final InputStream in;
  private final Optional<Posted> posted;
  private final MessageDigest digest = LeafOutput.sha256();
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocate(LeafOutput.BUFFER).limit(0);

  LeafInput(InputStream in, Optional<Posted> posted) {
    this.in = in;
    this.posted = posted;
  }

  LeafFile.Content read() throws IOException {
    Header header = header();
    AccountTree.Builder accounts = new AccountTree.Builder();
    Map<ChainAddress, Wei> amounts = new HashMap<>();
    int left = header.leaves();
    for (int s = 0; s < header.sections(); s++) {
      need(LeafOutput.SECTION);
      AccountTree.Section section = section(buffer.getLong(), buffer.getInt(), left, header);
      accounts.section(section);
      left -= section.accounts();
      for (int i = 0; i < section.accounts(); i++) {
        need(AccountTree.RECORD_BYTES);
        accounts.account(buffer.array(), buffer.position());
        if (header.form() == LeafFile.Form.STANDARD) {
          put(amounts, buffer.array(), buffer.position());
        }
        buffer.position(buffer.position() + AccountTree.RECORD_BYTES);
      }
    }
    requireSame("accounts", header.leaves() - left, header.leaves());
    Hash256 sha256 = end();
    requireSame("wei together", accounts.total(), header.total());
    LeafFile.Content content = content(header, sha256, accounts, amounts);
    requireSame("as its root", content.tree().root(), header.root());
    return content;
  }

  private static LeafFile.Content content(
      Header h, Hash256 sha256, AccountTree.Builder accounts, Map<ChainAddress, Wei> amounts) {
    LeafFile.Summary summary =
        new LeafFile.Summary(h.form(), h.epoch(), h.leaves(), h.total(), h.root(), sha256);
    if (h.form() == LeafFile.Form.STANDARD) {
      Settlement.Tree tree = new CumulativeTree(h.epoch(), amounts);
      return new LeafFile.Content(summary, tree, Optional.empty());
    }
    AccountTree tree = accounts.build(h.epoch());
    return new LeafFile.Content(summary, new LeafFile.Frozen(tree), Optional.of(tree));
  }

  private Header header() throws IOException {
    need(LeafOutput.HEADER);
    byte[] magic = bytes(LeafOutput.MAGIC.length);
    if (!Arrays.equals(magic, LeafOutput.MAGIC)) {
      throw broken("0x" + HexFormat.of().formatHex(magic) + " at its beginning", "OLLEAVES there");
    }
    int version = buffer.getInt();
    if (version != LeafOutput.VERSION) {
      throw broken("version " + Integer.toUnsignedString(version), "version " + LeafOutput.VERSION);
    }
    LeafFile.Form form = form(buffer.getInt());
    long epoch = buffer.getLong();
    int leaves = buffer.getInt();
    int sections = buffer.getInt();
    if (epoch < 0 || leaves < 0 || leaves > AccountTree.MAX_LEAVES) {
      throw broken(
          "epoch "
              + Long.toUnsignedString(epoch)
              + " and "
              + Integer.toUnsignedString(leaves)
              + " accounts",
          "an epoch below 2^63 and at most " + AccountTree.MAX_LEAVES + " accounts");
    }
    int most = form == LeafFile.Form.STANDARD ? Math.min(leaves, 1) : leaves;
    if (sections < 0 || sections > most) {
      throw broken(Integer.toUnsignedString(sections) + " sections", "at most " + most);
    }
    Wei total = new Wei(new BigInteger(1, bytes(32)));
    Hash256 root = Hash256.of(bytes(32));
    posted.ifPresent(p -> requireSame("as its root", root, p.root()));
    return new Header(form, epoch, leaves, sections, total, root);
  }

  private static LeafFile.Form form(int number) {
    return Arrays.stream(LeafFile.Form.values())
        .filter(f -> f.number() == number)
        .findFirst()
        .orElseThrow(() -> broken("form " + Integer.toUnsignedString(number), "form 1 or 2"));
  }

  private static AccountTree.Section section(long epoch, int accounts, int left, Header header) {
    boolean standard = header.form() == LeafFile.Form.STANDARD;
    if (epoch < 1 || epoch > header.epoch() || (standard && epoch != header.epoch())) {
      throw broken(
          "a section of epoch " + Long.toUnsignedString(epoch),
          (standard ? "epoch " : "epochs 1 to ") + header.epoch());
    }
    if (accounts < 1 || accounts > left) {
      throw broken(
          "a section of " + Integer.toUnsignedString(accounts) + " accounts", "1 to " + left);
    }
    return new AccountTree.Section(epoch, accounts);
  }

  private static void put(Map<ChainAddress, Wei> amounts, byte[] from, int at) {
    amounts.put(
        new ChainAddress("0x" + HexFormat.of().formatHex(from, at, at + 20)),
        new Wei(new BigInteger(1, from, at + 20, 32)));
  }

  /** The checksum, the digest, and nothing after them. */
  private Hash256 end() throws IOException {
    need(LeafOutput.CHECKSUM);
    // what stands before is not in the sums yet
    int from = buffer.position();
    checksum.update(buffer.array(), 0, from);
    int computed = (int) checksum.getValue();
    int stated = buffer.getInt();
    if (computed != stated) {
      throw broken(
          "checksum " + Integer.toHexString(stated),
          "the bytes' own " + Integer.toHexString(computed));
    }
    if (buffer.hasRemaining() || in.read() >= 0) {
      throw broken("bytes after its checksum", "none there");
    }
    digest.update(buffer.array(), 0, buffer.position());
    Hash256 sha256 = Hash256.of(digest.digest());
    posted.ifPresent(p -> requireSame("as its SHA-256", sha256, p.digest()));
    return sha256;
  }

  /** At least so many bytes stand in the buffer from here on. */
  private void need(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    digest.update(buffer.array(), 0, buffer.position());
    checksum.update(buffer.array(), 0, buffer.position());
    buffer.compact();
    while (buffer.position() < bytes) {
      int read = in.read(buffer.array(), buffer.position(), buffer.remaining());
      if (read < 0) {
        throw broken("an end before it is whole", "all of its bytes");
      }
      buffer.position(buffer.position() + read);
    }
    buffer.flip();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    buffer.get(bytes);
    return bytes;
  }

  private static void requireSame(String what, Object actual, Object expected) {
    if (!actual.equals(expected)) {
      throw broken(actual + " " + what, expected + " there");
    }
  }

  private static OpenLedgerException broken(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.LEAF_DATA_BROKEN,
        "leaf data with " + arrived,
        allowed,
        "fetch the leaf data again, from another server if it stays broken");
  }
}
