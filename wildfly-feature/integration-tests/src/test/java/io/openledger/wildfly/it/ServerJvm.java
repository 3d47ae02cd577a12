package io.openledger.wildfly.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server's JVM, seen from outside.
 *
 * @param pid of the process
 */
record ServerJvm(long pid) {

  /** The one that Arquillian started from this JVM. */
  static ServerJvm ofArquillian() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .map(p -> new ServerJvm(p.pid()))
        .orElseThrow(() -> new IllegalStateException("no server runs below this JVM"));
  }

  /** How many class loaders of modules there are after full collections. */
  long moduleClassLoaders() throws IOException, InterruptedException {
    // what finalizers, cleaners and soft references hold goes in more than one round
    for (int i = 0; i < 3; i++) {
      jcmd("GC.run");
      Thread.sleep(300);
    }
    Matcher loaders =
        Pattern.compile(
                "^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+org\\.jboss\\.modules\\.ModuleClassLoader\\b",
                Pattern.MULTILINE)
            .matcher(jcmd("GC.class_histogram"));
    if (!loaders.find()) {
      throw new IllegalStateException("the histogram names no ModuleClassLoader");
    }
    return Long.parseLong(loaders.group(1));
  }

  /** How many threads live. */
  long threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return tasks.count();
    }
  }

  /** How many files are open. */
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    }
  }

  /** The native libraries that are mapped, each as often as it is. */
  List<String> nativeLibraries() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
      return maps.filter(line -> line.contains("onnxruntime") || line.contains("tokenizers"))
          .filter(line -> line.contains(".so"))
          .map(line -> line.substring(line.indexOf('/')))
          .distinct()
          .sorted()
          .toList();
    }
  }

  /** How many HTTP clients there are: each has a thread of this name until it is collected. */
  long httpClients() throws IOException, InterruptedException {
    moduleClassLoaders();
    return jcmd("Thread.print").lines().filter(line -> line.contains("-SelectorManager\"")).count();
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("server.java.home"), "bin/jcmd").toString(),
                    Long.toString(pid),
                    command))
            .redirectErrorStream(true)
            .start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd " + command + ": " + output);
    }
    return output;
  }
}
