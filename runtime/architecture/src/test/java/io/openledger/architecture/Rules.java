package io.openledger.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.ConstructorCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;

/** The module table as rules. What is not listed is not allowed. */
enum Rules {
  /** Applications compile against it, so it drags nothing in. */
  API(
      only(
          "io.openledger.api..",
          "java..",
          "jakarta.enterprise..",
          "jakarta.interceptor..",
          "jakarta.inject..",
          "org.jspecify.annotations..",
          "io.openledger.api..")),

  /** Plain Java: evidence can be recomputed anywhere, by anyone. */
  ATTRIBUTION(
      only(
          "io.openledger.attribution..",
          "java..",
          "org.jspecify.annotations..",
          "io.openledger.api..",
          "io.openledger.attribution..")),

  /** Neither network nor processes: what it reads are files that it was given. */
  ATTRIBUTION_OFFLINE(offline("io.openledger.attribution..")),

  /** A native method belongs to the engine that owns native handles. */
  NO_NATIVE_OUTSIDE_SERVING(
      classes()
          .that()
          .resideInAPackage("io.openledger..")
          .and()
          .resideOutsideOfPackage("io.openledger.serving..")
          .should(haveNoNativeMethod())
          .andShould(notLoadLibraries())),

  /** Libraries of the serving engine, and no engine but itself. */
  SERVING(
      only(
          "io.openledger.serving..",
          "java..",
          "org.jspecify.annotations..",
          "com.google.gson..",
          "ai.onnxruntime..",
          "ai.djl..",
          "com.hubspot.jinjava..",
          // the expression language that its jar has in it
          "jinjava.javax.el..",
          "com.sun.jna..",
          "jcuda..",
          "io.openledger.api..",
          "io.openledger.serving..")),

  /** Native handles stay in one package. */
  ONNX_RUNTIME_IN_ONE_PACKAGE(
      confined("io.openledger.serving..", "io.openledger.serving.onnx..", "ai.onnxruntime..")),

  /** Its C API, too. */
  C_API_IN_ONE_PACKAGE(
      confined("io.openledger.serving..", "io.openledger.serving.capi..", "com.sun.jna..")),

  /** The driver of a GPU, which need not be there. */
  DRIVER_IN_ONE_PACKAGE(
      confined("io.openledger.serving..", "io.openledger.serving.cuda..", "jcuda..")),

  /** Tokenizers and templates are properties of a checkpoint. */
  TOKENIZERS_AND_TEMPLATES_IN_ONE_PACKAGE(
      confined(
          "io.openledger.serving..",
          "io.openledger.serving.model..",
          "ai.djl..",
          "com.hubspot.jinjava..")),

  /** Settlement is arithmetic: one library of digests. */
  CHAIN(
      classes()
          .that()
          .resideInAPackage("io.openledger.chain..")
          .and()
          .resideOutsideOfPackages(Rules.CONNECTOR, Rules.CHAIN_CLI)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      "org.jspecify.annotations..",
                      "org.bouncycastle..",
                      "io.openledger.api..",
                      "io.openledger.chain..")
                  .and(DescribedPredicate.not(resideInAnyPackage(Rules.CONNECTOR, Rules.CHAIN_CLI)))
                  .or(JavaClass.Predicates.resideInAPackage("")))),

  /** Settlement works without any chain. */
  CHAIN_OFFLINE(
      offline(
          noClasses()
              .that()
              .resideInAPackage("io.openledger.chain..")
              .and()
              .resideOutsideOfPackages(Rules.CONNECTOR, Rules.CHAIN_CLI))),

  /** Plain Java: neither Jakarta nor a database, so that programs have it too. */
  CHAIN_CONNECTOR(
      only(
          Rules.CONNECTOR,
          "java..",
          "org.jspecify.annotations..",
          "org.web3j..",
          "javax.crypto..",
          "com.fasterxml.jackson..",
          "org.bouncycastle..",
          "io.openledger.api..",
          "io.openledger.chain..")),

  /**
   * A library of 84 jars, of which a few are taken; it can be left where it is known in one place.
   */
  WEB3J_IN_THE_CONNECTOR(confined("io.openledger..", Rules.CONNECTOR, "org.web3j..")),

  /** What the server does on the rollup is reached through the runtime's interfaces. */
  ROLLUP_IS_KNOWN_TO_NOBODY(
      confined("io.openledger..", "io.openledger.rollup..", "io.openledger.rollup..")),

  /** It meets engines through the spi, so that each can be replaced. */
  RUNTIME(
      noClasses()
          .that()
          .resideInAPackage("io.openledger.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.openledger.attribution..", "io.openledger.serving..", "io.openledger.chain..")),

  /** It works unchanged on every server. */
  RUNTIME_KNOWS_NO_SERVER(
      noClasses()
          .that()
          .resideInAPackage("io.openledger.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.jboss..", "org.wildfly..", "com.ibm..", "io.openliberty..", "org.jboss.weld..")),

  /** A package that depends on itself through another cannot be understood alone. */
  NO_CYCLES_IN_ATTRIBUTION(
      slices().matching("io.openledger.attribution.(*)..").should().beFreeOfCycles()),
  NO_CYCLES_IN_SERVING(slices().matching("io.openledger.serving.(*)..").should().beFreeOfCycles()),
  NO_CYCLES_IN_CHAIN(slices().matching("io.openledger.chain.(*)..").should().beFreeOfCycles()),
  /**
   * The same for the runtime, where {@code datanet}, {@code ledger} and {@code provenance} still
   * count as one: reports read contributions, epochs seal receipts, and accepting a contribution
   * opens accounts. To part them, canonical JSON and the chain of receipts need packages of their
   * own.
   */
  NO_CYCLES_IN_RUNTIME(slices().assignedFrom(new RuntimePackages()).should().beFreeOfCycles()),

  /** Threads are the container's: it names them, limits them, and ends them on redeployment. */
  NO_THREADS_OF_OUR_OWN(
      noClasses()
          .that()
          .resideInAPackage("io.openledger..")
          .and(notPrograms())
          .should()
          .callConstructorWhere(makesAThread())
          .orShould()
          .dependOnClassesThat(
              nameMatching("java\\.util\\.concurrent\\.(Executors|ForkJoinPool|Thread\\w+)"))
          .orShould()
          .dependOnClassesThat(nameMatching("java\\.util\\.Timer"))
          .orShould()
          .callMethod(java.util.concurrent.CompletableFuture.class, "runAsync", Runnable.class)
          .orShould()
          .callMethod(
              java.util.concurrent.CompletableFuture.class,
              "supplyAsync",
              java.util.function.Supplier.class)),

  /** A server has a log; prompts and contributions must not slip into its console. */
  NO_CONSOLE(
      noClasses()
          .that()
          .resideInAPackage("io.openledger..")
          .and(notPrograms())
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err"));

  private static final String CONNECTOR = "io.openledger.chain.connector..";
  private static final String CHAIN_CLI = "io.openledger.chain.cli..";

  private final ArchRule rule;

  Rules(ArchRule rule) {
    this.rule = rule.as(name()).allowEmptyShould(true);
  }

  ArchRule rule() {
    return rule;
  }

  private static ArchRule only(String whose, String... allowed) {
    return classes()
        .that()
        .resideInAPackage(whose)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed).or(JavaClass.Predicates.resideInAPackage("")));
  }

  private static ArchRule confined(String whose, String where, String... what) {
    return noClasses()
        .that()
        .resideInAPackage(whose)
        .and()
        .resideOutsideOfPackage(where)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(what);
  }

  private static ArchRule offline(String whose) {
    return offline(noClasses().that().resideInAPackage(whose));
  }

  private static ArchRule offline(GivenClassesConjunction whose) {
    return whose
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "java.rmi..", "javax.net..")
        .orShould()
        .dependOnClassesThat(
            nameMatching(
                "java\\.net\\.(\\w*Socket\\w*|\\w*URLConnection|Inet\\w+)"
                    + "|java\\.nio\\.channels\\.\\w*(Socket|Datagram)\\w*"
                    + "|java\\.lang\\.Process\\w*"));
  }

  private static final class RuntimePackages implements SliceAssignment {
    private static final Set<String> ONE = Set.of("datanet", "ledger", "provenance");

    @Override
    public String getDescription() {
      return "packages of the runtime";
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String[] parts = javaClass.getPackageName().split("\\.");
      if (parts.length < 4 || !javaClass.getPackageName().startsWith("io.openledger.runtime.")) {
        return SliceIdentifier.ignore();
      }
      return SliceIdentifier.of(ONE.contains(parts[3]) ? "datanet, ledger, provenance" : parts[3]);
    }
  }

  /** Programs that a person starts own their process: its threads and its console. */
  private static DescribedPredicate<JavaClass> notPrograms() {
    return DescribedPredicate.describe(
        "are no *Main, *Benchmark or CudaSelfTest",
        c -> !c.getName().matches(".*(Main|Benchmark|\\.CudaSelfTest)(\\$.*)?"));
  }

  private static DescribedPredicate<JavaConstructorCall> makesAThread() {
    return DescribedPredicate.describe(
        "it makes a thread",
        call -> {
          ConstructorCallTarget target = call.getTarget();
          // the constructor of Thread that a subclass calls counts too
          return target.getOwner().isAssignableTo(Thread.class);
        });
  }

  private static ArchCondition<JavaClass> haveNoNativeMethod() {
    return new ArchCondition<>("have no native method") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        item.getMethods().stream()
            .filter(m -> m.getModifiers().contains(JavaModifier.NATIVE))
            .forEach(
                m -> events.add(SimpleConditionEvent.violated(m, m.getFullName() + " is native")));
      }
    };
  }

  private static ArchCondition<JavaClass> notLoadLibraries() {
    return new ArchCondition<>("not load libraries") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        item.getMethodCallsFromSelf().stream()
            .filter(
                c ->
                    c.getTargetOwner().isAssignableTo(System.class)
                        || c.getTargetOwner().isAssignableTo(Runtime.class))
            .filter(c -> c.getName().equals("load") || c.getName().equals("loadLibrary"))
            .forEach(c -> events.add(SimpleConditionEvent.violated(c, c.getDescription())));
      }
    };
  }
}
