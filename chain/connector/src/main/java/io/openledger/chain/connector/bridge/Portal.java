package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * OptimismPortal on L1, of whichever release: what it is, is asked of it.
 *
 * <p>Releases until 2 have an L2OutputOracle, those from 3 on a DisputeGameFactory. Releases from
 * 2.8 to 4 may have a custom gas token that the portal keeps, those from 5 on one that is minted on
 * the rollup.
 */
final class Portal {

  /** How custom gas token contracts say "ether". */
  private static final ChainAddress ETHER =
      new ChainAddress("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

  private static final BigInteger DECIMALS = BigInteger.valueOf(18);

  private static final View GAME_FACTORY = new View("disputeGameFactory()", "(address)");
  private static final View ORACLE = new View("l2Oracle()", "(address)");
  private static final View OLD_ORACLE = new View("L2_ORACLE()", "(address)");
  private static final View SYSTEM_CONFIG = new View("systemConfig()", "(address)");
  private static final View FEATURE = new View("isFeatureEnabled(bytes32)", "(bool)");
  private static final View IS_CUSTOM = new View("isCustomGasToken()", "(bool)");
  private static final View GAS_TOKEN = new View("gasPayingToken()", "(address,uint8)");
  private static final View PAUSED = new View("paused()", "(bool)");
  private static final View LEAST_GAS = new View("minimumGasLimit(uint64)", "(uint64)");
  private static final byte[] CUSTOM_GAS_TOKEN =
      Arrays.copyOf("CUSTOM_GAS_TOKEN".getBytes(StandardCharsets.US_ASCII), 32);

  private final ChainClient l1;
  private final ChainClient rollup;
  private final BridgeAddresses addresses;

  Portal(ChainClient l1, ChainClient rollup, BridgeAddresses addresses) {
    this.l1 = l1;
    this.rollup = rollup;
    this.addresses = addresses;
  }

  ChainClient l1() {
    return l1;
  }

  ChainClient rollup() {
    return rollup;
  }

  ChainAddress address() {
    return addresses.portal();
  }

  BridgeAddresses addresses() {
    return addresses;
  }

  boolean paused() {
    return PAUSED.maybeOne(l1, address()).map(Boolean.class::cast).orElse(false);
  }

  /** Least gas on the rollup that a deposit with so many bytes of calldata must buy. */
  long leastGas(int bytes) {
    return LEAST_GAS
        .maybeOne(l1, address(), BigInteger.valueOf(bytes))
        .map(gas -> ((BigInteger) gas).longValueExact())
        .orElse(21_000L + 40L * bytes);
  }

  /** Where this portal's rollup is proposed. */
  Proposals proposals() {
    Optional<ChainAddress> games = address(GAME_FACTORY);
    if (games.isPresent()) {
      return new DisputeGames(l1, address(), games.get());
    }
    return address(ORACLE)
        .or(() -> address(OLD_ORACLE))
        .<Proposals>map(oracle -> new OutputOracle(l1, address(), oracle))
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAIN_REFUSED,
                    "contract " + address() + " on L1 has neither dispute games nor an oracle",
                    "OptimismPortal of releases 1 to 5",
                    "check the portal's address and that L1's endpoints are those of L1"));
  }

  private Optional<ChainAddress> address(View view) {
    return view.maybeOne(l1, address()).map(ChainAddress.class::cast);
  }

  /**
   * The same as {@link #gasToken}.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it is another one than is configured
   */
  GasToken expectedGasToken() {
    GasToken token = gasToken();
    Optional<ChainAddress> expected = addresses.gasToken();
    if (expected.isPresent() && !token.equals(new GasToken.PortalToken(expected.get()))) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "the configured gas token is " + expected.get() + ", and the portal's is " + token,
          "the same token in both places",
          "check the bridge's addresses; nothing was sent");
    }
    return token;
  }

  /** What the rollup's native coin is, as the portal, its configuration and the rollup say it. */
  GasToken gasToken() {
    Optional<ChainAddress> config = address(SYSTEM_CONFIG);
    if (config.isEmpty()) {
      // releases 1 and some of 2: before there were custom gas tokens
      return rollupSaysCustom()
          ? new GasToken.Unknown(
              "the rollup has a custom gas token that its portal knows nothing of")
          : new GasToken.Ether();
    }
    boolean minted =
        yes(FEATURE.maybeOne(l1, config.get(), (Object) CUSTOM_GAS_TOKEN))
            || yes(IS_CUSTOM.maybeOne(l1, address()));
    if (minted) {
      return new GasToken.Minted();
    }
    Optional<List<Object>> token = GAS_TOKEN.maybe(l1, config.get());
    if (token.isPresent() && !token.get().get(0).equals(ETHER)) {
      return token.get().get(1).equals(DECIMALS)
          ? new GasToken.PortalToken((ChainAddress) token.get().get(0))
          : new GasToken.Unknown("the gas token has " + token.get().get(1) + " decimals, not 18");
    }
    return rollupSaysCustom()
        ? new GasToken.Unknown(
            "the rollup says that its gas token is custom, and L1 that it is not")
        : new GasToken.Ether();
  }

  private boolean rollupSaysCustom() {
    return yes(IS_CUSTOM.maybeOne(rollup, BridgeAddresses.L1_BLOCK));
  }

  private static boolean yes(Optional<Object> answer) {
    return answer.filter(Boolean.TRUE::equals).isPresent();
  }
}
