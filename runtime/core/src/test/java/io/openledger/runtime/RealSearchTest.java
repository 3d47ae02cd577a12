package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Questions answered by the suffix arrays; and phrases as a real tokenizer cuts them. */
class RealSearchTest extends SearchContract {

  private static <T> T load(Class<T> type) {
    Optional<T> found = ServiceLoader.load(type).findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no " + type.getSimpleName() + " on the class path");
    return found.orElseThrow();
  }

  @Override
  AttributionEngine engine() {
    return load(AttributionEngine.class);
  }

  @Test
  void findsAPhraseHoweverItsFirstWordIsCut() throws Exception {
    Path model =
        Path.of(System.getProperty("openledger.shared", "../shared")).resolve("models/speeches-3m");
    Assumptions.assumeTrue(Files.exists(model), "the fixture " + model + " is not there");
    String phrase = "Delivery of the goods";
    List<String> texts =
        List.of(
            phrase + " ends the risk.",
            "The risk ends: " + phrase + ", not sooner.",
            "Risk\n" + phrase + "\n" + phrase);
    try (TestDatabase database = TestDatabase.h2();
        TestServer server =
            TestServer.launch(
                database,
                data.resolve("real"),
                engine(),
                load(ServingEngineFactory.class),
                Map.of("openledger.model.path", model.toString()))) {
      TestServer.await("the model is loaded", () -> !server.server().models(APP).list().isEmpty());
      server.createClauses();
      texts.forEach(text -> server.datanets().contribute(CLAUSES, draft("ann", text).build()));
      SearchResult result = server.datanets().search(DatanetSearch.of(phrase));
      assertThat(result.contributionCount()).isEqualTo(3);
      assertThat(result.phrases().get(0).occurrences()).isEqualTo(4);
      for (SearchResult.Hit hit : result.hits()) {
        ContributionId id = hit.contribution();
        String text = server.datanets().text(id).orElseThrow();
        assertThat(hit.places()).hasSize(id.sequence() == 3 ? 2 : 1);
        assertThat(hit.places())
            .allSatisfy(p -> assertThat(text.substring(p.start(), p.end())).isEqualTo(phrase));
      }
      NextTokens next = server.datanets().next("risk ends: Delivery of", DatanetScope.all(), 5);
      assertThat(next.tokens().get(0).text()).isEqualTo(" the");
      assertThat(next.tokens().get(0).probability()).isEqualTo(1);
      assertThat(server.datanets().likelihood(texts.get(0), DatanetScope.all()).unseen()).isZero();
    }
  }
}
