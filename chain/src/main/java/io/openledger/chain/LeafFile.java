package io.openledger.chain;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.merkle.AccountTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The published amounts of an epoch, from which anyone rebuilds its tree; the package describes the
 * bytes. The digest of the whole file is what is posted with the root.
 *
 * <p>Writing streams. Reading takes the tree's memory and a buffer, whatever the file says of
 * itself: nothing is allocated before its bytes have arrived. Safe for any thread.
 */
public final class LeafFile {

  private LeafFile() {}

  /** How a tree follows from its amounts. */
  public enum Form {
    /** OpenZeppelin's {@code standard-v1}: what {@link Settlement#close} builds. */
    STANDARD(1),
    /** {@link AccountTree}. */
    ACCOUNTS(2);

    private final int number;

    Form(int number) {
      this.number = number;
    }

    /** What stands in the file, for ever. */
    int number() {
      return number;
    }
  }

  /**
   * What a file says.
   *
   * @param form how the tree follows
   * @param epoch whose amounts
   * @param leaves how many accounts
   * @param total the sum of their amounts, in wei
   * @param root of the tree; zero without accounts
   * @param digest SHA-256 of the file
   */
  public record Summary(
      Form form, long epoch, int leaves, Wei total, Hash256 root, Hash256 digest) {

    /** The same of a file with this digest. */
    Summary with(Hash256 sha256) {
      return new Summary(form, epoch, leaves, total, root, sha256);
    }
  }

  /**
   * A file that was read and whose tree was rebuilt.
   *
   * @param tree proofs for its accounts
   * @param accounts the tree to go on with; present for {@link Form#ACCOUNTS}
   */
  public record Content(Summary summary, Settlement.Tree tree, Optional<AccountTree> accounts) {}

  /**
   * Writes a tree of accounts. Whoever looks sees all of the file or none; one that was there is
   * replaced.
   *
   * @throws OpenLedgerException {@link ErrorCode#STORAGE_UNAVAILABLE}
   */
  public static Summary write(Path file, AccountTree tree) {
    return write(file, Form.ACCOUNTS, tree, tree.root());
  }

  /**
   * Writes the amounts of an epoch that {@link Settlement#close} closed.
   *
   * @param totals as they were given to it, in any order
   * @throws OpenLedgerException {@link ErrorCode#STORAGE_UNAVAILABLE}; as {@link Settlement#close}
   *     for totals that it refuses
   */
  public static Summary writeStandard(Path file, long epoch, Collection<Total> totals) {
    // in the order of addresses, checked: what a tree of one epoch has
    AccountTree sorted = new AccountTree();
    sorted.update(epoch, totals);
    Map<ChainAddress, Wei> amounts = new HashMap<>(totals.size() * 4 / 3 + 1);
    totals.forEach(t -> amounts.put(t.address(), t.cumulative()));
    Hash256 root = new CumulativeTree(epoch, amounts).root();
    return write(file, Form.STANDARD, sorted, root);
  }

  /** What {@link #write} would give; nothing is written. */
  public static Summary digest(AccountTree tree) {
    Summary summary = summary(Form.ACCOUNTS, tree, tree.root());
    List<AccountTree.Section> sections = tree.sections();
    return LeafOutput.digest(summary, sections.size(), out -> body(out, tree, sections));
  }

  private static Summary write(Path file, Form form, AccountTree tree, Hash256 root) {
    List<AccountTree.Section> sections = tree.sections();
    return LeafOutput.replace(
        file, summary(form, tree, root), sections.size(), out -> body(out, tree, sections));
  }

  private static Summary summary(Form form, AccountTree tree, Hash256 root) {
    return new Summary(form, tree.epoch(), tree.leaves(), tree.total(), root, Hash256.ZERO);
  }

  private static void body(LeafOutput out, AccountTree tree, List<AccountTree.Section> sections)
      throws IOException {
    int index = 0;
    for (AccountTree.Section section : sections) {
      out.section(section);
      for (int i = 0; i < section.accounts(); i++, index++) {
        out.account(tree, index);
      }
    }
  }

  /**
   * Reads a file of one's own: its checksum, its order and its root are checked, and that they are
   * what was posted is not.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEAF_DATA_BROKEN} for anything but a whole file in
   *     a form that this release knows; {@link ErrorCode#STORAGE_UNAVAILABLE} if it cannot be read
   */
  public static Content read(Path file) {
    return open(file, Optional.empty());
  }

  /**
   * Reads a file and checks that it is the one that was posted.
   *
   * @param root the root that was posted
   * @param digest the digest that was posted with it
   * @throws OpenLedgerException as {@link #read(Path)}
   */
  public static Content read(Path file, Hash256 root, Hash256 digest) {
    return open(file, Optional.of(new LeafInput.Posted(root, digest)));
  }

  /**
   * As {@link #read(Path, Hash256, Hash256)}, of bytes from anywhere. Reads to their end and no
   * further than one byte after the file's; does not close.
   */
  public static Content read(InputStream in, Hash256 root, Hash256 digest) {
    try {
      return new LeafInput(in, Optional.of(new LeafInput.Posted(root, digest))).read();
    } catch (IOException e) {
      throw unreadable("the leaf data", e);
    }
  }

  private static Content open(Path file, Optional<LeafInput.Posted> posted) {
    try (InputStream in = Files.newInputStream(file)) {
      return new LeafInput(in, posted).read();
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  private static OpenLedgerException unreadable(String what, IOException cause) {
    return new OpenLedgerException(
        ErrorCode.STORAGE_UNAVAILABLE,
        what + " cannot be read: " + cause,
        "a file that can be read",
        "look for it and its permissions",
        cause);
  }

  /** A tree that nobody updates. */
  record Frozen(AccountTree accounts) implements Settlement.Tree {
    @Override
    public Hash256 root() {
      return accounts.root();
    }

    @Override
    public int leaves() {
      return accounts.leaves();
    }

    @Override
    public Optional<EpochProof> proof(ChainAddress address) {
      return accounts.proof(address);
    }
  }
}
