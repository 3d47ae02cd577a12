package io.openledger.runtime.ledger;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.LeafData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of published amounts in a folder of this node's. They are a cache: each follows from
 * the database and is written again when it is missing or spoilt, with the same bytes on every
 * node. So only the newest are kept, because a million accounts take 54 MB in every epoch's file.
 *
 * <p>Safe for any thread. Who closes an epoch waits for nobody. Of readers one at a time has a file
 * written that is not there, and the others are told to come back.
 */
final class EpochFiles {

  private static final System.Logger LOG = System.getLogger(EpochFiles.class.getName());
  private static final Pattern NAME = Pattern.compile("epoch-([0-9]{1,19})\\.leaves");

  // as the leaf data's writer calls what is not whole yet
  private static final Pattern PART = Pattern.compile("epoch-[0-9]{1,19}\\.leaves\\..*\\.part");

  /** A million accounts take seconds. */
  private static final Duration LONGEST_WRITE = Duration.ofHours(1);

  /** As they were when their bytes were last compared with the digest. */
  private record Seen(long size, FileTime modified, Hash256 digest) {}

  private final Path folder;
  private final int most;
  private final Map<Long, Seen> seen = new HashMap<>();
  // an old one that is written for a reader is not removed before it was found; guarded by seen
  private final Set<Long> wanted = new HashSet<>();
  private final ReentrantLock writing = new ReentrantLock();

  EpochFiles(Path folder, int most) {
    this.folder = folder;
    this.most = most;
  }

  /**
   * The file of an epoch that is being closed.
   *
   * @return its digest; empty if it could not be written, which is told in the log
   */
  Optional<Hash256> write(long epoch, Function<Path, Hash256> writer) {
    try {
      return Optional.of(put(epoch, writer));
    } catch (OpenLedgerException e) {
      // the epoch does not depend on it
      LOG.log(
          System.Logger.Level.WARNING,
          "the published amounts of epoch {0} are written when they are asked for, because now {1}",
          epoch,
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The file of a closed epoch, written if it is not there as it should be.
   *
   * @throws BusyException if it has to be written while another one is
   */
  LeafData get(LedgerEpoch epoch, Function<Path, Hash256> writer) {
    Optional<Hash256> digest = epoch.epoch().dataDigest();
    Optional<LeafData> there = digest.flatMap(d -> find(epoch, d));
    if (there.isPresent()) {
      return there.get();
    }
    if (!writing.tryLock()) {
      throw new BusyException(
          "an epoch whose file has to be written, while another one is",
          "one at a time",
          Duration.ofSeconds(10));
    }
    try {
      want(epoch.number(), true);
      Hash256 written = put(epoch.number(), writer);
      if (digest.isPresent() && !digest.get().equals(written)) {
        throw EpochTrees.inconsistent(epoch.number());
      }
      return find(epoch, written).orElseThrow(() -> unreadable(epoch.number(), null));
    } finally {
      want(epoch.number(), false);
      writing.unlock();
    }
  }

  private void want(long epoch, boolean now) {
    synchronized (seen) {
      if (now) {
        wanted.add(epoch);
      } else {
        wanted.remove(epoch);
      }
    }
  }

  private boolean wanted(long epoch) {
    synchronized (seen) {
      return wanted.contains(epoch);
    }
  }

  private Path file(long epoch) {
    return folder.resolve("epoch-" + epoch + ".leaves");
  }

  private Hash256 put(long epoch, Function<Path, Hash256> writer) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unreadable(epoch, e);
    }
    Hash256 digest = writer.apply(file(epoch));
    remember(epoch, digest);
    prune(epoch);
    return digest;
  }

  private void remember(long epoch, Hash256 digest) {
    Path file = file(epoch);
    try {
      Seen now = new Seen(Files.size(file), Files.getLastModifiedTime(file), digest);
      synchronized (seen) {
        seen.put(epoch, now);
      }
    } catch (IOException e) {
      throw unreadable(epoch, e);
    }
  }

  private Optional<LeafData> find(LedgerEpoch epoch, Hash256 digest) {
    Path file = file(epoch.number());
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      Seen now = new Seen(Files.size(file), Files.getLastModifiedTime(file), digest);
      boolean known;
      synchronized (seen) {
        known = now.equals(seen.get(epoch.number()));
      }
      if (!known) {
        if (!sha256(file).equals(digest)) {
          LOG.log(System.Logger.Level.WARNING, "{0} is spoilt and is written anew", file);
          return Optional.empty();
        }
        remember(epoch.number(), digest);
      }
      return Optional.of(
          new LeafData(epoch.number(), epoch.epoch().root(), digest, now.size(), file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Removes the oldest epochs' files, and never one that was just written; and parts of files that
   * nobody writes any more, which a server that was killed has left.
   */
  private void prune(long written) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> there = all.toList();
      FileTime dead =
          FileTime.from(Files.getLastModifiedTime(file(written)).toInstant().minus(LONGEST_WRITE));
      for (Path part : there) {
        if (PART.matcher(part.getFileName().toString()).matches()
            && Files.getLastModifiedTime(part).compareTo(dead) < 0) {
          Files.deleteIfExists(part);
        }
      }
      List<Long> epochs =
          there.stream()
              .map(f -> NAME.matcher(f.getFileName().toString()))
              .filter(Matcher::matches)
              .map(m -> Long.parseLong(m.group(1)))
              .filter(epoch -> epoch != written)
              .sorted(Comparator.reverseOrder())
              .toList();
      for (long old : epochs.subList(Math.min(most - 1, epochs.size()), epochs.size())) {
        if (wanted(old)) {
          continue;
        }
        Files.deleteIfExists(file(old));
        synchronized (seen) {
          seen.remove(old);
        }
      }
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      // an epoch does not depend on it
      LOG.log(System.Logger.Level.WARNING, "old files stay in {0}: {1}", folder, e);
    }
  }

  private static Hash256 sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read; (read = in.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, read);
      }
      return Hash256.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private OpenLedgerException unreadable(
      long epoch, @org.jspecify.annotations.Nullable IOException cause) {
    return new OpenLedgerException(
        ErrorCode.STORAGE_UNAVAILABLE,
        "the published amounts of epoch " + epoch + " cannot be kept in " + folder + ": " + cause,
        "a folder that can be written and has room",
        "make room or correct its permissions, and ask again",
        cause);
  }
}
