package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The plain twin of a commitment: searches by looking everywhere, sorts by comparing. */
final class PlainCorpus {

  static final Hash256 TOKENIZER = Hash256.sha256("a tokenizer");

  private PlainCorpus() {}

  static Document document(int place, int... tokens) {
    return new Document(
        new ContributionId(new DatanetId(place < 3 ? "a" : "b-2"), place + 1),
        Hash256.sha256("content " + place),
        tokens);
  }

  /**
   * Small contributions over a small alphabet, empty and one-token and all-equal ones among them.
   */
  static List<Document> random(Random random) {
    List<Document> documents = new ArrayList<>();
    int alphabet = 1 + random.nextInt(4);
    int most = 1 + random.nextInt(120);
    for (int i = 1 + random.nextInt(12); i > 0; i--) {
      int[] tokens = random.ints(random.nextInt(most + 1), 0, alphabet).toArray();
      if (random.nextInt(8) == 0) {
        Arrays.fill(tokens, random.nextInt(alphabet));
      }
      documents.add(document(documents.size(), tokens));
    }
    return documents;
  }

  static boolean occurs(List<Document> documents, int... string) {
    return documents.stream().anyMatch(d -> find(d.tokens(), string) >= 0);
  }

  static int find(int[] tokens, int... string) {
    for (int at = 0; at + string.length <= tokens.length; at++) {
      if (Arrays.equals(tokens, at, at + string.length, string, 0, string.length)) {
        return at;
      }
    }
    return -1;
  }

  /** The order of the prefixes, each built and turned round. */
  static int[] order(List<Document> documents) {
    record Prefix(int position, int[] backwards) {}
    List<Prefix> prefixes = new ArrayList<>();
    for (Document document : documents) {
      for (int end = 1; end <= document.tokens().length; end++) {
        int[] backwards = new int[end];
        for (int i = 0; i < end; i++) {
          backwards[i] = document.tokens()[end - 1 - i];
        }
        prefixes.add(new Prefix(prefixes.size(), backwards));
      }
    }
    return prefixes.stream()
        .sorted(
            Comparator.comparing(Prefix::backwards, Arrays::compare)
                .thenComparing(Prefix::position))
        .mapToInt(Prefix::position)
        .toArray();
  }
}
