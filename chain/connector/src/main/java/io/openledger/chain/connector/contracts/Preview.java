package io.openledger.chain.connector.contracts;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a deployment would cost now. Gas is computed from code and storage, some per cent too much:
 * no node can estimate a transaction that needs contracts which are not there yet. Addresses are
 * those that the deployer's next nonces give.
 *
 * @param steps in their order
 * @param price of a unit of gas now: base fee and tip, in wei
 * @param ceiling most that a unit of gas may cost
 * @param balance of the deployer
 */
public record Preview(List<Step> steps, Wei price, Wei ceiling, Wei balance) {

  /**
   * A transaction.
   *
   * @param name what it does
   * @param address of the contract that it makes
   * @param bytes of the signed transaction
   * @param gas units, some per cent too many
   * @param l1Fee what its data costs on L1 now; zero on chains without
   */
  public record Step(String name, Optional<ChainAddress> address, int bytes, long gas, Wei l1Fee) {}

  public Preview {
    steps = List.copyOf(steps);
  }

  /** Gas of all. */
  public long gas() {
    return steps.stream().mapToLong(Step::gas).sum();
  }

  /** L1's fees of all. */
  public Wei l1Fee() {
    return steps.stream().map(Step::l1Fee).reduce(Wei.ZERO, Wei::plus);
  }

  /** Gas at the price of now, and L1's fees. */
  public Wei total() {
    return new Wei(price.value().multiply(BigInteger.valueOf(gas()))).plus(l1Fee());
  }

  /**
   * Asks the chain for prices, and computes.
   *
   * @param client of the chain to deploy on
   * @param deployer whose nonces and balance; no key is needed
   * @throws io.openledger.api.OpenLedgerException {@code INVALID_ARGUMENT} if a parameter is
   *     missing or the base fee is above the ceiling; what the client throws
   */
  public static Preview of(
      ChainClient client,
      ChainAddress deployer,
      Deployment.Contracts contracts,
      DeploymentParameters parameters,
      SendLimits limits) {
    return of(client, deployer, Deployment.plan(contracts, parameters), limits, name -> false);
  }

  static Preview of(
      ChainClient client,
      ChainAddress deployer,
      Plan plan,
      SendLimits limits,
      Predicate<String> begun) {
    Fees fees = client.fees(limits.feeCeiling());
    long nonce = client.nonce(deployer, Finality.UNSAFE);
    Map<ContractName, ChainAddress> addresses = new EnumMap<>(ContractName.class);
    List<Step> steps = new ArrayList<>();
    for (Plan.Step step : plan.steps()) {
      Plan.Placed placed = new Plan.Placed(deployer, addresses);
      Optional<ChainAddress> to = Optional.empty();
      byte[] data;
      Optional<ChainAddress> made = Optional.empty();
      if (step instanceof Plan.Create create) {
        data = create.code(placed);
        made = Optional.of(Deployment.created(deployer, nonce));
        addresses.put(create.artifact().name(), made.get());
      } else {
        Plan.Invoke invoke = (Plan.Invoke) step;
        to = Optional.of(placed.of(invoke.contract()));
        data = invoke.data().apply(placed);
      }
      byte[] raw = asIfSigned(client.chainId(), nonce, fees, step.foreseenGas(), to, data);
      nonce++;
      if (!begun.test(step.name())) {
        steps.add(new Step(step.name(), made, raw.length, step.foreseenGas(), client.l1Fee(raw)));
      }
    }
    Wei price = client.head(Finality.UNSAFE).baseFee().plus(fees.maxPriorityFeePerGas());
    return new Preview(steps, price, limits.feeCeiling(), client.balance(deployer));
  }

  /** As the signed transaction will be: with numbers that are no signature, and as hard to pack. */
  private static byte[] asIfSigned(
      long chainId, long nonce, Fees fees, long gas, Optional<ChainAddress> to, byte[] data) {
    Eip1559Transaction transaction =
        new Eip1559Transaction(chainId, nonce, fees, gas, to, Wei.ZERO, data);
    BigInteger r = new BigInteger(1, transaction.digest().toBytes()).shiftRight(2).setBit(253);
    BigInteger s = new BigInteger(1, Keccak256.hash(r.toByteArray())).shiftRight(2).setBit(253);
    return transaction.signed(new Signature(r, s, 0)).toBytes();
  }
}
