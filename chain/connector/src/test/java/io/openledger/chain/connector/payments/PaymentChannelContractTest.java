package io.openledger.chain.connector.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.PaymentChannels;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Signature;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connector's side of a channel and a wallet, against a real node and the contract. */
class PaymentChannelContractTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final Wei COIN = Wei.of(1_000_000_000_000_000_000L);
  private static final SpendingLimits LIMITS = new SpendingLimits(COIN, COIN);

  private static Anvil anvil;
  private static ChainClient chain;
  private static ChannelDomain domain;
  private static PaymentChannelContract contract;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    chain =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    domain = ChannelDomain.of(1612, PaymentChannels.deploy(chain, anvil.signer(0)));
    contract = new PaymentChannelContract(chain, domain);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  private static ChainAddress payee() {
    return anvil.signer(1).address();
  }

  private VoucherWallet wallet(long number, LocalSigner payer) {
    return VoucherWallet.open(
        folder.resolve("wallet-" + number),
        domain,
        payee(),
        number,
        payer,
        LIMITS,
        Clock.systemUTC());
  }

  private static byte[] ask(String question, Object... arguments) {
    return chain.call(
        Call.to(domain.contract(), AbiSignature.parse(question).encodeCall(arguments)),
        Finality.UNSAFE);
  }

  @Test
  void refusesEndpointsOfAnotherChain() {
    assertThatThrownBy(
            () -> new PaymentChannelContract(chain, ChannelDomain.of(1, domain.contract())))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
  }

  @Test
  void theContractHasTheSameNamesAndHashes() {
    Random random = new Random(20261126);
    for (int i = 0; i < 5; i++) {
      byte[] salt = new byte[32];
      random.nextBytes(salt);
      Channel channel = new Channel(anvil.signer(i).address(), payee(), Hash256.of(salt));
      assertThat(ask("idOf(address,address,bytes32)", channel.payer(), channel.payee(), salt))
          .isEqualTo(channel.id().toBytes());
      Voucher voucher =
          new Voucher(channel.id(), new Wei(new java.math.BigInteger(95, random).setBit(0)));
      assertThat(
              ask(
                  "voucherDigest(bytes32,uint256)",
                  channel.id().toBytes(),
                  voucher.cumulative().value()))
          .isEqualTo(voucher.in(domain).digest().toBytes());
    }
    assertThat(contract.asset()).isEmpty();
    assertThat(contract.disputeWindow()).isEqualTo(Duration.ofHours(1));
    assertThat(contract.state(Hash256.ZERO, Finality.UNSAFE)).isEqualTo(ChannelState.NONE);
  }

  @Test
  void theNodesOwnEip712SignsTheSame() throws Exception {
    LocalSigner payer = anvil.signer(2);
    Channel channel = new Channel(payer.address(), payee(), Hash256.sha256("salt"));
    Voucher voucher = new Voucher(channel.id(), Wei.of(77));
    PaidCall call =
        new PaidCall(channel.id(), Wei.of(77), Hash256.sha256("request"), Hash256.sha256("quote"));
    assertThat(signed(payer, "Voucher", "cumulative:uint256", voucher.channel(), ""))
        .isEqualTo(payer.sign(voucher.in(domain)));
    assertThat(
            signed(
                payer,
                "PaidCall",
                "cumulative:uint256 request:bytes32 quote:bytes32",
                channel.id(),
                ",\"request\":\"0x"
                    + call.request().hex()
                    + "\",\"quote\":\"0x"
                    + call.quote().hex()
                    + "\""))
        .isEqualTo(payer.sign(call.in(domain)));
  }

  private static Signature signed(
      LocalSigner payer, String type, String fields, Hash256 channel, String more)
      throws Exception {
    StringBuilder members = new StringBuilder("{\"name\":\"channel\",\"type\":\"bytes32\"}");
    for (String field : fields.split(" ")) {
      String[] parts = field.split(":");
      members.append(",{\"name\":\"" + parts[0] + "\",\"type\":\"" + parts[1] + "\"}");
    }
    String typed =
        "{\"types\":{\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"},"
            + "{\"name\":\"version\",\"type\":\"string\"},{\"name\":\"chainId\",\"type\":"
            + "\"uint256\"},{\"name\":\"verifyingContract\",\"type\":\"address\"}],\""
            + type
            + "\":["
            + members
            + "]},\"primaryType\":\""
            + type
            + "\",\"domain\":{\"name\":\"OpenLedger PaymentChannel\",\"version\":\"1\","
            + "\"chainId\":1612,\"verifyingContract\":\""
            + domain.contract()
            + "\"},\"message\":{\"channel\":\"0x"
            + channel.hex()
            + "\",\"cumulative\":\"77\""
            + more
            + "}}";
    String hex =
        anvil
            .rpc(
                "eth_signTypedData_v4",
                payer.address().value(),
                new ObjectMapper().readValue(typed, Object.class))
            .asText();
    return Signature.parse(HexFormat.of().parseHex(hex.substring(2)));
  }

  @Test
  void aThousandCallsAreSettledByOneTransaction() {
    LocalSigner payer = anvil.signer(3);
    try (VoucherWallet wallet = wallet(0, payer)) {
      ChannelTransactions transactions =
          new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING);
      transactions.deposit(COIN);
      assertThat(transactions.proceed(Finality.UNSAFE)).isTrue();
      Wei price = Wei.of(1_000_000_000_000L);
      long[] gas = new long[2];
      for (int round = 0; round < 2; round++) {
        VoucherWallet.Issued last = null;
        for (int i = 0; i < (round == 0 ? 1000 : 10); i++) {
          last = wallet.pay(Hash256.sha256("r" + i), "q" + i, price);
          Wei charged = last.voucher().voucher().cumulative();
          wallet.answered(last, price, new PayeeView(charged, Wei.ZERO, charged, Optional.empty()));
        }
        TransactionReceipt receipt =
            PaymentChannels.send(
                chain,
                // who sends it is warm in it: as payee 2 500 gas less than as anybody else
                anvil.signer(1),
                Optional.of(domain.contract()),
                Wei.ZERO,
                PaymentChannelContract.settle(wallet.channel(), last.voucher()));
        gas[round] = receipt.gasUsed();
      }
      ChannelState state = contract.state(wallet.channel().id(), Finality.UNSAFE);
      assertThat(state.settled()).isEqualTo(Wei.of(1_010_000_000_000_000L));
      assertThat(state.settled()).isEqualTo(wallet.balance().charged());
      System.Logger log = System.getLogger("gas");
      log.log(
          System.Logger.Level.INFO, "settling 1 000 calls: {0} gas, 10 more: {1}", gas[0], gas[1]);
      assertThat(gas[1]).isLessThanOrEqualTo(45_000L);
    }
  }

  @Test
  void aDepositIsMadeOnceWhateverCrashesAndComesBackAfterAReorganisation() {
    LocalSigner payer = anvil.signer(5);
    Hash256 id;
    try (VoucherWallet wallet = wallet(1, payer)) {
      id = wallet.channel().id();
      anvil.autoMine(false);
      new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING)
          .deposit(Wei.of(1_000_000));
      // the process dies here, and the node forgets what waits
      anvil.dropAll();
    }
    try (VoucherWallet wallet = wallet(1, payer)) {
      ChannelTransactions again =
          new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING);
      assertThatThrownBy(() -> again.deposit(Wei.of(5)))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
      assertThat(again.proceed(Finality.FINALIZED)).isFalse(); // the same bytes are sent again
      anvil.mine(1);
      assertThat(again.proceed(Finality.FINALIZED)).isFalse(); // in a block, which is not final
      assertThat(contract.state(id, Finality.UNSAFE).deposit()).isEqualTo(Wei.of(1_000_000));
      assertThat(contract.state(id, Finality.FINALIZED)).isEqualTo(ChannelState.NONE);
      anvil.rollback(1);
      assertThat(contract.state(id, Finality.UNSAFE)).isEqualTo(ChannelState.NONE);
      assertThat(again.proceed(Finality.FINALIZED)).isFalse();
      anvil.mine(12);
      assertThat(again.proceed(Finality.FINALIZED)).isTrue();
      assertThat(wallet.balance().deposit()).isEqualTo(Wei.of(1_000_000));
    } finally {
      anvil.autoMine(true);
    }
  }

  @Test
  void givesUpATransactionWhoseNonceAnotherOneHasUsed() {
    LocalSigner payer = anvil.signer(6);
    try (VoucherWallet wallet = wallet(2, payer)) {
      anvil.autoMine(false);
      ChannelTransactions transactions =
          new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING);
      transactions.deposit(Wei.of(1_000_000));
      anvil.dropAll();
      chain.broadcast(
          PaymentChannels.sign(chain, payer, Optional.of(payee()), Wei.of(1), new byte[0]));
      anvil.mine(12);
      assertThatThrownBy(() -> transactions.proceed(Finality.FINALIZED))
          .hasMessageContaining("whose nonce another one has used");
      assertThat(transactions.proceed(Finality.FINALIZED)).isTrue();
      assertThat(wallet.balance().deposit()).isEqualTo(Wei.ZERO);
    } finally {
      anvil.autoMine(true);
    }
  }

  @Test
  void thePayerTakesTheRestAfterTheWindow() {
    LocalSigner payer = anvil.signer(7);
    try (VoucherWallet wallet = wallet(3, payer)) {
      ChannelTransactions transactions =
          new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING);
      transactions.deposit(COIN);
      transactions.proceed(Finality.UNSAFE);
      transactions.requestClose();
      assertThat(transactions.proceed(Finality.UNSAFE)).isTrue();
      ChannelState closing = contract.state(wallet.channel().id(), Finality.UNSAFE);
      assertThat(closing.closesAt()).contains(anvil.now().plusSeconds(3600));
      assertThat(closing.open()).isFalse();
      // what is no longer good is no longer signed for
      assertThat(wallet.balance().deposit()).isEqualTo(Wei.ZERO);
      assertThatThrownBy(() -> wallet.pay(Hash256.ZERO, "q", Wei.of(1)))
          .isInstanceOf(OpenLedgerException.class);
      anvil.advance(Duration.ofSeconds(3601));
      transactions.finish();
      transactions.proceed(Finality.UNSAFE);
      assertThat(contract.state(wallet.channel().id(), Finality.UNSAFE).finished()).isTrue();
    }
  }

  @Test
  void verifiesAndSignsManyTimesASecond() {
    LocalSigner payer = anvil.signer(8);
    Channel channel = new Channel(payer.address(), payee(), Hash256.ZERO);
    List<Voucher.Signed> vouchers = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      vouchers.add(new Voucher(channel.id(), Wei.of(i)).sign(domain, payer));
    }
    long begun = System.nanoTime();
    assertThat(vouchers).allMatch(v -> v.by(channel, domain));
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.getLogger("speed")
        .log(System.Logger.Level.INFO, "{0} vouchers verified a second", 300 / seconds);
  }
}
