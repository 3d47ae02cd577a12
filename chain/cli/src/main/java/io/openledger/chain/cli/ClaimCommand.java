package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.LeafFile;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Attachment;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.DirectSender;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code claim}: what was earned, to whom it belongs. */
@Command(
    name = "claim",
    mixinStandardHelpOptions = true,
    description = {
      "Has paid what accounts have earned.",
      "Nobody can claim to another address than the account's own; whoever sends it pays the gas.",
      "Nothing is paid twice: a claim that broke off can be repeated.",
      "Exit code 1 when there is nothing to claim."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class ClaimCommand implements Callable<Integer> {

  private static final int MOST_ACCOUNTS = 10_000;

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions node;
  @Mixin private KeyOptions key;
  @Mixin private FeeOptions fees;

  @ArgGroup(multiplicity = "1")
  private Where where;

  @ArgGroup(multiplicity = "1")
  private Proven proven;

  /** Which distributor. */
  static final class Where {
    @Option(names = "--book", paramLabel = "FILE", description = "An address book that has it.")
    @Nullable Path book;

    @Option(
        names = "--distributor",
        paramLabel = "ADDRESS",
        description = "Or its address; it must be of this release.")
    @Nullable String distributor;
  }

  /** What was earned. */
  static final class Proven {
    @Option(
        names = "--proof",
        paramLabel = "FILE",
        description = "A proof as the server's REST gives it; given for each account.")
    List<Path> proofs = new ArrayList<>();

    @Option(
        names = "--leaves",
        paramLabel = "FILE",
        description = "Or the published amounts of the epoch whose root is active.")
    @Nullable Path leaves;
  }

  @Option(
      names = "--account",
      paramLabel = "ADDRESS",
      description = "Whose, with --leaves; default: the key's own. Given for each, 10000 at most.")
  private List<String> accounts = new ArrayList<>();

  @Option(
      names = "--stake",
      paramLabel = "N",
      description = "Stakes the key's own claim in this configuration instead of paying it.")
  private @Nullable Long stake;

  @Option(
      names = "--dry-run",
      description =
          "Prints what would be paid and the gas of it, and sends nothing; no key needed.")
  private boolean dryRun;

  /**
   * What an account gets.
   *
   * @param due not claimed yet
   */
  private record Due(EpochProof proof, Wei due) {}

  @Override
  public Integer call() {
    if (proven.leaves == null && !accounts.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--account goes with --leaves");
    }
    if (accounts.size() > MOST_ACCOUNTS || proven.proofs.size() > MOST_ACCOUNTS) {
      throw new ParameterException(spec.commandLine(), "At most " + MOST_ACCOUNTS + " accounts");
    }
    if (dryRun && !key.given()) {
      return node.ask(client -> claim(client, Optional.empty()));
    }
    try (Signer signer = key.signer()) {
      return node.ask(client -> claim(client, Optional.of(signer)));
    }
  }

  private int claim(ChainClient client, Optional<Signer> signer) {
    PrintWriter out = spec.commandLine().getOut();
    Claims claims = new Claims(client, distributor(client));
    List<Due> all = due(claims, signer);
    if (all.isEmpty()) {
      return Main.WRONG;
    }
    Optional<ChainAddress> sender = signer.map(Signer::address);
    // the key's own claim is the cheapest, and staking is for oneself alone
    boolean own =
        all.size() == 1
            && sender.map(all.get(0).proof().address()::equals).orElse(stake != null || dryRun);
    if (stake != null && !own) {
      throw new ParameterException(
          spec.commandLine(), "--stake is for the key's own account alone");
    }
    for (int from = 0; from < all.size(); from += Claims.BATCH) {
      List<Due> part = all.subList(from, Math.min(all.size(), from + Claims.BATCH));
      byte[] data = data(claims, part, own);
      if (dryRun) {
        ChainAddress as = own ? part.get(0).proof().address() : sender.orElse(claims.address());
        long gas =
            client.estimateGas(
                new Call(Optional.of(as), Optional.of(claims.address()), Wei.ZERO, data));
        out.printf("Accounts: %d, about %d gas; nothing is sent.%n", part.size(), gas);
      } else {
        send(client, signer.orElseThrow(), claims, part, data);
      }
    }
    out.flush();
    return 0;
  }

  private Contract distributor(ChainClient client) {
    AddressBook book;
    if (where.book != null) {
      book = AddressBook.read(where.book);
      book.verify(client);
    } else {
      ChainAddress address = Addresses.parse(java.util.Objects.requireNonNull(where.distributor));
      book = Attachment.attach(client, Map.of(ContractName.REWARD_DISTRIBUTOR, address), 0);
    }
    return book.contract(ContractName.REWARD_DISTRIBUTOR);
  }

  private List<Due> due(Claims claims, Optional<Signer> signer) {
    PrintWriter out = spec.commandLine().getOut();
    Wei minimum = claims.minimum();
    List<Due> all = new ArrayList<>();
    Set<ChainAddress> seen = new LinkedHashSet<>();
    for (EpochProof proof : proofs(claims, signer)) {
      if (!seen.add(proof.address())) {
        throw OpenLedgerException.invalid("account", proof.address() + " twice", "each once");
      }
      Wei claimed = claims.claimed(proof.address());
      Wei due =
          proof.cumulative().compareTo(claimed) > 0 ? proof.cumulative().minus(claimed) : Wei.ZERO;
      boolean enough = due.compareTo(minimum) >= 0;
      out.printf(
          "%s earned %s ever, claimed %s, gets %s%s%n",
          proof.address(),
          Amounts.coins(proof.cumulative()),
          Amounts.coins(claimed),
          Amounts.coins(enough ? due : Wei.ZERO),
          enough || due.isZero()
              ? ""
              : ": " + Amounts.coins(due) + " is below the least, " + Amounts.coins(minimum));
      if (enough) {
        all.add(new Due(proof, due));
      }
    }
    out.flush();
    return all;
  }

  private List<EpochProof> proofs(Claims claims, Optional<Signer> signer) {
    List<EpochProof> found = new ArrayList<>();
    if (proven.leaves == null) {
      proven.proofs.forEach(file -> found.add(ProofJson.read(file)));
      found.forEach(proof -> claims.requireActive(proof.root(), proof.epoch()));
      return found;
    }
    LeafFile.Content content = LeafFile.read(proven.leaves);
    claims.requireActive(content.summary().root(), content.summary().epoch());
    List<ChainAddress> wanted = new ArrayList<>();
    accounts.forEach(typed -> wanted.add(Addresses.parse(typed)));
    if (wanted.isEmpty()) {
      wanted.add(
          signer
              .map(Signer::address)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          spec.commandLine(), "Say whose: --account=ADDRESS or --keystore=FILE")));
    }
    for (ChainAddress account : wanted) {
      Optional<EpochProof> proof = content.tree().proof(account);
      if (proof.isEmpty()) {
        spec.commandLine().getOut().printf("%s has earned nothing%n", account);
      }
      proof.ifPresent(found::add);
    }
    return found;
  }

  private byte[] data(Claims claims, List<Due> part, boolean own) {
    EpochProof first = part.get(0).proof();
    if (stake != null) {
      return claims.toStake(first, stake);
    }
    if (own) {
      return claims.own(first);
    }
    return part.size() == 1
        ? claims.forAnother(first)
        : claims.forMany(part.stream().map(Due::proof).toList());
  }

  private void send(ChainClient client, Signer signer, Claims claims, List<Due> part, byte[] data) {
    PrintWriter out = spec.commandLine().getOut();
    long more = part.size() > 1 ? Claims.GAS_OF_ITEM * part.size() : 0;
    TransactionReceipt receipt =
        new DirectSender(client, signer, fees.limits())
            .send("the claim", claims.address(), Wei.ZERO, data, more);
    Map<ChainAddress, Wei> paid = claims.claimedBy(receipt);
    for (Due one : part) {
      ChainAddress account = one.proof().address();
      if (paid.containsKey(account)) {
        out.printf("%s has now claimed %s ever%n", account, Amounts.coins(paid.get(account)));
      } else {
        out.printf("%s was skipped: it was claimed meanwhile, or did not take it%n", account);
      }
    }
    Wei cost =
        new Wei(receipt.gasPrice().value().multiply(BigInteger.valueOf(receipt.gasUsed())))
            .plus(receipt.l1Fee().orElse(Wei.ZERO));
    out.printf(
        "Transaction 0x%s in block %d: %d gas, %s%n",
        receipt.transaction(), receipt.block(), receipt.gasUsed(), Amounts.coins(cost));
    out.flush();
  }
}
