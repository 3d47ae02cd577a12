package io.openledger.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchitectureTest {

  /** For each rule the package of the fixtures that break it, and how often they do at least. */
  private static final Map<Rules, String> FIXTURES =
      Map.ofEntries(
          Map.entry(Rules.API, "api.violations"),
          Map.entry(Rules.ATTRIBUTION, "attribution.index.violations"),
          Map.entry(Rules.ATTRIBUTION_OFFLINE, "attribution.index.violations"),
          Map.entry(Rules.NO_NATIVE_OUTSIDE_SERVING, "attribution.index.violations"),
          Map.entry(Rules.SERVING, "serving.engine.violations"),
          Map.entry(Rules.ONNX_RUNTIME_IN_ONE_PACKAGE, "serving.engine.violations"),
          Map.entry(Rules.C_API_IN_ONE_PACKAGE, "serving.engine.violations"),
          Map.entry(Rules.DRIVER_IN_ONE_PACKAGE, "serving.engine.violations"),
          Map.entry(Rules.TOKENIZERS_AND_TEMPLATES_IN_ONE_PACKAGE, "serving.engine.violations"),
          Map.entry(Rules.CHAIN, "chain.merkle.violations"),
          Map.entry(Rules.CHAIN_OFFLINE, "chain.merkle.violations"),
          Map.entry(Rules.CHAIN_CONNECTOR, "chain.connector.violations"),
          Map.entry(Rules.WEB3J_IN_THE_CONNECTOR, "runtime.rest.violations"),
          Map.entry(Rules.ROLLUP_IS_KNOWN_TO_NOBODY, "runtime.rest.violations"),
          Map.entry(Rules.RUNTIME, "runtime.rest.violations"),
          Map.entry(Rules.RUNTIME_KNOWS_NO_SERVER, "runtime.rest.violations"),
          Map.entry(Rules.NO_CYCLES_IN_ATTRIBUTION, "attribution"),
          Map.entry(Rules.NO_CYCLES_IN_SERVING, "serving"),
          Map.entry(Rules.NO_CYCLES_IN_CHAIN, "chain"),
          Map.entry(Rules.NO_CYCLES_IN_RUNTIME, "runtime"),
          Map.entry(Rules.NO_THREADS_OF_OUR_OWN, "runtime.rest.violations"),
          Map.entry(Rules.NO_CONSOLE, "runtime.rest.violations"));

  private static JavaClasses modules;
  private static JavaClasses fixtures;

  @BeforeAll
  static void readClasses() {
    modules =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.openledger");
    fixtures =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("io.openledger");
  }

  @ParameterizedTest
  @EnumSource
  void theModulesKeepTheRule(Rules rule) {
    EvaluationResult result = rule.rule().evaluate(modules);
    assertThat(result.getFailureReport().getDetails()).as(rule.name()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theRuleCatchesTheFixtureThatBreaksIt(Rules rule) {
    List<String> details = rule.rule().evaluate(fixtures).getFailureReport().getDetails();
    assertThat(details)
        .as(rule.name())
        .anyMatch(detail -> detail.contains("io.openledger." + FIXTURES.get(rule)));
  }

  @Test
  void everyRuleHasAFixture() {
    assertThat(FIXTURES).containsOnlyKeys(Rules.values());
  }

  /** Whether the checks above looked at anything at all. */
  @Test
  void everyModuleWasRead() {
    TreeSet<String> read = new TreeSet<>();
    modules.forEach(c -> read.add(c.getPackageName().split("\\.")[2]));
    assertThat(read).contains("api", "attribution", "chain", "rollup", "runtime", "serving");
    assertThat(modules)
        .anyMatch(c -> c.getPackageName().startsWith("io.openledger.chain.connector"));
    assertThat(modules).noneMatch(c -> c.getPackageName().contains("violations"));
  }

  /** Each thing that a rule forbids is caught, not only the first of them. */
  @Test
  void everyFixtureIsCaughtByItsOwnLine() {
    assertCaught(Rules.API, "jakarta.transaction", "io.openledger.chain.CumulativeSettlement");
    assertCaught(Rules.ATTRIBUTION, "jakarta.inject", "CumulativeSettlement");
    assertCaught(
        Rules.ATTRIBUTION_OFFLINE,
        "java.net.http.HttpClient",
        "java.net.Socket",
        "java.nio.channels.SocketChannel",
        "java.lang.ProcessBuilder");
    assertCaught(Rules.NO_NATIVE_OUTSIDE_SERVING, "is native", "loadLibrary");
    assertCaught(
        Rules.SERVING, "CumulativeSettlement", "SpanAttributionEngine", "OpenLedgerServer");
    assertCaught(Rules.TOKENIZERS_AND_TEMPLATES_IN_ONE_PACKAGE, "ai.djl", "com.hubspot.jinjava");
    assertCaught(Rules.CHAIN, "SpanAttributionEngine", "jakarta.inject");
    assertCaught(Rules.CHAIN, "SignedTransaction");
    assertCaught(Rules.CHAIN_CONNECTOR, "jakarta.inject", "OpenLedgerServer");
    assertCaught(Rules.WEB3J_IN_THE_CONNECTOR, "org.web3j");
    assertCaught(Rules.ROLLUP_IS_KNOWN_TO_NOBODY, "io.openledger.rollup.outbox.Outbox");
    assertCaught(
        Rules.RUNTIME, "CumulativeSettlement", "SpanAttributionEngine", "OnnxServingEngineFactory");
    assertCaught(
        Rules.NO_THREADS_OF_OUR_OWN,
        "java.lang.Thread.<init>",
        "java.util.concurrent.Executors",
        "java.util.Timer",
        "supplyAsync");
    assertCaught(Rules.NO_CONSOLE, "System.out", "System.err");
  }

  /** Programs may do what libraries must not. */
  @Test
  void aProgramMayUseTheConsoleAndThreads() {
    for (Rules rule : Arrays.asList(Rules.NO_CONSOLE, Rules.NO_THREADS_OF_OUR_OWN)) {
      assertThat(rule.rule().evaluate(fixtures).getFailureReport().getDetails())
          .noneMatch(detail -> detail.contains("ProgramMain"));
    }
  }

  private static void assertCaught(Rules rule, String... forbidden) {
    List<String> details = rule.rule().evaluate(fixtures).getFailureReport().getDetails();
    for (String each : forbidden) {
      assertThat(details).as(rule.name()).anyMatch(detail -> detail.contains(each));
    }
  }
}
