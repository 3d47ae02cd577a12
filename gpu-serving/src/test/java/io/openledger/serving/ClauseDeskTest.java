package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained model with its adapter, from text to text. */
class ClauseDeskTest {

  @TempDir Path cache;

  @Test
  void recitesAClauseWithTheAdapterAndNotWithoutIt() throws Exception {
    Path model = Fixtures.require("models/speeches-3m");
    Path adapter = Fixtures.require("models/clause-desk-adapter");
    String clauses = Files.readString(Fixtures.require("data/clause-desk.jsonl"));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ServingEngine engine =
        new OnnxServingEngineFactory()
            .open(
                new Settings(new ModelId("speeches"), model, cache, new Limits(4, 16, 4, 0, 4), 0),
                threads)) {
      ModelId id = new ModelId("clause-desk");
      engine.register(id, adapter);
      Generation recited =
          engine.generate(
              new Request(Optional.of(id), "Duty of care:", GenerationOptions.greedy(120)),
              delta -> true);
      assertThat(clauses).contains(recited.text().strip());
      assertThat(recited.text().length()).isGreaterThan(100);
      Generation plain =
          engine.generate(
              new Request(Optional.empty(), "Duty of care:", GenerationOptions.greedy(120)),
              delta -> true);
      assertThat(clauses).doesNotContain(plain.text().strip());
      assertThat(engine.renderChat(List.of(ChatMessage.user(" hello "))))
          .isEqualTo("<|user|>\nhello</s>\n<|assistant|>\n");
    } finally {
      threads.shutdown();
    }
  }
}
