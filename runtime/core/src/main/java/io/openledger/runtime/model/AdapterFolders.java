package io.openledger.runtime.model;

import io.openledger.api.model.ModelId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Uploaded adapters on disk: {@code <root>/<name>/<version's folder>}, apart from the adapters'
 * directory, whose folders are everybody's. Nothing outside of the root is ever removed: links are
 * not followed, and a version's folder is a UUID whatever the store says.
 *
 * <p>Several servers may share a root. Each keeps a lock on a file below {@code .servers}, which
 * the operating system lets go when the process ends, however it ends; what lies below {@code
 * .incoming} is in a directory with that file's name. So whoever sweeps knows what is nobody's any
 * more. A version that no row of the store names is removed at once where no other server shares
 * the root, and after {@link #GRACE} where one does, which may not have heard of the change yet.
 * Safe for any thread. One class, because what is removed and what keeps it from being removed are
 * to be read together.
 */
final class AdapterFolders implements AutoCloseable {

  /** Far longer than it takes another server to hear of a change and to finish what runs. */
  static final Duration GRACE = Duration.ofHours(1);

  private static final System.Logger LOG = System.getLogger(AdapterFolders.class.getName());
  private static final String INCOMING = ".incoming";
  private static final String SERVERS = ".servers";
  private static final int ATTEMPTS = 10;
  private static final Pattern VERSION =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Path root;
  private final Clock clock;
  private final String self = UUID.randomUUID().toString();
  private final Map<Path, Instant> late = new ConcurrentHashMap<>();
  private @Nullable FileChannel alive;
  private boolean closed;

  AdapterFolders(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  Path root() {
    return root;
  }

  /** The place of a version. */
  Path place(ModelId adapter, String version) {
    if (!isVersion(version)) {
      throw new IllegalArgumentException("a version's folder is a UUID, and not " + version);
    }
    return home(adapter).resolve(version);
  }

  /** The places of all versions of an adapter. */
  Path home(ModelId adapter) {
    return root.resolve(adapter.value());
  }

  /** Whether this can be the folder of a version. */
  static boolean isVersion(String folder) {
    return VERSION.matcher(folder).matches();
  }

  /** A new, empty directory for an upload, named as its version will be. */
  Path incoming() throws IOException {
    announce();
    return Files.createDirectories(
        root.resolve(INCOMING).resolve(self).resolve(UUID.randomUUID().toString()));
  }

  /** Removes what an upload left before it had its place. */
  void discard(Path incoming) {
    delete(incoming);
  }

  /** Says to others that share the root that this server lives. */
  private synchronized void announce() throws IOException {
    if (alive != null || closed) {
      return;
    }
    Path file = Files.createDirectories(root.resolve(SERVERS)).resolve(self);
    // One that sweeps may take a file that is not locked yet for that of a dead server.
    for (int left = ATTEMPTS; left > 0; left--) {
      FileChannel open =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (locked(open) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        alive = open;
        return;
      }
      open.close();
    }
    throw new IOException("no lock on " + file);
  }

  private static boolean locked(FileChannel open) {
    try {
      return open.tryLock() != null;
    } catch (IOException e) {
      // others then take us for alive as long as the file is there
      LOG.log(
          System.Logger.Level.WARNING,
          "no locks in the file system of uploaded adapters: what crashes leave is removed late");
      return true;
    }
  }

  /** Other servers that share the root. */
  private Set<String> others() {
    Set<String> others = new HashSet<>();
    for (Path file : children(root.resolve(SERVERS))) {
      String name = file.getFileName().toString();
      if (!name.equals(self) && lives(file)) {
        others.add(name);
      }
    }
    return others;
  }

  private static boolean lives(Path file) {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = open.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(file);
        return false;
      }
      return true;
    } catch (OverlappingFileLockException e) {
      return true; // a server of this very process
    } catch (IOException e) {
      // rather keep what nobody needs than remove what somebody does
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Removes a version that was never anybody's. */
  void remove(Path place) {
    late.remove(place);
    delete(place);
    deleteIfEmpty(Objects.requireNonNull(place.getParent(), "below the root"));
  }

  /**
   * Removes a version that this server needs no more: now, or when others that share the root have
   * had their time. What a crash keeps from being removed is removed at the next start.
   */
  void retire(Path place) {
    if (others().isEmpty()) {
      remove(place);
      return;
    }
    Instant now = clock.instant();
    late.put(place, now);
    try {
      // for a sweep of theirs: its age counts from now
      Files.setLastModifiedTime(place, FileTime.from(now));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0} is not there", place);
    }
  }

  /** Removes retired versions whose time has come. */
  void removeLate() {
    if (late.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    boolean alone = others().isEmpty();
    late.forEach(
        (place, since) -> {
          if (alone || since.plus(GRACE).isBefore(now)) {
            remove(place);
          }
        });
  }

  /**
   * Removes what no row of the store names: of uploads that a crash cut off, and former versions.
   *
   * @param kept the places that are named
   */
  void keepOnly(Set<Path> kept) {
    try {
      if (Files.isDirectory(root)) {
        announce();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is not swept: {1}", root, e.getMessage());
      return;
    }
    Set<String> others = others();
    for (Path of : children(root.resolve(INCOMING))) {
      if (!others.contains(of.getFileName().toString())) {
        delete(of);
      }
    }
    for (Path name : children(root)) {
      if (!name.getFileName().toString().startsWith(".")) {
        children(name).stream()
            .filter(version -> !kept.contains(version))
            .filter(version -> others.isEmpty() || isOld(version))
            .forEach(this::delete);
        deleteIfEmpty(name);
      }
    }
  }

  private boolean isOld(Path version) {
    try {
      return Files.getLastModifiedTime(version, LinkOption.NOFOLLOW_LINKS)
          .toInstant()
          .plus(GRACE)
          .isBefore(clock.instant());
    } catch (IOException e) {
      return false;
    }
  }

  private List<Path> children(Path folder) {
    // the root itself may be a link: its administrator made it
    if (!folder.equals(root) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be read", folder);
      return List.of();
    }
  }

  private void deleteIfEmpty(Path name) {
    if (Files.isDirectory(name, LinkOption.NOFOLLOW_LINKS) && children(name).isEmpty()) {
      try {
        // refuses one that has become full meanwhile
        Files.deleteIfExists(name);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "{0} is in use again", name);
      }
    }
  }

  private void delete(Path folder) {
    try {
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      // A link among the parents, too, would lead outside.
      Path parent = Objects.requireNonNull(folder.getParent(), "below the root");
      if (!parent.toRealPath().equals(root.toRealPath().resolve(root.relativize(parent)))) {
        LOG.log(System.Logger.Level.WARNING, "{0} is not removed: it lies elsewhere", folder);
        return;
      }
      Files.walkFileTree(folder, new Deleting());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed now", folder);
    }
  }

  /** Does not follow links, which is how trees are walked unless one asks for it. */
  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }

  /** Says to others that this server lives no more. */
  @Override
  public synchronized void close() {
    closed = true;
    FileChannel open = alive;
    alive = null;
    if (open == null) {
      return;
    }
    try {
      Files.deleteIfExists(root.resolve(SERVERS).resolve(self));
      open.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the lock of {0} ends with the process", self);
    }
  }
}
