package io.openledger.attribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, as a user types them. */
class MainTest {

  private static final String CARRIAGE =
      "The carrier shall deliver the goods at the place of destination before the agreed hour.";
  private static final String SECRET =
      "Each party shall keep in confidence whatever it learns of the other's trade and customers.";

  @TempDir Path folder;
  private Path corpus;
  private String index;

  /** What a command printed. */
  private record Ran(int code, String out, String err) {}

  private static Ran run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Ran(code, out.toString(), err.toString());
  }

  @BeforeEach
  void writeCorpus() throws IOException {
    corpus = Files.createDirectories(folder.resolve("corpus/below"));
    corpus = folder.resolve("corpus");
    index = folder.resolve("index").toString();
    Files.writeString(corpus.resolve("carriage.txt"), CARRIAGE);
    Files.writeString(corpus.resolve("below/secret.txt"), SECRET);
    Files.writeString(
        corpus.resolve("lines.jsonl"),
        """
        {"id": "first", "text": "Neither side may assign a right without the other's written leave."}
        {"text": "Interest runs from the day on which the sum fell due until it is paid in full."}
        {"title": "no text"}
        not json
        {"text": 5}
        """);
    Files.write(corpus.resolve("picture.bin"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    Files.writeString(corpus.resolve(".hidden"), "not to be read");
  }

  private void build() {
    Ran built = run("build", index, corpus);
    assertThat(built.err()).contains("picture.bin: not UTF-8").contains("lines.jsonl:3: no field");
    assertThat(built.err()).contains("lines.jsonl:4: not a JSON object");
    assertThat(built.err()).contains("lines.jsonl:5: no field");
    assertThat(built.code()).isZero();
    assertThat(built.out()).contains("4 documents");
  }

  private JsonArray trace(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), text);
    Ran traced = run("trace", index, file, "--json", "--min-tokens", "5", "--min-bits", "10");
    assertThat(traced.err()).isEmpty();
    assertThat(traced.code()).isZero();
    return JsonParser.parseString(traced.out()).getAsJsonObject().getAsJsonArray("spans");
  }

  @Test
  void namesTheDocumentThatATextRepeats() throws IOException {
    build();
    JsonObject span = trace(SECRET).get(0).getAsJsonObject();
    assertThat(span.get("text").getAsString()).isEqualTo(SECRET);
    assertThat(span.getAsJsonArray("documents").get(0).getAsJsonObject().get("name").getAsString())
        .isEqualTo("below/secret.txt");
    assertThat(trace("Zebras quickly vex jumping wizards.")).isEmpty();
  }

  @Test
  void saysWhoseWordsTheyAreAndCutsWordsOnlyWhenToldTo() throws IOException {
    build();
    JsonObject span = trace(SECRET).get(0).getAsJsonObject();
    JsonObject owner = span.getAsJsonArray("credited").get(0).getAsJsonObject();
    assertThat(owner.get("name").getAsString()).isEqualTo("below/secret.txt");
    assertThat(owner.get("millibits").getAsLong())
        .isEqualTo(span.get("creditedMillibits").getAsLong())
        .isEqualTo(span.get("millibits").getAsLong());
    String cut = "Each party shall keep in confidence whatever it learnt";
    assertThat(trace(cut).get(0).getAsJsonObject().get("text").getAsString())
        .isEqualTo("Each party shall keep in confidence whatever it");
    Path file = Files.writeString(folder.resolve("text.txt"), cut);
    Ran traced = run("trace", index, file, "--json", "--cut-words");
    assertThat(traced.out())
        .contains("\"text\":\"Each party shall keep in confidence whatever it l");
  }

  @Test
  void printsForReaders() throws IOException {
    build();
    Path file = Files.writeString(folder.resolve("text.txt"), CARRIAGE);
    Ran traced = run("trace", index, file, "--min-bits", "10");
    assertThat(traced.out()).contains("found: 1").contains(CARRIAGE).contains("carriage.txt");
  }

  @Test
  void addsAndRetracts() throws IOException {
    build();
    String more = "A notice takes effect on the second working day after it was sent by post.";
    Path file = Files.writeString(folder.resolve("notice.txt"), more);
    assertThat(run("add", index, file).out()).contains("1 documents").contains("index: 5");
    assertThat(trace(more)).hasSize(1);
    assertThat(run("retract", index, "notice.txt").out()).contains("retracted #5 notice.txt");
    assertThat(trace(more)).isEmpty();
    Ran again = run("retract", index, "notice.txt", "#1");
    assertThat(again.code()).isEqualTo(Main.WRONG);
    assertThat(again.err()).contains("not there: notice.txt");
    assertThat(again.out()).contains("retracted #1");
  }

  @Test
  void mergesIntoOneSegment() throws IOException {
    build();
    Path file = Files.writeString(folder.resolve("more.txt"), "Nothing here binds a third party.");
    run("add", index, file);
    assertThat(run("stat", index).out()).contains("segments     2");
    Ran merged = run("merge", index);
    assertThat(merged.code()).isZero();
    assertThat(merged.out()).startsWith("segments: 2 before, 1 now");
    assertThat(trace(SECRET)).hasSize(1);
  }

  @Test
  void findsASentenceWithoutTheBlankBeforeIt() throws IOException {
    build();
    String cut = "whatever it learns of the other's trade and customers.";
    assertThat(trace(cut).get(0).getAsJsonObject().get("text").getAsString()).isEqualTo(cut);
  }

  @Test
  void purgesWhatWasRetracted() throws IOException {
    build();
    assertThat(run("purge", index).out()).contains("nothing to purge");
    run("retract", index, "below/secret.txt");
    Ran purged = run("purge", index);
    assertThat(purged.code()).isZero();
    assertThat(purged.out()).contains("removed seg-").contains("written seg-");
    assertThat(run("stat", index).out()).contains("retracted    0 ").contains("documents    3");
    assertThat(trace(SECRET)).isEmpty();
    assertThat(trace(CARRIAGE)).hasSize(1);
  }

  @Test
  void countsAPhrase() {
    build();
    Ran counted = run("count", index, " shall");
    assertThat(counted.out()).startsWith("2 times in 2 documents");
    assertThat(counted.out()).contains("below/secret.txt").contains("carriage.txt");
    assertThat(run("count", index, " zebra crossing").code()).isEqualTo(Main.WRONG);
    assertThat(run("count", index, "x", "--list", "-1").err()).contains("0 to 1000");
  }

  @Test
  void verifyFindsEveryDamage() throws IOException {
    build();
    assertThat(run("verify", index)).extracting(Ran::code).isEqualTo(0);
    Path segment;
    try (var files = Files.list(Path.of(index, "index"))) {
      segment = files.filter(f -> f.toString().endsWith(".olseg")).findFirst().orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(file.length() / 2);
      int there = file.read();
      file.seek(file.length() / 2);
      file.write(there ^ 1);
    }
    Ran verified = run("verify", index);
    assertThat(verified.code()).isEqualTo(Main.WRONG);
    assertThat(verified.out()).contains("refused").contains(segment.getFileName().toString());
    assertThat(run("stat", index).out()).contains("refused");
  }

  @Test
  void saysHowTheIndexIs() {
    build();
    assertThat(run("stat", index).out()).contains("documents    4");
    JsonObject stat = JsonParser.parseString(run("stat", index, "--json").out()).getAsJsonObject();
    assertThat(stat.get("documents").getAsInt()).isEqualTo(4);
    assertThat(stat.get("refused").getAsInt()).isZero();
  }

  @Test
  void refusesWhatItCannotUse() throws IOException {
    Ran nothing = run("stat", index);
    assertThat(nothing.code()).isEqualTo(Main.FAILED);
    assertThat(nothing.err()).contains("that the command build has made").doesNotContain("\tat ");
    assertThat(run("build", index, folder.resolve("missing")).err()).contains("that exists");
    assertThat(run("build", index, corpus, "--tokenizer", folder).err())
        .contains("a tokenizer.json");
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("--help").out()).contains("trace").contains("verify");
    build();
    assertThat(run("build", index, corpus).err()).contains("use add");
    assertThat(run("trace", index, folder.resolve("missing")).err()).contains("that exists");
  }

  @Test
  void forgetsALineThatADyingProcessCutOff() throws IOException {
    build();
    Path names = Path.of(index, "documents.jsonl");
    Files.writeString(names, Files.readString(names) + "{\"sequence\":9,\"na");
    Path file = Files.writeString(folder.resolve("more.txt"), "Nothing here binds a third party.");
    assertThat(run("add", index, file).code()).isZero();
    assertThat(run("retract", index, "more.txt").out()).contains("retracted #5 more.txt");
  }
}
