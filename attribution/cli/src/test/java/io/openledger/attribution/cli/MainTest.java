package io.openledger.attribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.Hash256;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
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
    assertThat(run("stat", index).out()).contains("segments     2 ");
    Ran merged = run("merge", index);
    assertThat(merged.code()).isZero();
    assertThat(merged.out()).startsWith("segments: 2 before, 1 now");
    assertThat(trace(SECRET)).hasSize(1);
  }

  @Test
  void keepsTheFormThatItWasBuiltOrMergedIn() throws IOException {
    assertThat(run("build", index, corpus, "--form", "compact").code()).isZero();
    // what is added in small pieces is fast until it is merged
    assertThat(run("stat", index).out()).contains("segments     1 {FAST=1}");
    assertThat(run("merge", index).out()).contains("{COMPACT=1}");
    assertThat(run("stat", index, "--json").out()).contains("\"forms\":{\"COMPACT\":1}");
    assertThat(run("merge", index).out()).contains("{COMPACT=1}");
    assertThat(trace(SECRET)).hasSize(1);
    assertThat(run("merge", index, "--form", "fast").out()).contains("{FAST=1}");
    assertThat(trace(SECRET)).hasSize(1);
    assertThat(run("merge", index, "--form", "tiny").code()).isEqualTo(2);
    assertThat(run("merge", folder.resolve("no"), "--form", "fast").err()).contains("has made");
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
  void erasesADocumentAndItsName() throws IOException {
    build();
    Path file = Files.writeString(folder.resolve("notice.txt"), "Notices are sent by post.");
    run("add", index, file);
    assertThat(Files.readString(Path.of(index, "documents.jsonl"))).contains("below/secret.txt");
    Ran erased = run("erase", index, "below/secret.txt", "notice.txt");
    assertThat(erased.err()).isEmpty();
    assertThat(erased.code()).isZero();
    assertThat(erased.out())
        .contains("below/secret.txt", "erased #5 notice.txt", "removed seg-", "searched manifest")
        .contains("looked for, found in 0 files");
    assertThat(Files.readString(Path.of(index, "documents.jsonl")))
        .doesNotContain("secret")
        .doesNotContain("notice");
    assertThat(trace(SECRET)).isEmpty();
    assertThat(trace(CARRIAGE)).hasSize(1);
    Ran again = run("erase", index, "below/secret.txt", "#5");
    assertThat(again.code()).isEqualTo(Main.WRONG);
    assertThat(again.err()).contains("not there: below/secret.txt", "not in the index: #5");
    run("add", index, file);
    assertThat(run("retract", index, "notice.txt").out())
        .as("a number is not given twice")
        .contains("retracted #6");
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
  void listsWhereAPhraseStandsAndSamplesWhenThereAreMore() throws IOException {
    build();
    Path file = Files.writeString(folder.resolve("again.txt"), "a few few few few few words");
    assertThat(run("add", index, file).code()).isZero();
    Ran all = run("count", index, " few");
    assertThat(all.out()).startsWith("5 times in 1 documents").doesNotContain("sample");
    JsonObject whole = json("count", index, " few", "--json");
    assertThat(whole.get("sampled").getAsBoolean()).isFalse();
    assertThat(whole.getAsJsonArray("places")).hasSize(5);
    int first = whole.getAsJsonArray("places").get(0).getAsJsonObject().get("start").getAsInt();
    assertThat(all.out())
        .contains(
            "  #5 again.txt at "
                + first
                + ", "
                + (first + 1)
                + ", "
                + (first + 2)
                + ", "
                + (first + 3)
                + ", "
                + (first + 4));
    Ran sample = run("count", index, " few", "--list", "2", "--seed", "3");
    assertThat(sample.out()).startsWith("5 times in 1 documents").contains("a sample of 2");
    assertThat(run("count", index, " few", "--list", "2", "--seed", "3").out())
        .isEqualTo(sample.out());
    JsonObject part = json("count", index, " few", "--list", "2", "--seed", "4", "--json");
    assertThat(part.get("sampled").getAsBoolean()).isTrue();
    assertThat(part.get("seed").getAsLong()).isEqualTo(4);
    assertThat(part.get("occurrences").getAsLong()).isEqualTo(5);
    for (JsonElement place : part.getAsJsonArray("places")) {
      assertThat(whole.getAsJsonArray("places")).contains(place);
    }
    assertThat(run("retract", index, "again.txt").code()).isZero();
    assertThat(run("count", index, " few").code()).isEqualTo(Main.WRONG);
  }

  private static JsonObject json(Object... arguments) {
    return JsonParser.parseString(run(arguments).out()).getAsJsonObject();
  }

  @Test
  void searchesForDocumentsThatHoldEveryPhrase() {
    build();
    // at the beginning of a document, and inside of another
    Ran shall = run("search", index, "shall");
    assertThat(shall.code()).isZero();
    assertThat(shall.out()).contains("“shall” 2 times").contains("2 documents hold all");
    Ran both = run("search", index, "shall", "Each party");
    assertThat(both.out()).contains("1 documents hold all").contains("below/secret.txt");
    assertThat(both.out()).doesNotContain("carriage.txt");
    JsonObject json = json("search", index, "shall", "the goods", "--list", "1", "--json");
    assertThat(json.get("documentCount").getAsInt()).isEqualTo(1);
    assertThat(json.getAsJsonArray("phrases")).hasSize(2);
    assertThat(json.getAsJsonArray("documents").get(0).getAsJsonObject().get("name").getAsString())
        .isEqualTo("carriage.txt");
    assertThat(run("search", index, "shall", "zebra").code()).isEqualTo(Main.WRONG);
    assertThat(run("search", index, "x", "--list", "1001").err()).contains("0 to 1000");
    assertThat(run("search", index).code()).isEqualTo(2);
  }

  @Test
  void saysWhatFollowsAText() {
    build();
    JsonObject next = json("next", index, "zebras: The carrier", "--json");
    int context = next.get("contextTokens").getAsInt();
    assertThat(context).isPositive().isLessThan(next.get("tokens").getAsInt());
    assertThat(next.get("occurrences").getAsInt()).isEqualTo(1);
    assertThat(next.get("distinct").getAsInt()).isEqualTo(1);
    JsonObject only = next.getAsJsonArray("next").get(0).getAsJsonObject();
    assertThat(only.get("text").getAsString()).startsWith(" sh");
    assertThat(only.get("probability").getAsDouble()).isEqualTo(1);
    Ran printed = run("next", index, "zebras: The carrier");
    assertThat(printed.code()).isZero();
    assertThat(printed.out())
        .startsWith("the last " + context + " of ")
        .contains("1.000000         1  “ sh");
    Ran end = run("next", index, CARRIAGE);
    assertThat(end.out()).contains("1.000000         1  the end of a document");
    // "shall" behind a blank is what occurs; at a beginning it is cut into other, more, tokens
    assertThat(json("next", index, "shall", "--json").get("occurrences").getAsInt()).isEqualTo(2);
    JsonObject all = json("next", index, "", "--list", "3", "--json");
    assertThat(all.get("contextTokens").getAsInt()).isZero();
    assertThat(all.get("ends").getAsInt()).isEqualTo(4);
    assertThat(all.getAsJsonArray("next")).hasSize(3);
    assertThat(run("next", index, "\u0416").code()).isEqualTo(Main.WRONG);
    assertThat(run("next", index, "x", "--list", "-1").err()).contains("0 to 1000");
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
  void measuresOnTextsOfOnesOwnAndLeavesNothingBehind() throws IOException {
    Path home = folder.resolve("bench");
    Path texts = Files.createDirectories(folder.resolve("texts"));
    Random random = new Random(1);
    for (int text = 0; text < 100; text++) {
      StringBuilder words = new StringBuilder();
      for (int word = 0; word < 500; word++) {
        words.append(Integer.toString(random.nextInt(20_000), 36)).append(' ');
      }
      Files.writeString(texts.resolve(text + ".txt"), words);
    }
    Ran bench =
        run(
            "bench",
            texts,
            "--tokens",
            100_000,
            "--runs",
            1,
            "--answers",
            20,
            "--directory",
            home.toString());
    assertThat(bench.code()).as(bench.err()).isZero();
    assertThat(bench.out())
        .contains("sorting", "bytes a token", "trace of 448 tokens", "streaming", "heap", "adding")
        .contains("retracting", "over 8 segments");
    assertThat(home).isEmptyDirectory();
    assertThat(run("bench", corpus, "--tokens", 5).err()).contains("allowed: 100000 to 60000000");
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
    assertThat(run("--help").out()).contains("trace").contains("verify").contains("next");
    build();
    assertThat(run("build", index, corpus).err()).contains("use add");
    assertThat(run("trace", index, folder.resolve("missing")).err()).contains("that exists");
  }

  private String commit() {
    Ran committed = run("commit", index);
    assertThat(committed.err()).isEmpty();
    assertThat(committed.code()).isZero();
    assertThat(committed.out()).containsPattern("root {9}[0-9a-f]{64}");
    return committed.out().substring(13, 13 + 64);
  }

  private Path prove(Path text) throws IOException {
    Path proofs = folder.resolve("proofs.json");
    Ran proved = run("prove", index, text, "--min-bits", "10", "--out", proofs);
    assertThat(proved.code()).as(proved.err()).isZero();
    assertThat(proved.err()).contains("proofs of at most");
    return proofs;
  }

  @Test
  void provesToWhoHasOnlyTheRoot() throws IOException {
    build();
    String root = commit();
    assertThat(commit()).isEqualTo(root);
    Path text = Files.writeString(folder.resolve("text.txt"), "They say: " + SECRET + " Indeed.");
    Path proofs = prove(text);
    Ran bare = run("check", proofs, "--root", root);
    assertThat(bare.code()).isZero();
    assertThat(bare.out())
        .contains("good ", "of corpus:", "to the left nowhere, to the right nowhere")
        .contains("1 proofs, none refused", "trusted: ", "give --text");
    Path tokenizer = Path.of(index, "tokenizer.json");
    Ran whole = run("check", proofs, "--root", root, "--text", text, "--tokenizer", tokenizer);
    assertThat(whole.out()).contains("none refused", "of the text: checked");
    assertThat(whole.code()).isZero();

    JsonObject json = JsonParser.parseString(Files.readString(proofs)).getAsJsonObject();
    JsonObject proof = json.getAsJsonArray("proofs").get(0).getAsJsonObject();
    assertThat(proof.get("document").getAsString()).isEqualTo("below/secret.txt");
    assertThat(Base64.getDecoder().decode(proof.get("proof").getAsString()).length)
        .isLessThanOrEqualTo(4096);
  }

  @Test
  void refusesWhatIsNotProved() throws IOException {
    build();
    String root = commit();
    Path text = Files.writeString(folder.resolve("text.txt"), "They say: " + SECRET + " Indeed.");
    Path proofs = prove(text);
    Path tokenizer = Path.of(index, "tokenizer.json");
    String other = (root.startsWith("0") ? "1" : "0") + root.substring(1);
    Ran elsewhere = run("check", proofs, "--root", other);
    assertThat(elsewhere.code()).isEqualTo(Main.WRONG);
    assertThat(elsewhere.out()).contains("refused", "one that was published");

    String written = Files.readString(proofs);
    for (String lie :
        List.of(
            written.replaceFirst("\"offset\":", "\"offset\":9"),
            written.replaceFirst("\"tokens\":\\[", "\"tokens\":[1"),
            written.replaceFirst("\"next\":", "\"next\":1"),
            written.replace("T0xTUFJPT0Y", "T0xTUFJPT0Z"),
            // a root that the proofs name and whoever checks believes, but not theirs
            written.replace(root, other))) {
      assertThat(lie).isNotEqualTo(written);
      Path changed = Files.writeString(folder.resolve("changed.json"), lie);
      Ran checked = run("check", changed, "--root", root, "--root", other);
      assertThat(checked.out()).contains("1 refused");
      assertThat(checked.code()).isEqualTo(Main.WRONG);
    }
    Path longer = Files.writeString(folder.resolve("longer.txt"), SECRET + " And more.");
    Ran mixed = run("check", proofs, "--root", root, "--text", longer, "--tokenizer", tokenizer);
    assertThat(mixed.code()).isEqualTo(Main.FAILED);
    assertThat(mixed.err()).contains("SHA-256");
    // true of the documents, but said of a text that goes on in another way
    String digest = Hash256.sha256(Files.readString(longer)).hex();
    Path lying =
        Files.writeString(
            folder.resolve("lying.json"),
            written.replaceFirst("\"text\":\"[0-9a-f]+", "\"text\":\"" + digest));
    assertThat(run("check", lying, "--root", root).code()).isZero();
    Ran held = run("check", lying, "--root", root, "--text", longer, "--tokenizer", tokenizer);
    assertThat(held.code()).isEqualTo(Main.WRONG);
    assertThat(held.out()).contains("the text does not have there");
    assertThat(run("check", proofs, "--root", root, "--text", text).code()).isEqualTo(2);
    Ran noTokenizer = run("check", proofs, "--root", root, "--text", text, "--tokenizer", text);
    assertThat(noTokenizer.err()).contains("a tokenizer.json");
    assertThat(run("check", proofs).code()).isEqualTo(2);
    assertThat(run("check", text, "--root", root).err()).contains("openledger-proofs-1");
  }

  @Test
  void provesOnlyTheIndexThatWasCommittedTo() throws IOException {
    build();
    Path text = Files.writeString(folder.resolve("text.txt"), SECRET);
    assertThat(run("prove", index, text).err()).contains("the command commit has written");
    commit();
    run("retract", index, "carriage.txt");
    assertThat(run("prove", index, text).err()).contains("run the command commit");
    String root = commit();
    assertThat(run("check", prove(text), "--root", root).code()).isZero();
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
