package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What the constructors of our own contracts wrote into their code. A code's hash says nothing of
 * these words, and somebody who makes the code without the constructor can write any: a token whose
 * signatures hold on every chain, a distributor that pays another asset. So the words in the code
 * have to be those that the contract's own functions answer, which are compared with the address
 * book elsewhere, and those of its domain (EIP-712), no more and no less.
 */
final class Immutables {

  private static final int WORD = 32;

  private final ChainClient client;
  private final long chainId;

  Immutables(ChainClient client, long chainId) {
    this.client = client;
    this.chainId = chainId;
  }

  /** Functions that answer with an immutable. */
  private static List<String> functions(ContractName name) {
    return switch (name) {
      case OPEN_LEDGER_GOVERNOR, CONFIGURED_GOVERNOR -> List.of("token");
      case PARAMETER_STORE -> List.of("changeDelay", "cooldown");
      case STAKING -> List.of("asset");
      case REWARD_DISTRIBUTOR -> List.of("asset", "staking", "minimumClaim");
      case PAYMENT_CHANNEL -> List.of("asset", "disputeWindow");
      case CLAIM_OR_STAKE_AIRDROP ->
          List.of("asset", "root", "total", "deadline", "staking", "configuration", "boost");
      case OPEN_TOKEN,
          WOPEN,
          GOPEN,
          TIMELOCK_CONTROLLER,
          DATANET_REGISTRY,
          MODEL_REGISTRY,
          ATTRIBUTION_ANCHOR ->
          List.of();
    };
  }

  /** The name of the domain that a contract's signatures are for. */
  private static Optional<String> domain(ContractName name) {
    return switch (name) {
      case OPEN_TOKEN -> Optional.of("Open");
      case GOPEN -> Optional.of("GOpen");
      case OPEN_LEDGER_GOVERNOR, CONFIGURED_GOVERNOR -> Optional.of("OpenLedgerGovernor");
      case PAYMENT_CHANNEL -> Optional.of("OpenLedger PaymentChannel");
      default -> Optional.empty();
    };
  }

  /** What is wrong with the words in a code; empty if nothing is. */
  Optional<String> wrong(Artifact artifact, ChainAddress address, byte[] code) {
    TreeSet<Hash256> found = new TreeSet<>();
    for (Artifact.Place place : artifact.immutables()) {
      if (place.length() != WORD || place.start() + WORD > code.length) {
        return Optional.of("an immutable beyond its end");
      }
      found.add(Hash256.of(Arrays.copyOfRange(code, place.start(), place.start() + WORD)));
    }
    TreeSet<Hash256> expected = new TreeSet<>();
    for (String function : functions(artifact.name())) {
      byte[] question = AbiSignature.parse(function + "()").encodeCall();
      byte[] answer = client.call(Call.to(address, question), Finality.UNSAFE);
      if (answer.length != WORD) {
        return Optional.of("an answer to " + function + " of " + answer.length + " bytes");
      }
      expected.add(Hash256.of(answer));
    }
    domain(artifact.name()).ifPresent(title -> addDomain(expected, title, address));
    if (found.equals(expected)) {
      return Optional.empty();
    }
    TreeSet<Hash256> surplus = new TreeSet<>(found);
    surplus.removeAll(expected);
    expected.removeAll(found);
    return Optional.of("the immutables " + surplus + " instead of " + expected);
  }

  /** What OpenZeppelin's EIP712 keeps: separator, what it is made of, and the texts. */
  private void addDomain(TreeSet<Hash256> words, String title, ChainAddress address) {
    String version = "1";
    BigInteger chain = BigInteger.valueOf(chainId);
    Hash256 separator =
        Hash256.of(
            Keccak256.hash(
                AbiSignature.parse("domain(bytes32,bytes32,bytes32,uint256,address)")
                    .encodeArguments(
                        hash(
                            "EIP712Domain(string name,string version,uint256 chainId,address"
                                + " verifyingContract)"),
                        hash(title),
                        hash(version),
                        chain,
                        address)));
    words.add(separator);
    words.add(word("uint256", chain));
    words.add(word("address", address));
    words.add(Hash256.of(hash(title)));
    words.add(Hash256.of(hash(version)));
    words.add(shortText(title));
    words.add(shortText(version));
  }

  private static Hash256 word(String type, Object value) {
    return Hash256.of(AbiSignature.parse("word(" + type + ")").encodeArguments(value));
  }

  private static byte[] hash(String text) {
    return Keccak256.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The text's bytes and, in the last byte, how many (OpenZeppelin, ShortStrings). */
  private static Hash256 shortText(String text) {
    byte[] word = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), WORD);
    word[WORD - 1] = (byte) text.length();
    return Hash256.of(word);
  }
}
