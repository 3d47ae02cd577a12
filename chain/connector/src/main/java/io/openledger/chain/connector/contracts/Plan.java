package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.IntrinsicGas;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The transactions of a deployment, in their order. What one needs of those before it are their
 * addresses, which are known when they are done.
 *
 * <p>The timelock begins with the deployer as administrator, who gives the governor its roles and
 * then renounces: until then the deployer could grant itself everything, so that is the last step,
 * and an address book is written only after it.
 */
final class Plan {

  /** The zero address: anyone as an executor, the native coin as an asset. */
  static final ChainAddress NOBODY = ChainAddress.ZERO;

  /** The role of administrators, who grant and take all others. */
  static final byte[] ADMIN = new byte[32];

  private static final long BYTE_OF_CODE = 200; // Yellow Paper, appendix G: G_codedeposit
  private static final long NEW_SLOT = 22_100; // EIP-2929: a cold slot from zero
  private static final long CONSTRUCTOR = 12_000; // arguments, checks, events, copying the code
  private static final long GRANT = 52_000; // measured
  private static final long RENOUNCE = 26_000; // likewise

  private final List<Step> steps = new ArrayList<>();
  private final DeploymentParameters parameters;

  private Plan(DeploymentParameters parameters) {
    this.parameters = parameters;
  }

  /**
   * Where contracts are, as far as they are.
   *
   * @param deployer who sends the transactions
   */
  record Placed(ChainAddress deployer, Map<ContractName, ChainAddress> addresses) {
    ChainAddress of(ContractName name) {
      ChainAddress address = addresses.get(name);
      if (address == null) {
        throw new IllegalStateException(name + " is deployed later");
      }
      return address;
    }
  }

  /** A transaction. */
  sealed interface Step {
    /** As it is printed and journalled. */
    String name();

    /** Gas that it will use, some per cent too much, known without asking a node. */
    long foreseenGas();
  }

  /**
   * Makes a contract.
   *
   * @param artifact of which code
   * @param slots that its constructor writes
   * @param arguments of the constructor, encoded
   */
  record Create(Artifact artifact, int slots, Function<Placed, byte[]> arguments) implements Step {
    @Override
    public String name() {
      return artifact.name().contract();
    }

    byte[] code(Placed placed) {
      byte[] encoded = arguments.apply(placed);
      byte[] code =
          java.util.Arrays.copyOf(artifact.bytecode(), artifact.bytecode().length + encoded.length);
      System.arraycopy(encoded, 0, code, artifact.bytecode().length, encoded.length);
      return code;
    }

    @Override
    public long foreseenGas() {
      return IntrinsicGas.of(artifact.bytecode(), true)
          + BYTE_OF_CODE * artifact.deployedBytes()
          + NEW_SLOT * slots
          + CONSTRUCTOR;
    }
  }

  /**
   * Calls a contract that an earlier step made.
   *
   * @param data calldata
   * @param question calldata whose answer tells whether it is done: a {@code bool}
   * @param done the answer then
   */
  record Invoke(
      String name,
      ContractName contract,
      long foreseenGas,
      Function<Placed, byte[]> data,
      Function<Placed, byte[]> question,
      boolean done)
      implements Step {}

  /** OPEN on L1. */
  static Plan l1(DeploymentParameters parameters) {
    Plan plan = new Plan(parameters);
    ChainAddress recipient = parameters.address(Parameter.OPEN_RECIPIENT);
    plan.create(ContractName.OPEN_TOKEN, 2, "address", placed -> new Object[] {recipient});
    return plan;
  }

  /** Everything on the rollup. */
  static Plan rollup(DeploymentParameters p) {
    Plan plan = new Plan(p);
    // read here, so that what is missing is missed before the first transaction
    BigInteger timelockDelay = p.seconds(Parameter.TIMELOCK_DELAY);
    List<Object> beginning = plan.beginning();
    ChainAddress updater = p.address(Parameter.UPDATER);
    ChainAddress guardian = p.address(Parameter.GUARDIAN);
    BigInteger activationDelay = p.seconds(Parameter.ACTIVATION_DELAY);
    BigInteger minimumClaim = p.amount(Parameter.MINIMUM_CLAIM);
    BigInteger disputeWindow = p.seconds(Parameter.DISPUTE_WINDOW);
    ChainAddress asset = p.asset();
    plan.create(ContractName.WOPEN, 2, "", placed -> new Object[0]);
    plan.create(ContractName.GOPEN, 2, "", placed -> new Object[0]);
    plan.create(
        ContractName.TIMELOCK_CONTROLLER,
        3,
        "uint256,address[],address[],address",
        placed -> new Object[] {timelockDelay, List.of(), List.of(), placed.deployer()});
    plan.governor();
    plan.create(
        ContractName.PARAMETER_STORE,
        21,
        "address,(uint48,uint48,(uint208,uint208,uint208),(uint208,uint208,uint208),uint16[6],"
            + "uint32,bytes32)",
        placed -> new Object[] {placed.of(ContractName.TIMELOCK_CONTROLLER), beginning});
    plan.create(ContractName.DATANET_REGISTRY, 0, "", placed -> new Object[0]);
    plan.create(ContractName.MODEL_REGISTRY, 0, "", placed -> new Object[0]);
    plan.create(ContractName.ATTRIBUTION_ANCHOR, 0, "", placed -> new Object[0]);
    plan.create(
        ContractName.STAKING,
        1,
        "address,address",
        placed -> new Object[] {placed.of(ContractName.TIMELOCK_CONTROLLER), asset});
    plan.create(
        ContractName.REWARD_DISTRIBUTOR,
        4,
        "address,address,address,uint48,address,address,uint256",
        placed ->
            new Object[] {
              placed.of(ContractName.TIMELOCK_CONTROLLER),
              updater,
              guardian,
              activationDelay,
              asset,
              placed.of(ContractName.STAKING),
              minimumClaim
            });
    plan.create(
        ContractName.PAYMENT_CHANNEL,
        0,
        "address,uint48",
        placed -> new Object[] {asset, disputeWindow});
    plan.airdrop();
    plan.grant("PROPOSER_ROLE", placed -> plan.governorOf(placed));
    plan.grant("CANCELLER_ROLE", placed -> plan.governorOf(placed));
    plan.grant("EXECUTOR_ROLE", placed -> NOBODY);
    plan.renounce();
    return plan;
  }

  private void governor() {
    ContractName which = governorName();
    boolean configured = which == ContractName.CONFIGURED_GOVERNOR;
    create(
        which,
        11,
        configured
            ? "address,address,(uint48,uint32,uint256,uint256,uint256,uint48)"
            : "address,address",
        placed -> {
          ChainAddress votes = placed.of(ContractName.GOPEN);
          ChainAddress timelock = placed.of(ContractName.TIMELOCK_CONTROLLER);
          return configured
              ? new Object[] {votes, timelock, configuration(parameters)}
              : new Object[] {votes, timelock};
        });
  }

  private ContractName governorName() {
    // the constructor of OpenLedgerGovernor has these built in
    boolean builtIn =
        configuration(parameters).equals(configuration(DeploymentParameters.of(Map.of())));
    return builtIn ? ContractName.OPEN_LEDGER_GOVERNOR : ContractName.CONFIGURED_GOVERNOR;
  }

  private ChainAddress governorOf(Placed placed) {
    return placed.of(governorName());
  }

  private static List<Object> configuration(DeploymentParameters p) {
    return List.of(
        p.seconds(Parameter.VOTING_DELAY),
        p.seconds(Parameter.VOTING_PERIOD),
        p.amount(Parameter.PROPOSAL_THRESHOLD),
        p.number(Parameter.QUORUM_PERCENT),
        p.amount(Parameter.QUORUM_FLOOR),
        p.seconds(Parameter.LATE_QUORUM_EXTENSION));
  }

  private List<Object> beginning() {
    DeploymentParameters p = parameters;
    return List.of(
        p.seconds(Parameter.CHANGE_DELAY),
        p.seconds(Parameter.COOLDOWN),
        List.of(
            p.seconds(Parameter.EPOCH_LENGTH_LEAST),
            p.seconds(Parameter.EPOCH_LENGTH_MOST),
            p.seconds(Parameter.EPOCH_LENGTH)),
        List.of(
            p.seconds(Parameter.ACTIVATION_DELAY_LEAST),
            p.seconds(Parameter.ACTIVATION_DELAY_MOST),
            p.seconds(Parameter.ACTIVATION_DELAY)),
        p.split(),
        p.number(Parameter.POLICY_VERSION),
        p.hash(Parameter.POLICY_HASH).toBytes());
  }

  private void airdrop() {
    DeploymentParameters p = parameters;
    if (!p.hasAirdrop()) {
      return;
    }
    BigInteger configuration = p.number(Parameter.AIRDROP_CONFIGURATION);
    byte[] root = p.hash(Parameter.AIRDROP_ROOT).toBytes();
    BigInteger total = p.amount(Parameter.AIRDROP_TOTAL);
    BigInteger deadline = p.instant(Parameter.AIRDROP_DEADLINE);
    ChainAddress asset = p.asset();
    BigInteger boost = p.number(Parameter.AIRDROP_BOOST);
    create(
        ContractName.CLAIM_OR_STAKE_AIRDROP,
        1,
        "address,(bytes32,uint128,uint48,address,address,uint256,uint256)",
        placed ->
            new Object[] {
              placed.of(ContractName.TIMELOCK_CONTROLLER),
              List.of(
                  root,
                  total,
                  deadline,
                  asset,
                  configuration.signum() > 0 ? placed.of(ContractName.STAKING) : NOBODY,
                  configuration,
                  boost)
            });
  }

  private void create(
      ContractName name, int slots, String types, Function<Placed, Object[]> arguments) {
    AbiSignature constructor = AbiSignature.parse("constructor(" + types + ")");
    steps.add(
        new Create(
            Artifact.load(name),
            slots,
            placed -> constructor.encodeArguments(arguments.apply(placed))));
  }

  private void grant(String role, Function<Placed, ChainAddress> account) {
    AbiSignature grant = AbiSignature.parse("grantRole(bytes32,address)");
    steps.add(
        new Invoke(
            "grant " + role,
            ContractName.TIMELOCK_CONTROLLER,
            GRANT,
            placed -> grant.encodeCall(role(role), account.apply(placed)),
            placed -> hasRole(role(role), account.apply(placed)),
            true));
  }

  private void renounce() {
    AbiSignature renounce = AbiSignature.parse("renounceRole(bytes32,address)");
    steps.add(
        new Invoke(
            "renounce DEFAULT_ADMIN_ROLE",
            ContractName.TIMELOCK_CONTROLLER,
            RENOUNCE,
            placed -> renounce.encodeCall(ADMIN, placed.deployer()),
            placed -> hasRole(ADMIN, placed.deployer()),
            false));
  }

  private static byte[] hasRole(byte[] role, ChainAddress account) {
    return AbiSignature.parse("hasRole(bytes32,address)").encodeCall(role, account);
  }

  /** The number of a role. */
  static byte[] role(String name) {
    return Keccak256.hash(name.getBytes(StandardCharsets.US_ASCII));
  }

  /** The transactions in their order. */
  List<Step> steps() {
    return List.copyOf(steps);
  }

  DeploymentParameters parameters() {
    return parameters;
  }

  /** SHA-256 over steps, parameters and code: whether a journal is of this plan. */
  Hash256 digest() {
    StringBuilder text = new StringBuilder("openledger-deployment-1\n");
    parameters.values().forEach((key, value) -> text.append(key + "=" + value + "\n"));
    for (Step step : steps) {
      text.append(step.name());
      if (step instanceof Create create) {
        text.append(' ').append(Hash256.of(Keccak256.hash(create.artifact().bytecode())));
      }
      text.append('\n');
    }
    return Hash256.sha256(text.toString());
  }
}
