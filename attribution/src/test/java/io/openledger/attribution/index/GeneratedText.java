package io.openledger.attribution.index;

import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * As much text as wanted that is like a given one, from a seed: a walk through the given text that
 * goes on at another place with the same word after every sixth word on average, says every
 * thirtieth word anew by its frequency, and quotes an earlier document for one stretch in forty.
 * Words and marks are ids, the 65 000 most frequent ones; what is rarer shares the last one.
 */
final class GeneratedText {

  static final int VOCABULARY = 65_001;

  private static final Pattern WORD = Pattern.compile("\\w+|[^\\w\\s]");

  private final int[] given;
  // the places of each word, as starts into one list
  private final int[] places;
  private final int[] first;
  private final Random random;
  private final List<int[]> written = new ArrayList<>();

  GeneratedText(Path folder, long seed) throws IOException {
    given = ids(folder);
    first = new int[VOCABULARY + 1];
    for (int id : given) {
      first[id + 1]++;
    }
    for (int i = 0; i < VOCABULARY; i++) {
      first[i + 1] += first[i];
    }
    int[] next = first.clone();
    places = new int[given.length];
    for (int i = 0; i < given.length; i++) {
      places[next[given[i]]++] = i;
    }
    random = new Random(seed);
  }

  int givenTokens() {
    return given.length;
  }

  /** A text of its own that is like the given one; nobody quotes it. */
  int[] text(int length) {
    int[] text = new int[length];
    int at = random.nextInt(given.length);
    for (int i = 0; i < length; i++) {
      text[i] = random.nextInt(30) == 0 ? given[random.nextInt(given.length)] : given[at];
      if (random.nextInt(6) == 0) {
        int word = given[at];
        at = places[first[word] + random.nextInt(first[word + 1] - first[word])];
      }
      at = (at + 1) % given.length;
    }
    return text;
  }

  /** One more document; later ones may quote it. */
  Document document(long sequence, int length) {
    int[] text = text(length);
    for (int i = 0; i + 60 < length && !written.isEmpty(); i += 60) {
      int[] other = written.get(random.nextInt(written.size()));
      if (random.nextInt(40) == 0 && other.length > 60) {
        System.arraycopy(other, random.nextInt(other.length - 60), text, i, 60);
      }
    }
    written.add(text);
    return new Document(sequence, text);
  }

  private static int[] ids(Path folder) throws IOException {
    List<String> words = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        try {
          Matcher matcher = WORD.matcher(Files.readString(file));
          while (matcher.find()) {
            words.add(matcher.group());
          }
        } catch (MalformedInputException e) {
          // not text
          continue;
        }
      }
    }
    if (words.isEmpty()) {
      throw new IllegalArgumentException("no text in " + folder);
    }
    Map<String, int[]> counts = new HashMap<>();
    words.forEach(word -> counts.computeIfAbsent(word, w -> new int[1])[0]++);
    List<String> frequent = new ArrayList<>(counts.keySet());
    frequent.sort(
        Comparator.comparingInt((String w) -> -counts.get(w)[0])
            .thenComparing(Comparator.naturalOrder()));
    Map<String, Integer> ids = new HashMap<>();
    for (String word : frequent) {
      ids.put(word, Math.min(ids.size(), VOCABULARY - 1));
    }
    int[] given = words.stream().mapToInt(ids::get).toArray();
    return given;
  }
}
