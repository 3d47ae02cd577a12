package io.openledger.samples.mainjob;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Copies of a provisioned server's {@code standalone} directory. */
final class ServerDirectory {

  private ServerDirectory() {}

  /** A copy as it was provisioned, with the sample deployed. */
  static Path fresh(Setup setup, Path target) throws IOException {
    bare(setup, target);
    Files.copy(setup.application(), target.resolve("deployments/clause-desk.war"));
    return target;
  }

  private static void bare(Setup setup, Path target) throws IOException {
    delete(target);
    copy(setup.home().resolve("standalone"), target);
    for (String state : new String[] {"log", "tmp", "data"}) {
      delete(target.resolve(state));
    }
  }

  /**
   * The same server without the feature and the sample: the feature's extension, subsystem and data
   * source are taken out of a fresh copy's configuration.
   */
  static Path withoutFeature(Setup setup, Path target) throws IOException {
    bare(setup, target);
    Path file = target.resolve("configuration/standalone.xml");
    String xml = Files.readString(file);
    String bare =
        xml.replaceAll("<extension module=\"io\\.openledger\\.extension\"/>", "")
            .replaceAll("(?s)<subsystem xmlns=\"urn:[^\"]*openledger[^\"]*\"[^>]*/>", "")
            .replaceAll("(?s)<subsystem xmlns=\"urn:[^\"]*openledger[^\"]*\".*?</subsystem>", "")
            .replaceAll(
                "(?s)<(xa-)?datasource [^>]*pool-name=\"OpenLedgerDS\".*?</(xa-)?datasource>", "");
    if (bare.equals(xml) || bare.contains("openledger")) {
      throw new IllegalStateException("the feature could not be taken out of " + file);
    }
    Files.writeString(file, bare);
    return target;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Files.copy(
            path,
            to.resolve(from.relativize(path).toString()),
            StandardCopyOption.COPY_ATTRIBUTES,
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      all.sorted(java.util.Comparator.reverseOrder())
          .forEach(
              one -> {
                try {
                  Files.delete(one);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
