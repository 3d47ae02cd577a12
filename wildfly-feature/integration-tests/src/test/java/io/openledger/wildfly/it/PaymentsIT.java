package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.ChannelTransactions;
import io.openledger.chain.connector.payments.PayingClient;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.payments.SpendingLimits;
import io.openledger.chain.connector.payments.VoucherWallet;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.support.ServerChain;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Paying call by call on a real server, attached to a real node: who has no account is told the
 * price, pays for an answer and for a stream, closes the channel, and the server settles it.
 */
class PaymentsIT {

  private static final int OFFSET = 2200;
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final URI COMPLETIONS =
      URI.create("http://127.0.0.1:" + (8080 + OFFSET) + "/openledger/pay/v1/completions");
  private static final Wei PRICE = Wei.parse("1000000000000000");
  private static final Wei DEPOSIT = Wei.parse("10000000000000000");
  private static final Wei GAS_CEILING = Wei.of(100_000_000_000L);
  private static final String BODY = "{\"prompt\":\"Duty of care:\",\"max_tokens\":8}";

  @TempDir Path folder;

  @Test
  void whoHasNoAccountPaysForAnAnswerAndTheServerSettlesIt() throws Exception {
    try (ServerChain chain = ServerChain.start(folder);
        OwnServer server = prepare(chain)) {
      server.start();
      Rest desk = server.as("payments-desk");
      server.command(
          "/subsystem=elytron/credential-store=signing:add-alias(alias=poster,secret-value="
              + chain.key()
              + ")");
      await(
          () -> desk.management("/health/ready").body(),
          told -> told.contains("\"rollup\":\"UP: read to block") && !told.contains("DOWN"));

      Rest.Reply offer = server.as("").post("/openledger/pay/v1/completions", json(BODY));
      assertThat(offer.status()).as(offer.body()).isEqualTo(402);
      assertThat(offer.json().getAsJsonArray("accepts").get(0).getAsJsonObject())
          .matches(o -> o.get("amount").getAsString().equals(PRICE.toString()))
          .matches(
              o -> o.get("network").getAsString().equals("eip155:" + chain.client().chainId()));
      assertThat(server.as("").post("/openledger/v1/completions", json(BODY)).status())
          .isEqualTo(401);

      LocalSigner payer = chain.anvil().signer(3);
      ChannelDomain domain =
          ChannelDomain.of(
              chain.client().chainId(), chain.book().address(ContractName.PAYMENT_CHANNEL));
      try (VoucherWallet wallet =
          VoucherWallet.open(
              folder.resolve("wallet"),
              domain,
              chain.anvil().signer(1).address(),
              0,
              payer,
              new SpendingLimits(PRICE, DEPOSIT),
              Clock.systemUTC())) {
        ChannelTransactions channel =
            new ChannelTransactions(wallet, chain.client(), payer, GAS_CEILING);
        channel.deposit(DEPOSIT);
        await(
            () -> {
              chain.anvil().mine(12);
              return channel.proceed(Finality.FINALIZED);
            },
            through -> through);
        PayingClient client =
            new PayingClient(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                wallet,
                Duration.ofSeconds(60));
        PayingClient.Paid whole = client.post(COMPLETIONS, BODY);
        assertThat(whole.response().statusCode()).as(whole.response().body()).isEqualTo(200);
        assertThat(whole.charged()).contains(PRICE);
        PayingClient.Paid stream = client.post(COMPLETIONS, BODY.replace("}", ",\"stream\":true}"));
        assertThat(stream.response().body()).endsWith("data: [DONE]\n\n");
        assertThat(stream.charged()).contains(PRICE);

        channel.requestClose();
        PaymentChannelContract contract = new PaymentChannelContract(chain.client(), domain);
        Wei both = PRICE.plus(PRICE);
        await(
            () -> contract.state(wallet.channel().id(), Finality.UNSAFE).settled(),
            settled -> settled.equals(both));
        assertThatThrownBy(() -> client.post(COMPLETIONS, BODY))
            .isInstanceOf(OpenLedgerException.class)
            .hasMessageContaining("closing_channel");
      }
    }
  }

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static OwnServer prepare(ServerChain chain) throws Exception {
    List<String> settings = new ArrayList<>(OwnServer.sampleModel());
    settings.addAll(chain.settings());
    settings.add("openledger.chain.key=credential_store");
    settings.add("openledger.chain.key.store=signing");
    settings.add("openledger.chain.key.alias=poster");
    settings.add("openledger.payments.anonymous=true");
    OwnServer server = OwnServer.prepare("payments", OFFSET, OwnServer.defaultJavaHome(), settings);
    server.configure(
        "/subsystem=elytron/credential-store=signing:add(path=signing.cs,"
            + "relative-to=jboss.server.data.dir,create=true,"
            + "credential-reference={clear-text=only-for-this-test})",
        "/subsystem=openledger:write-attribute(name=credential-store,value=signing)");
    server.addUser("payments-desk", "openledger-admin");
    return server;
  }

  private static <T> T await(Callable<T> what, Predicate<T> wanted) throws Exception {
    Instant begin = Instant.now();
    while (true) {
      Object last;
      try {
        T now = what.call();
        if (wanted.test(now)) {
          return now;
        }
        last = now;
      } catch (java.io.IOException e) {
        last = e;
      }
      if (Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
        throw new AssertionError("in vain for " + LIMIT + ": " + last);
      }
      Thread.sleep(100);
    }
  }
}
