package io.openledger.rollup.reader;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The events that are followed, by contract, as the contracts declare them; a test compares them
 * with the compiled contracts. What is not here is left on the chain: transfers of wrapped coins,
 * and what contracts tell of their own administration.
 */
final class EventCatalogue {

  /**
   * An event, and which of its arguments are asked for.
   *
   * @param type how it is read
   * @param subject what it is about: a number, hash, key or address
   * @param account whom it concerns
   * @param amount how much, in wei or votes
   */
  record Entry(
      EventType type,
      Optional<String> subject,
      Optional<String> account,
      Optional<String> amount) {}

  private static final Map<String, List<Entry>> ENTRIES = entries();

  private EventCatalogue() {}

  /** The events of a contract; none for one that is not followed. */
  static List<Entry> of(String contract) {
    return ENTRIES.getOrDefault(contract, List.of());
  }

  /** The contracts that are followed. */
  static List<String> contracts() {
    return ENTRIES.keySet().stream().sorted().toList();
  }

  // an argument that is not asked for is "-"
  private static Entry entry(String declaration, String subject, String account, String amount) {
    return new Entry(EventType.parse(declaration), named(subject), named(account), named(amount));
  }

  private static Optional<String> named(String argument) {
    return argument.equals("-") ? Optional.empty() : Optional.of(argument);
  }

  private static Map<String, List<Entry>> entries() {
    Map<String, List<Entry>> all = new HashMap<>();
    all.put("RewardDistributor", distributor());
    all.put("Staking", staking());
    all.put("ClaimOrStakeAirdrop", airdrop());
    all.put("PaymentChannel", channel());
    all.put("OpenLedgerGovernor", governor());
    all.put("ConfiguredGovernor", governor());
    all.put("ParameterStore", parameters());
    all.put("DatanetRegistry", datanets());
    all.put("ModelRegistry", models());
    all.put("AttributionAnchor", anchor());
    all.put("WOPEN", wrapper("dst", "src", "wad", false));
    all.put("GOPEN", wrapper("sender", "sender", "amt", true));
    return Map.copyOf(all);
  }

  private static List<Entry> distributor() {
    return List.of(
        entry(
            "RootPosted(uint64 indexed sequence, uint64 indexed epoch, bytes32 root, uint128 total,"
                + " uint48 activeAt, bytes32 dataDigest)",
            "sequence",
            "-",
            "total"),
        entry("RootActivated(uint64 indexed sequence, bytes32 root)", "sequence", "-", "-"),
        entry(
            "RootsChallenged(uint64 indexed sequence, uint64 last, bytes32 root, bytes32 reason)",
            "sequence",
            "-",
            "-"),
        entry(
            "Claimed(address indexed account, uint256 cumulative)",
            "account",
            "account",
            "cumulative"),
        entry(
            "ClaimStaked(address indexed account, uint256 indexed stake, uint256 amount)",
            "stake",
            "account",
            "amount"),
        entry(
            "ClaimSkipped(address indexed account, uint256 cumulative)",
            "account",
            "account",
            "cumulative"),
        entry("Funded(address indexed from, uint256 amount)", "from", "from", "amount"));
  }

  private static List<Entry> staking() {
    return List.of(
        entry(
            "Staked(uint256 indexed stake, uint256 indexed configuration, address indexed holder,"
                + " uint256 principal, uint256 reward, uint256 boost, uint48 maturity)",
            "stake",
            "holder",
            "principal"),
        entry(
            "ToppedUp(uint256 indexed stake, uint256 principal, uint256 reward)",
            "stake",
            "-",
            "principal"),
        entry(
            "LeaveRequested(uint256 indexed stake, uint256 forfeited, uint48 withdrawableAt)",
            "stake",
            "-",
            "forfeited"),
        entry(
            "Withdrawn(uint256 indexed stake, address indexed to, uint256 principal, uint256 reward)",
            "stake",
            "to",
            "principal"),
        entry(
            "ConfigurationCreated(uint256 indexed configuration, address indexed bank, address"
                + " indexed manager)",
            "configuration",
            "manager",
            "-"),
        entry(
            "RewardsFunded(uint256 indexed configuration, address indexed from, uint256 amount)",
            "configuration",
            "from",
            "amount"),
        entry(
            "RewardsReturned(uint256 indexed configuration, address indexed to, uint256 amount)",
            "configuration",
            "to",
            "amount"));
  }

  private static List<Entry> airdrop() {
    return List.of(
        entry("Opened(uint256 total)", "-", "-", "total"),
        entry("Claimed(address indexed account, uint256 amount)", "account", "account", "amount"),
        entry(
            "ClaimStaked(address indexed account, uint256 indexed stake, uint256 amount, uint256"
                + " boost)",
            "stake",
            "account",
            "amount"),
        entry("RemainderReturned(address indexed to, uint256 amount)", "to", "to", "amount"));
  }

  private static List<Entry> channel() {
    return List.of(
        entry(
            "Deposited(bytes32 indexed channel, address indexed payer, address indexed payee,"
                + " bytes32 salt, uint256 amount)",
            "channel",
            "payer",
            "amount"),
        entry("Settled(bytes32 indexed channel, uint256 settled)", "channel", "-", "settled"),
        entry("Closing(bytes32 indexed channel, uint48 closesAt)", "channel", "-", "-"),
        entry("Finished(bytes32 indexed channel, uint256 returned)", "channel", "-", "returned"));
  }

  private static List<Entry> governor() {
    return List.of(
        entry(
            "ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[]"
                + " values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256"
                + " voteEnd, string description)",
            "proposalId",
            "proposer",
            "-"),
        entry("ProposalQueued(uint256 proposalId, uint256 etaSeconds)", "proposalId", "-", "-"),
        entry("ProposalExecuted(uint256 proposalId)", "proposalId", "-", "-"),
        entry("ProposalCanceled(uint256 proposalId)", "proposalId", "-", "-"),
        entry(
            "ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline)",
            "proposalId",
            "-",
            "-"),
        entry(
            "VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight,"
                + " string reason)",
            "proposalId",
            "voter",
            "weight"),
        entry(
            "VoteCastWithParams(address indexed voter, uint256 proposalId, uint8 support, uint256"
                + " weight, string reason, bytes params)",
            "proposalId",
            "voter",
            "weight"));
  }

  private static List<Entry> parameters() {
    return List.of(
        entry(
            "ParameterAdded(bytes32 indexed key, uint208 minimum, uint208 maximum, uint208 value)",
            "key",
            "-",
            "value"),
        entry(
            "ParameterChanged(bytes32 indexed key, uint208 oldValue, uint208 newValue, uint48"
                + " effectiveAt)",
            "key",
            "-",
            "newValue"),
        entry(
            "FeeSplitChanged(uint16[6] oldSplit, uint16[6] newSplit, uint48 effectiveAt)",
            "-",
            "-",
            "-"),
        entry(
            "AttributionPolicyChanged(uint32 indexed version, bytes32 policyHash, uint48"
                + " effectiveAt)",
            "version",
            "-",
            "-"));
  }

  private static List<Entry> registrations() {
    return List.of(
        entry(
            "Registered(bytes32 indexed id, address indexed owner, bytes32 salt)",
            "id",
            "owner",
            "-"),
        entry(
            "OwnershipTransferred(bytes32 indexed id, address indexed from, address indexed to)",
            "id",
            "to",
            "-"),
        entry(
            "PublisherSet(bytes32 indexed id, address indexed publisher, bool allowed)",
            "id",
            "publisher",
            "-"));
  }

  private static List<Entry> datanets() {
    return with(
        entry(
            "DatanetAnchored(bytes32 indexed id, uint64 indexed version, bytes32 root, uint64"
                + " contributions, bytes32 licenceDigest)",
            "id",
            "-",
            "-"));
  }

  private static List<Entry> models() {
    return with(
        entry("ModelRegistered(bytes32 indexed id, bytes32 indexed base)", "id", "-", "-"),
        entry(
            "ModelAnchored(bytes32 indexed id, uint64 indexed version, bytes32 root, uint64 size,"
                + " bytes32 licenceDigest, bytes32 trainedWith)",
            "id",
            "-",
            "-"));
  }

  private static List<Entry> anchor() {
    return with(
        entry(
            "ReceiptsAnchored(bytes32 indexed id, uint64 indexed epoch, bytes32 root, uint64"
                + " receiptsBefore, uint64 receipts, bytes32 link)",
            "id",
            "-",
            "-"));
  }

  private static List<Entry> with(Entry... own) {
    List<Entry> all = new java.util.ArrayList<>(registrations());
    all.addAll(List.of(own));
    return List.copyOf(all);
  }

  private static List<Entry> wrapper(String in, String out, String amount, boolean votes) {
    List<Entry> all = new java.util.ArrayList<>();
    all.add(entry("Deposit(address indexed " + in + ", uint256 " + amount + ")", in, in, amount));
    all.add(
        entry("Withdrawal(address indexed " + out + ", uint256 " + amount + ")", out, out, amount));
    if (votes) {
      all.add(
          entry(
              "DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256"
                  + " newVotes)",
              "delegate",
              "delegate",
              "newVotes"));
    }
    return List.copyOf(all);
  }
}
