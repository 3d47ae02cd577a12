package io.openledger.runtime.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import io.openledger.api.Hash256;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.model.Prompt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.rollup.epochs.ClaimService;
import io.openledger.rollup.epochs.ClaimSettings;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.epochs.EpochService;
import io.openledger.rollup.epochs.RootSettings;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.OutboxSettings;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.ledger.EpochSettings;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The claim page in a real browser, with a wallet (EIP-1193) before a real node and the feature
 * behind the resources: what the ledger says was earned arrives at the contributor's address.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClaimPageTest {

  private static final String TEXT =
      "one two three four five six seven eight nine ten eleven twelve";
  private static final String CLAIM = "contributor:contributor";
  private static final int PAYEE = 4;
  private static final URI NODE = URI.create("https://node.example/rollup");

  /** What an injected wallet is to a page; its answers come from the test. */
  private static final String WALLET =
      """
      window.ethereum = {
        request: async (asked) => {
          const answer = JSON.parse(await window.walletAnswers(JSON.stringify(asked)));
          if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
          return answer.result;
        },
        on: () => {},
      };
      """;

  @TempDir static Path data;
  private final ObjectMapper json = new ObjectMapper();
  private final List<String> complaints = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Anvil anvil;
  private ChainClient client;
  private AddressBook book;
  private TestServer server;
  private RestServer rest;
  private Browser browser;
  private ChainAddress payee;
  private EpochService service;
  private String snapshot;

  /** Before the root became active. */
  private String waiting;

  // what the wallet does
  private long chainId;
  private String refusal = "";
  private String gas = "";
  private boolean knowsTheChain = true;
  private String added = "";

  @BeforeAll
  void start() throws Exception {
    browser = opened(chromium());
    anvil = opened(Anvil.start());
    payee = anvil.signer(PAYEE).address();
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    opened.add(threads::shutdownNow);
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
    book =
        Deployment.deploy(
            client,
            anvil.signer(0),
            DeploymentParameters.ready("development")
                .with("parameters.policy-hash", "0x" + Hash256.sha256("policy").hex())
                .with("rewards.updater", anvil.signer(0).address().value())
                .with("rewards.guardian", anvil.signer(1).address().value()));
    TestDatabase database = opened(TestDatabase.h2());
    server =
        opened(
            TestServer.start(
                database, data, new PlainAttribution(), new ScriptedServing(), Map.of()));
    rest = opened(new RestServer());
    answerAndPost(database, threads);
  }

  /** A contribution, an answer, an epoch, and its root on chain and active. */
  private void answerAndPost(TestDatabase database, ScheduledExecutorService threads) {
    server.createClauses();
    server
        .datanets()
        .contribute(
            CLAUSES,
            ContributionDraft.builder(TEXT)
                .title("by the user who claims")
                .licence("CC-BY-4.0")
                .contributors(
                    List.of(
                        ContributorShare.sole(
                            new ContributorId("contributor"), Optional.of(payee))))
                .build());
    server.model().complete(Prompt.text(TEXT));
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    Settlement settlement = ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
    Epochs epochs =
        new Epochs(
            store,
            settlement,
            Clock.systemUTC(),
            EpochSettings.each(Duration.ZERO),
            Runnable::run,
            data.resolve("published"));
    JdbcOutbox outbox =
        opened(
            new JdbcOutbox(
                store,
                client,
                anvil.signer(0),
                "node",
                OutboxSettings.usual(client.chainId()),
                threads,
                System::nanoTime));
    outbox.start();
    Deployed distributor = Deployed.of(book, ContractName.REWARD_DISTRIBUTOR);
    service =
        opened(
            new EpochService(
                new RootSettings(distributor, true, Duration.ofHours(1)),
                Optional.empty(),
                store,
                epochs,
                outbox,
                client,
                Clock.systemUTC(),
                threads));
    service.start();
    epochs.close();
    TestServer.await(
        "the root is posted",
        () ->
            book.contract(ContractName.REWARD_DISTRIBUTOR)
                    .read(client, Finality.UNSAFE, "latestRoot")
                    .number("sequence")
                == 1);
    waiting = anvil.snapshot();
    anvil.advance(Duration.ofMinutes(61));
    ClaimService claims =
        new ClaimService(
            new ClaimSettings(distributor, Wei.of(1), Optional.of(NODE)),
            store,
            epochs,
            outbox,
            client);
    Rollup rollup =
        with(
            Rollup.class,
            null,
            Map.of("claims", Optional.of(claims), "epochs", Optional.of(service)));
    rest.serve(
        with(OpenLedgerServer.class, server.server(), Map.of("rollup", Optional.of(rollup))));
    snapshot = anvil.snapshot();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }

  /** An object that answers some methods otherwise. */
  private static <T> T with(
      Class<T> type, @org.jspecify.annotations.Nullable T rest, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              Object answer = answers.get(called.getName());
              if (answer != null) {
                return answer;
              }
              try {
                return called.invoke(rest, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private Browser chromium() {
    Path executable = Path.of(System.getProperty("chromium.path", "/usr/bin/chromium"));
    if (!Files.isExecutable(executable)) {
      String reason =
          "no Chromium at " + executable + "; install it, or name it with -Dchromium.path";
      if (System.getenv("CI") != null) {
        Assertions.fail(reason);
      }
      Assumptions.abort(reason);
    }
    Playwright playwright =
        opened(
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))));
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(executable)
                .setArgs(
                    List.of("--no-sandbox", "--disable-gpu", "--disable-background-networking")));
  }

  @AfterAll
  void stop() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @BeforeEach
  void again() {
    anvil.revert(snapshot);
    snapshot = anvil.snapshot();
    chainId = client.chainId();
    refusal = "";
    gas = "";
    knowsTheChain = true;
    added = "";
    anvil.autoMine(true);
    complaints.clear();
  }

  private Page page(boolean wallet, ColorScheme scheme) {
    Page page =
        browser
            .newContext(
                new Browser.NewContextOptions()
                    .setColorScheme(scheme)
                    .setViewportSize(900, 900)
                    .setHttpCredentials("contributor", "contributor"))
            .newPage();
    page.setDefaultTimeout(20_000);
    page.onPageError(error -> complaints.add("error: " + error));
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")
              && !message.text().startsWith("Failed to load resource")) {
            complaints.add(message.text());
          }
        });
    if (wallet) {
      page.exposeFunction("walletAnswers", asked -> answer((String) asked[0]));
      page.addInitScript(WALLET);
    }
    return page;
  }

  private String address(String query) {
    return "http://127.0.0.1:" + rest.port() + "/openledger/claim/page.html" + query;
  }

  private Page shown(boolean wallet) {
    Page page = page(wallet, ColorScheme.LIGHT);
    page.navigate(address("?account=" + CLAIM));
    page.locator("#claim").waitFor();
    return page;
  }

  private String answer(String asked) {
    ObjectNode answer = json.createObjectNode();
    try {
      JsonNode call = json.readTree(asked);
      String method = call.get("method").asText();
      JsonNode params = call.get("params");
      switch (method) {
        case "eth_chainId" -> answer.put("result", "0x" + Long.toHexString(chainId));
        case "wallet_switchEthereumChain" -> {
          if (knowsTheChain) {
            chainId = Long.decode(params.get(0).get("chainId").asText());
            answer.putNull("result");
          } else {
            answer.putObject("error").put("code", 4902).put("message", "Unrecognized chain ID");
          }
        }
        case "wallet_addEthereumChain" -> {
          added = params.toString();
          knowsTheChain = refusal.isEmpty();
          if (knowsTheChain) {
            answer.putNull("result");
          } else {
            answer.putObject("error").put("code", 4001).put("message", refusal);
          }
        }
        default -> {
          boolean asks =
              method.equals("eth_sendTransaction") || method.equals("eth_requestAccounts");
          if (asks && !refusal.isEmpty()) {
            answer.putObject("error").put("code", 4001).put("message", refusal);
          } else if (method.equals("eth_requestAccounts")) {
            answer.putArray("result").add(payee.value());
          } else {
            if (method.equals("eth_sendTransaction") && !gas.isEmpty()) {
              ((ObjectNode) params.get(0)).put("gas", gas);
            }
            Object[] values = json.convertValue(params, Object[].class);
            answer.set("result", anvil.rpc(method, values));
          }
        }
      }
    } catch (Exception | AssertionError e) {
      answer.putObject("error").put("code", -32603).put("message", String.valueOf(e.getMessage()));
    }
    return answer.toString();
  }

  private Wei earned() {
    return server.ledger().account(AccountId.parse(CLAIM)).orElseThrow().earned();
  }

  private Wei claimed() {
    return book.contract(ContractName.REWARD_DISTRIBUTOR)
        .read(client, Finality.UNSAFE, "claimed", payee)
        .wei("0");
  }

  @Test
  void walletClaimsToTheWeiWhatThePageHasCheckedAgainstTheChain() throws Exception {
    Page page = shown(true);
    assertThat(page.locator("#earned"))
        .hasText(earned().toOpen().stripTrailingZeros().toPlainString());
    assertThat(page.locator("#pay")).isDisabled();
    page.click("#connect");
    assertThat(page.locator("#checked")).hasText("leads to the root on chain");
    assertThat(page.locator("#pay")).isEnabled();
    page.click("summary");
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target/claim-page.png")).setFullPage(true));
    assertThat(claimed()).isEqualTo(Wei.ZERO);
    page.click("#pay");
    assertThat(page.locator("#message")).hasText("Paid.");
    assertThat(claimed()).isEqualTo(earned());
    assertThat(page.locator("#claimable")).hasText("0");
    assertThat(page.locator("#pay")).isDisabled();
    assertThat(complaints).isEmpty();
    HttpResponse<String> nothing =
        rest.post("contributor", "api/ledger/claims", "{\"accounts\":[\"" + CLAIM + "\"]}");
    assertThat(nothing.body()).as("all is claimed").isEqualTo("{\"items\":[]}");
  }

  @Test
  void tellsWhatIsInTheWay() {
    Page without = shown(false);
    without.click("#connect");
    assertThat(without.locator("#error")).containsText("There is no wallet in this browser");

    chainId = 1;
    Page page = shown(true);
    page.click("#connect");
    assertThat(page.locator("#error")).containsText("on chain 1, and this is paid on chain");
    assertThat(page.locator("#pay")).isDisabled();
    page.click("#switch");
    assertThat(page.locator("#pay")).isEnabled();

    refusal = "User rejected the request.";
    page.click("#pay");
    assertThat(page.locator("#error")).containsText("You declined in the wallet");
    refusal = "";

    page.fill("#account", "contributor:nobody");
    page.click("#who button");
    assertThat(page.locator("#error")).containsText("no entries of account contributor:nobody");
    // nobody claims for one account what is shown of another
    assertThat(page.locator("#claim")).isHidden();
    assertThat(claimed()).isEqualTo(Wei.ZERO);
    assertThat(complaints).isEmpty();
  }

  @Test
  void walletThatDoesNotKnowTheChainIsAskedToAddIt() {
    long id = chainId;
    chainId = 1;
    knowsTheChain = false;
    Page page = shown(true);
    page.click("#connect");
    assertThat(page.locator("#error")).containsText("on chain 1");
    refusal = "User rejected the request.";
    page.click("#switch");
    assertThat(page.locator("#error")).containsText("You declined in the wallet");
    assertThat(page.locator("#pay")).isDisabled();
    refusal = "";
    page.click("#switch");
    assertThat(page.locator("#pay")).isEnabled();
    assertThat(added)
        .isEqualTo(
            "[{\"chainId\":\"0x"
                + Long.toHexString(id)
                + "\",\"chainName\":\"OpenLedger "
                + id
                + "\",\"nativeCurrency\":{\"name\":\"OPEN\",\"symbol\":\"OPEN\",\"decimals\":18},"
                + "\"rpcUrls\":[\""
                + NODE
                + "\"]}]");
    assertThat(page.locator("#switch")).isHidden();
    assertThat(complaints).isEmpty();
  }

  @Test
  void saysHowToAddAChainWhoseNodeTheServerDoesNotName() {
    chainId = 1;
    knowsTheChain = false;
    Page page = page(true, ColorScheme.LIGHT);
    page.route(
        "**/api/ledger/claims/**",
        route -> {
          String body = route.fetch().text();
          assertThat(body).contains(",\"walletUrl\":\"" + NODE + "\"");
          route.fulfill(
              new com.microsoft.playwright.Route.FulfillOptions()
                  .setContentType("application/json")
                  .setBody(body.replace(",\"walletUrl\":\"" + NODE + "\"", "")));
        });
    page.navigate(address("?account=" + CLAIM));
    page.locator("#claim").waitFor();
    page.click("#connect");
    assertThat(page.locator("#error")).containsText("on chain 1");
    page.click("#switch");
    assertThat(page.locator("#error"))
        .containsText(Pattern.compile("Add it in the wallet: chain \\d+, currency OPEN"));
    assertThat(added).isEmpty();
    assertThat(complaints).isEmpty();
  }

  private Page connected() {
    Page page = shown(true);
    page.click("#connect");
    assertThat(page.locator("#pay")).isEnabled();
    return page;
  }

  @Test
  void showsATransactionThatWaitsAndLetsNobodySendASecond() {
    Page page = connected();
    anvil.autoMine(false);
    page.click("#pay");
    assertThat(page.locator("#message"))
        .containsText(Pattern.compile("Sent as 0x[0-9a-f]{64}. Waiting until it is in a block"));
    assertThat(page.locator("#pay")).isDisabled();
    assertThat(page.locator("#connect")).isDisabled();
    assertThat(claimed()).isEqualTo(Wei.ZERO);
    anvil.mine(1);
    assertThat(page.locator("#message")).hasText("Paid.");
    assertThat(page.locator("#next")).hasText("All of it was claimed.");
    assertThat(claimed()).isEqualTo(earned());
    assertThat(complaints).isEmpty();
  }

  @Test
  void takesATransactionThatTheWalletReplacedForTheSame() throws Exception {
    Page page = connected();
    anvil.autoMine(false);
    page.click("#pay");
    assertThat(page.locator("#message")).containsText("Waiting until it is in a block");
    // as a wallet that speeds it up: the same call, under another hash
    JsonNode call = read("contributor", "api/ledger/claims/" + CLAIM).get("call");
    anvil.dropAll();
    anvil.rpc(
        "eth_sendTransaction",
        Map.of(
            "from", payee.value(),
            "to", call.get("to").asText(),
            "data", call.get("data").asText(),
            "gas", "0x40000"));
    anvil.mine(1);
    assertThat(page.locator("#message")).hasText("Paid.");
    assertThat(claimed()).isEqualTo(earned());
  }

  @Test
  void saysThatATransactionWasRevertedAndLetsTheClaimBeTriedAgain() {
    Page page = connected();
    // enough to begin, too little to be paid
    gas = "0x8000";
    page.click("#pay");
    assertThat(page.locator("#error"))
        .containsText(Pattern.compile("refused transaction 0x[0-9a-f]{64}; nothing was paid"));
    assertThat(claimed()).isEqualTo(Wei.ZERO);
    gas = "";
    page.click("#pay");
    assertThat(page.locator("#message")).hasText("Paid.");
    assertThat(claimed()).isEqualTo(earned());
  }

  @Test
  void refusedConnectionSendsNothingAndCanBeAskedForAgain() {
    Page page = shown(true);
    refusal = "User rejected the request.";
    page.click("#connect");
    assertThat(page.locator("#error")).containsText("You declined in the wallet");
    assertThat(page.locator("#pay")).isDisabled();
    refusal = "";
    page.click("#connect");
    assertThat(page.locator("#pay")).isEnabled();
  }

  @Test
  void walletStakesToTheWeiWhatItClaims() {
    Contract staking = book.contract(ContractName.STAKING);
    createConfiguration(staking);
    Page page = connected();
    page.fill("#configuration", "1");
    page.click("#stake");
    assertThat(page.locator("#message")).hasText("Staked.");
    assertThat(claimed()).isEqualTo(earned());
    assertThat(
            staking
                .read(client, Finality.UNSAFE, "stakeOf", BigInteger.ONE)
                .structure("0")
                .wei("principal"))
        .isEqualTo(earned());
    assertThat(complaints).isEmpty();
  }

  @Test
  void configurationThatThereIsNotIsRefusedBeforeAnythingIsPaid() {
    Page page = connected();
    page.fill("#configuration", "77");
    page.click("#stake");
    assertThat(page.locator("#error")).not().isEmpty();
    assertThat(claimed()).isEqualTo(Wei.ZERO);
    assertThat(page.locator("#pay")).isEnabled();
  }

  /** Governance makes it, which is the timelock; a bank pays its rewards. */
  private void createConfiguration(Contract staking) {
    ChainAddress timelock = book.address(ContractName.TIMELOCK_CONTROLLER);
    ChainAddress bank = anvil.signer(0).address();
    BigInteger most = BigInteger.TEN.pow(24);
    anvil.setBalance(timelock, Wei.parse("1000000000000000000"));
    anvil.rpc("anvil_impersonateAccount", timelock.value());
    send(
        timelock,
        staking,
        "0x0",
        staking.encode(
            "createConfiguration",
            bank,
            bank,
            List.of(
                BigInteger.valueOf(1000),
                BigInteger.ZERO,
                BigInteger.valueOf(86_400),
                BigInteger.ZERO,
                true,
                false,
                BigInteger.ONE,
                most,
                most)));
    send(
        bank,
        staking,
        "0xde0b6b3a7640000",
        staking.encode("fundRewards", BigInteger.ONE, BigInteger.TEN.pow(18)));
  }

  private void send(ChainAddress from, Contract to, String value, byte[] data) {
    String hash =
        anvil
            .rpc(
                "eth_sendTransaction",
                Map.of(
                    "from",
                    from.value(),
                    "to",
                    to.address().value(),
                    "value",
                    value,
                    "data",
                    "0x" + HexFormat.of().formatHex(data)))
            .asText();
    TestServer.await(
        "it is in a block", () -> client.receipt(Hash256.parse(hash.substring(2))).isPresent());
  }

  @Test
  void saysWhenARootBecomesActiveAndWhatTheGuardianHasDropped() {
    anvil.revert(waiting);
    waiting = anvil.snapshot();
    try {
      Page page = shown(true);
      assertThat(page.locator("#next"))
          .containsText(
              Pattern.compile("claimable in (1 h 0|[1-5]?[0-9]) min by the chain's clock"));
      assertThat(page.locator("#claimable")).hasText("0");
      page.click("#connect");
      assertThat(page.locator("#message")).containsText("No epoch with this account is active");
      assertThat(page.locator("#pay")).isDisabled();

      Contract distributor = book.contract(ContractName.REWARD_DISTRIBUTOR);
      Hash256 root =
          distributor.read(client, Finality.UNSAFE, "latestRoot").structure("posting").hash("root");
      send(
          anvil.signer(1).address(),
          distributor,
          "0x0",
          distributor.encode("challenge", BigInteger.ONE, root.toBytes(), new byte[32]));
      service.look();
      page.click("#show");
      assertThat(page.locator("#next"))
          .containsText("The guardian has dropped the root of epoch 1");
      assertThat(page.locator("#pay")).isDisabled();
      assertThat(complaints).isEmpty();
    } finally {
      // for the tests after this one, whose snapshot went with the blocks
      anvil.revert(waiting);
      waiting = anvil.snapshot();
      anvil.advance(Duration.ofMinutes(61));
      snapshot = anvil.snapshot();
    }
  }

  @Test
  void doesNotClaimAgainstARootThatTheChainDoesNotHave() {
    Page page = shown(true);
    page.route(
        "**/api/ledger/claims/**",
        route -> {
          String body = route.fetch().text();
          route.fulfill(
              new com.microsoft.playwright.Route.FulfillOptions()
                  .setContentType("application/json")
                  .setBody(body.replaceFirst("\"cumulative\":\"", "\"cumulative\":\"1")));
        });
    page.click("#who button");
    assertThat(page.locator("#message")).containsText("Connect the wallet");
    page.click("#connect");
    assertThat(page.locator("#error")).containsText("does not lead to the root");
    assertThat(page.locator("#pay")).isDisabled();
  }

  @Test
  void obeysAStrictPolicyAndIsAccessible() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = page(true, scheme);
      Response document = page.navigate(address("?account=" + CLAIM));
      assertThat(document.headerValue("content-security-policy"))
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      page.locator("#claim").waitFor();
      assertThat(new AxeBuilder(page).analyze().getViolations()).as("%s", scheme).isEmpty();
      page.click("#connect");
      assertThat(page.locator("#pay")).isEnabled();
      page.click("summary");
      assertThat(new AxeBuilder(page).analyze().getViolations()).as("%s", scheme).isEmpty();
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void restTellsWhatThePageShows() throws Exception {
    JsonNode claim = read("contributor", "api/ledger/claims/" + CLAIM);
    assertThat(claim.get("claimable").asText()).isEqualTo(earned().toString());
    assertThat(claim.get("proof").get("cumulative").asText()).isEqualTo(earned().toString());
    assertThat(claim.get("call").get("to").asText()).isEqualTo(claim.get("contract").asText());
    JsonNode staked = read("contributor", "api/ledger/claims/" + CLAIM + "?stake=0");
    assertThat(staked.get("call").get("data").asText())
        .isNotEqualTo(claim.get("call").get("data").asText());
    assertThat(rest.get("contributor", "api/ledger/claims/" + CLAIM + "?stake=-1").statusCode())
        .isEqualTo(400);
    assertThat(
            read("contributor", "api/ledger/epochs/postings")
                .get("items")
                .get(0)
                .get("key")
                .asText())
        .isEqualTo(Deployed.of(book, ContractName.REWARD_DISTRIBUTOR).name() + "/epoch/1/root");

    JsonNode epoch = read("contributor", "api/ledger/epochs").get("items").get(0);
    HttpResponse<InputStream> leaves =
        rest.open(rest.request("contributor", "api/ledger/epochs/1/leaves").GET());
    assertThat(leaves.statusCode()).isEqualTo(200);
    assertThat(Hash256.sha256(leaves.body().readAllBytes()).hex())
        .isEqualTo(epoch.get("dataDigest").asText());
    assertThat(leaves.headers().firstValue("ETag").orElseThrow())
        .contains(epoch.get("dataDigest").asText());
    assertThat(rest.get("contributor", "api/ledger/epochs/2/leaves").statusCode()).isEqualTo(404);
  }

  @Test
  void restRefusesWhoMayNot() throws Exception {
    assertThat(
            rest.post("user", "api/ledger/claims", "{\"accounts\":[\"" + CLAIM + "\"]}")
                .statusCode())
        .isEqualTo(403);
    assertThat(rest.post("contributor", "api/ledger/claims", "{\"accounts\":[]}").statusCode())
        .isEqualTo(400);
    assertThat(rest.post("contributor", "api/ledger/epochs/postings", "").statusCode())
        .isEqualTo(403);
    assertThat(rest.get("", "claim/page.html").statusCode()).isEqualTo(401);
    assertThat(rest.get("contributor", "claim/..%2Fclaim.js").statusCode()).isNotEqualTo(200);
    assertThat(rest.get("contributor", "claim/other.js").statusCode()).isEqualTo(404);
  }

  private JsonNode read(String user, String path) throws Exception {
    HttpResponse<String> response = rest.get(user, path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }
}
