package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.serving.TinyModel;
import io.openledger.serving.model.HubTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streaming against the whole text, and stop texts against a search in it. */
class TextStreamTest {

  @TempDir static Path natives;
  @TempDir Path folder;

  private HubTokenizer tokenizer() throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer());
    return HubTokenizer.open(folder, natives);
  }

  private static String plain(String whole, List<String> stops) {
    int cut = whole.length();
    for (String stop : stops) {
      int at = whole.indexOf(stop);
      cut = at >= 0 ? Math.min(cut, at) : cut;
    }
    return whole.substring(0, cut);
  }

  @Test
  void streamsTheWholeTextUpToAStopThatMayLieAcrossTokensAndCharacters() throws Exception {
    long seed = 61;
    Random random = new Random(seed);
    String alphabet = "ab\u00E9\u65E5\uD83D\uDE00-";
    int[] points = alphabet.codePoints().toArray();
    try (HubTokenizer tokenizer = tokenizer()) {
      for (int round = 0; round < 400; round++) {
        StringBuilder whole = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
          whole.appendCodePoint(points[random.nextInt(points.length)]);
        }
        List<String> stops = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          StringBuilder stop = new StringBuilder();
          for (int j = random.nextInt(4); j >= 0; j--) {
            stop.appendCodePoint(points[random.nextInt(points.length)]);
          }
          stops.add(stop.toString());
        }
        TextStream stream = new TextStream(tokenizer, new int[] {256, 'x'}, stops);
        String expected = plain(whole.toString(), stops);
        StringBuilder streamed = new StringBuilder();
        for (byte each : whole.toString().getBytes(StandardCharsets.UTF_8)) {
          streamed.append(stream.push(each & 0xFF));
          assertThat(expected).as("seed %d, round %d", seed, round).startsWith(streamed.toString());
          if (stream.stopped()) {
            break;
          }
        }
        streamed.append(stream.finish());
        assertThat(streamed.toString()).as("seed %d, round %d", seed, round).isEqualTo(expected);
        assertThat(stream.text()).isEqualTo(expected);
        assertThat(stream.stopped()).isEqualTo(!expected.equals(whole.toString()));
      }
    }
  }

  @Test
  void streamsBytesThatAreNoTextAsTheyAreDecodedTogether() throws Exception {
    long seed = 62;
    Random random = new Random(seed);
    try (HubTokenizer tokenizer = tokenizer()) {
      for (int round = 0; round < 300; round++) {
        int[] tokens = random.ints(60, round % 2 == 0 ? 0x80 : 0, 0x100).toArray();
        TextStream stream = new TextStream(tokenizer, new int[] {256}, List.of());
        StringBuilder streamed = new StringBuilder();
        int held = 0;
        for (int token : tokens) {
          String delta = stream.push(token);
          held = delta.isEmpty() ? held + 1 : 0;
          streamed.append(delta);
          // No character is longer: what is older is told.
          assertThat(held).as("seed %d, round %d", seed, round).isLessThan(9);
        }
        streamed.append(stream.finish());
        String whole = tokenizer.decode(tokens).replaceFirst("\uFFFD+$", "");
        assertThat(streamed.toString().replaceFirst("\uFFFD+$", ""))
            .as("seed %d, round %d", seed, round)
            .isEqualTo(whole);
      }
    }
  }

  @Test
  void doesNotGrowWithTokensThatHaveNoText() throws Exception {
    try (HubTokenizer tokenizer = tokenizer()) {
      TextStream stream = new TextStream(tokenizer, new int[] {256}, List.of());
      for (int i = 0; i < 5000; i++) {
        assertThat(stream.push(258)).isEmpty();
      }
      assertThat(stream.push('a')).isEqualTo("a");
    }
  }
}
