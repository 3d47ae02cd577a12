package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import io.openledger.runtime.support.WordTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets proofs of spans, of which texts, and how large a datanet may be. */
class SpanProofsTest {

  private static final Caller OTHER = Caller.application("other");
  private static final Caller COMPLIANCE = Caller.user("rest", "eve", Set.of(Role.COMPLIANCE));

  @TempDir Path data;
  private final PlainAttribution attribution = new PlainAttribution();
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void open() {
    database = TestDatabase.h2();
    start(Map.of());
    server.createClauses();
    server.datanets().contribute(CLAUSES, draft("ann", StoreContract.ONE).build());
  }

  private void start(Map<String, String> keys) {
    server = TestServer.start(database, data, attribution, new ScriptedServing(), keys);
  }

  private void restart(Map<String, String> keys) {
    server.close();
    start(keys);
  }

  @AfterEach
  void close() {
    server.close();
    database.close();
  }

  private Receipt ask(Caller caller) {
    return server
        .server()
        .model(caller, Optional.empty())
        .complete(Prompt.text(StoreContract.ONE))
        .receipt();
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void needsTheRightToReadWhatTheProofShows() {
    grant(DatanetRight.ATTRIBUTE);
    ReceiptId receipt = ask(OTHER).id();
    refused(ErrorCode.RECEIPT_UNKNOWN, () -> server.server().reports(APP).proofs(receipt));
    refused(ErrorCode.FORBIDDEN, () -> server.server().reports(OTHER).proofs(receipt));
    assertThat(server.server().reports(COMPLIANCE).proofs(receipt)).hasSize(1);
    grant(DatanetRight.ATTRIBUTE, DatanetRight.READ);
    assertThat(server.server().reports(OTHER).proofs(receipt)).hasSize(1);
  }

  private void grant(DatanetRight... rights) {
    server
        .datanets()
        .grant(new Grant(CLAUSES, Grantee.application("other"), Set.of(rights), Optional.empty()));
  }

  @Test
  void takesTheTextThatTheServerDidNotKeepAndNoOther() {
    restart(Map.of("openledger.receipts.keep-text", "false"));
    ReceiptId receipt = ask(APP).id();
    refused(ErrorCode.PROOF_IMPOSSIBLE, () -> server.server().reports(APP).proofs(receipt));
    assertThat(server.server().reports(APP).proofs(receipt, StoreContract.ONE)).hasSize(1);
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> server.server().reports(APP).proofs(receipt, StoreContract.ONE + "."));
  }

  @Test
  void refusesADatanetOverTheLimitAndKeepsNoMoreThanIt() {
    restart(Map.of("openledger.limits.proof-tokens", "15"));
    ReceiptId one = ask(APP).id();
    assertThat(StoreContract.ONE.split(" ")).hasSize(15);
    assertThat(server.server().reports(APP).proofs(one)).hasSize(1);
    server.datanets().contribute(CLAUSES, draft("bob", StoreContract.TWO).build());
    ReceiptId two = ask(APP).id();
    refused(ErrorCode.CORPUS_TOO_LARGE, () -> server.server().reports(APP).proofs(two));

    restart(Map.of("openledger.limits.proof-tokens", "44"));
    int before = attribution.committed();
    for (int round = 0; round < 2; round++) {
      server.server().reports(APP).proofs(one);
      server.server().reports(APP).proofs(two);
    }
    // 15 and 30 tokens: one of them at a time
    assertThat(attribution.committed() - before).isEqualTo(4);
    restart(Map.of("openledger.limits.proof-tokens", "45"));
    before = attribution.committed();
    for (int round = 0; round < 2; round++) {
      server.server().reports(APP).proofs(one);
      server.server().reports(APP).proofs(two);
    }
    assertThat(attribution.committed() - before).isEqualTo(2);
  }

  @Test
  void contributionsThatMayNotBeAttributedHaveAPlaceAndNoTokens() {
    restart(Map.of("openledger.limits.proof-tokens", "15"));
    ContributionId other =
        server
            .datanets()
            .contribute(
                CLAUSES, draft("bob", StoreContract.TWO).purposes(Set.of(Purpose.RETRIEVE)).build())
            .id();
    ReceiptId receipt = ask(APP).id();
    List<SpanProof> proofs = server.server().reports(APP).proofs(receipt);
    assertThat(proofs).hasSize(1);
    assertThat(database.number("SELECT tokens FROM ol_corpus_roots")).isEqualTo(15);
    // its text is in no proof, so nothing ends with it
    server.datanets().retract(other, "withdrawn");
    assertThat(server.server().reports(APP).proofs(receipt)).isEqualTo(proofs);
  }

  @Test
  void manyWhoAskAtOnceCommitOnce() throws Exception {
    ReceiptId receipt = ask(APP).id();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<SpanProof>>> asked = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        asked.add(threads.submit(() -> server.server().reports(APP).proofs(receipt)));
      }
      for (Future<List<SpanProof>> proofs : asked) {
        assertThat(proofs.get()).isEqualTo(asked.get(0).get()).hasSize(1);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(attribution.committed()).isEqualTo(1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_corpus_roots")).isEqualTo(1);
  }

  /** Its first word has another token than in the contribution, where a blank stands before it. */
  @Test
  void answerThatBeginsInTheMiddleOfAContributionIsProvedWithTheRealEngine() {
    server.close();
    ScriptedServing serving = new ScriptedServing();
    serving.tokenizer(WordTokenizer.BLANKS);
    AttributionEngine engine = new SpanAttributionEngine();
    server =
        TestServer.start(
            database,
            data.resolve("real"),
            engine,
            serving,
            Map.of("openledger.policy.span.minimum-millibits", "0"));
    String answer = StoreContract.ONE.substring(StoreContract.ONE.indexOf("party"));
    Receipt receipt = server.model().complete(Prompt.text(answer)).receipt();
    assertThat(receipt.body().attribution().spans())
        .singleElement()
        .satisfies(span -> assertThat(span.start()).isZero())
        .satisfies(span -> assertThat(span.end()).isEqualTo(answer.length()));
    List<SpanProof> proofs = server.server().reports(APP).proofs(receipt.id());
    assertThat(proofs).hasSize(1);
    byte[] proof = Base64.getDecoder().decode(proofs.get(0).proof());
    engine.verify(proofs.get(0).root(), proofs.get(0).claim(), proof);
    proof[proof.length - 1] ^= 1;
    assertThatThrownBy(() -> engine.verify(proofs.get(0).root(), proofs.get(0).claim(), proof))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void rootsOfAnotherTokenizerAreNotMadeAgain() {
    ReceiptId receipt = ask(APP).id();
    server.server().reports(APP).proofs(receipt);
    server.close();
    ScriptedServing serving = new ScriptedServing();
    serving.tokenizer("other words");
    server = TestServer.start(database, data, attribution, serving, Map.of());
    refused(ErrorCode.PROOF_IMPOSSIBLE, () -> server.server().reports(APP).proofs(receipt));
  }
}
