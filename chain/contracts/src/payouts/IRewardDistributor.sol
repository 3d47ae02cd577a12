// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Pays rewards against cumulative Merkle roots
/// @notice A root stands for what each account has earned ever, in wei. A claim proves the account's amount against the
///   active root and pays what was not claimed before; so a root replaces the one before it and nothing that was not
///   claimed is lost.
///
///   The updater posts roots. A root becomes active a delay later; until then the guardian, who rebuilds the tree from
///   the published amounts, can challenge it: it and all posted after it are dropped. Up to 62 roots can wait at a time, in
///   their order. A root that is due is activated by the next posting, by anyone with {activate}, and by any claim against
///   it; until that happens claims prove against the one before. {activeRoot} says which root to prove against now.
///
///   What a root promises in all is stated when it is posted, never falls, and is never more than was put in. Nobody, the
///   owner included, can take anything out but those who prove that it is theirs. The contract cannot add up a tree's
///   amounts: whether they are right, and sum up to the stated total, is what the guardian's delay is for.
///
///   The owner, a timelock, appoints updater and guardian and sets the delay.
interface IRewardDistributor {
    /// @notice A posted root. Sequence numbers rise from 1; those of dropped roots are given again.
    /// @param epoch the epoch whose end the amounts are of
    /// @param total what the tree promises in all at most, in wei
    /// @param activeAt from when it can be activated, in seconds since 1970
    struct Posting {
        bytes32 root;
        uint128 total;
        uint64 epoch;
        uint48 activeAt;
    }

    /// @notice One account's claim in a batch.
    /// @param cumulative what it has earned ever, in wei
    /// @param depth how many siblings its proof has
    struct Item {
        address account;
        uint256 cumulative;
        uint256 depth;
    }

    /// @notice A root was posted.
    /// @param dataDigest SHA-256 of the published amounts, from which anyone rebuilds the tree
    event RootPosted(
        uint64 indexed sequence,
        uint64 indexed epoch,
        bytes32 root,
        uint128 total,
        uint48 activeAt,
        bytes32 dataDigest
    );

    /// @notice Claims are proven against this root from now on.
    event RootActivated(uint64 indexed sequence, bytes32 root);

    /// @notice The roots from `sequence` to `last` were dropped.
    /// @param reason the guardian's own code or digest of a report
    event RootsChallenged(uint64 indexed sequence, uint64 last, bytes32 root, bytes32 reason);

    /// @notice The account has now claimed `cumulative` wei ever. What was paid is the difference to its event before:
    ///   whoever follows needs the last one only, and counts nothing twice when blocks are reorganised.
    event Claimed(address indexed account, uint256 cumulative);

    /// @notice What was claimed in this transaction was staked for the account.
    event ClaimStaked(address indexed account, uint256 indexed stake, uint256 amount);

    /// @notice An item of a batch paid nothing: it was claimed before, is below the minimum, or was not taken.
    event ClaimSkipped(address indexed account, uint256 cumulative);

    /// @notice An amount was put in.
    event Funded(address indexed from, uint256 amount);

    /// @notice The updater was appointed.
    event UpdaterChanged(address indexed previous, address indexed current);

    /// @notice The guardian was appointed.
    event GuardianChanged(address indexed previous, address indexed current);

    /// @notice The delay of roots that are posted from now on, in seconds.
    event ActivationDelayChanged(uint48 previous, uint48 current);

    error NotUpdater(address caller);
    error NotGuardian(address caller);

    /// @notice Updater and guardian are two accounts, and neither is the zero address.
    error InvalidRole(address account);
    error DelayOutOfRange(uint48 delay, uint48 minimum, uint48 maximum);
    error MinimumOutOfRange(uint256 minimumClaim, uint256 maximum);

    /// @notice A root is not zero.
    error RootMissing(uint64 epoch);
    error EpochNotNewer(uint64 epoch, uint64 last);

    /// @notice An epoch is so far above the last one that few could follow it.
    error EpochTooFar(uint64 epoch, uint64 last, uint64 maximumStep);
    error TotalFell(uint128 total, uint128 last);

    /// @notice A root promises more than was ever put in.
    error NotFunded(uint128 total, uint256 funded);
    error TooManyPending(uint256 maximum);

    /// @notice There is no such root waiting: it is active, was dropped, or was not posted.
    error NotPending(uint64 sequence, bytes32 root);

    /// @notice The proof leads to another root than the active one. If that root waits, claims against it are too early.
    error WrongRoot(address account, bytes32 proven, bytes32 active);

    /// @notice The account has claimed as much or more.
    error NothingToClaim(address account, uint256 cumulative, uint256 claimed);
    error BelowMinimum(address account, uint256 amount, uint256 minimum);
    error NothingSent();
    error NoStaking();

    /// @notice The staking is one of another asset.
    error WrongAsset(address staking, address asset);
    error BatchOutOfRange(uint256 size, uint256 maximum);

    /// @notice At this item so many siblings were left: too few for it, or, after the last item, more than none.
    error SiblingsDiffer(uint256 item, uint256 left);

    /// @notice The token that is paid, or the zero address for the native coin.
    function asset() external view returns (address);

    /// @notice Where claims can be staked, or the zero address.
    function staking() external view returns (address);

    /// @notice The least that a claim pays, 1 wei to 1 OPEN. Never changes.
    function minimumClaim() external view returns (uint256);

    /// @notice Seconds from posting to activation of roots that are posted now, 1 hour to 30 days.
    function activationDelay() external view returns (uint48);

    /// @notice Who posts roots.
    function updater() external view returns (address);

    /// @notice Who challenges roots.
    function guardian() external view returns (address);

    /// @notice How much was ever put in, in wei. Coins that were forced in, and tokens that were sent without {fund}, do
    ///   not count.
    function funded() external view returns (uint256);

    /// @notice What an account has claimed ever, in wei.
    function claimed(address account) external view returns (uint256);

    /// @notice The root to prove against now: the last that is due, whether or not it has been activated. Sequence 0 and
    ///   zeros if there is none.
    function activeRoot() external view returns (uint64 sequence, Posting memory posting);

    /// @notice The last root that was posted and not dropped; claims against it may be too early.
    function latestRoot() external view returns (uint64 sequence, Posting memory posting);

    /// @notice A root that waits. `NotPending` if it does not.
    function pendingRoot(uint64 sequence) external view returns (Posting memory posting);

    /// @notice Puts an amount in. Anyone. In the native mode coins without call data do the same.
    /// @param amount above zero (`NothingSent`); the value of the call, or approved tokens
    function fund(uint256 amount) external payable;

    /// @notice Posts a root. Only the updater (`NotUpdater`). Coins that come with it are put in first.
    /// @param epoch above the last one (`EpochNotNewer`) by 2^32 − 1 at most (`EpochTooFar`): a stolen key that posts a
    ///   right root under the highest number would be the last to post
    /// @param root not zero (`RootMissing`)
    /// @param total what all amounts of the tree add up to at most, in wei: not below the last one (`TotalFell`), not above
    ///   what was put in (`NotFunded`)
    /// @param dataDigest SHA-256 of the published amounts; kept in the event alone
    /// @return sequence its number; `TooManyPending` if 62 wait
    function postRoot(uint64 epoch, bytes32 root, uint128 total, bytes32 dataDigest)
        external
        payable
        returns (uint64 sequence);

    /// @notice Drops a root that waits, and all that were posted after it. Only the guardian (`NotGuardian`), before it is
    ///   due (`NotPending`).
    /// @param root the root of this sequence number: a second challenge does not hit what was posted instead
    function challenge(uint64 sequence, bytes32 root, bytes32 reason) external;

    /// @notice Makes the last root that is due the active one. Anyone; does nothing if there is none.
    function activate() external;

    /// @notice Pays the caller what they have not claimed yet.
    /// @param cumulative what they have earned ever, in wei, above what they have claimed (`NothingToClaim`) by the
    ///   minimum at least (`BelowMinimum`)
    /// @param proof the siblings from their leaf upwards, to the active root (`WrongRoot`)
    function claim(uint256 cumulative, bytes32[] calldata proof) external;

    /// @notice As {claim}, for less gas: the siblings follow the argument in the call data, 32 bytes each and nothing else,
    ///   without the offset and the length that the ABI puts before a list.
    function claimPacked(uint256 cumulative) external;

    /// @notice Pays an account what it has not claimed yet, to its own address. Anyone. Errors as {claim}.
    function claimFor(address account, uint256 cumulative, bytes32[] calldata proof) external;

    /// @notice Pays up to 100 accounts (`BatchOutOfRange`), each to its own address. Anyone. An item that pays nothing is
    ///   skipped, so that nobody can make a batch fail by claiming first or by refusing coins; a wrong proof fails it all.
    ///   A payee who activates the next root while being paid changes nothing for the items after it.
    ///   A receiver of native coins has 50 000 gas.
    /// @param siblings the items' proofs one after the other, no more and no less (`SiblingsDiffer`)
    /// @return paid how many were paid
    function claimMany(Item[] calldata items, bytes32[] calldata siblings) external returns (uint256 paid);

    /// @notice Stakes for the caller what they have not claimed yet (`NoStaking`). Errors as {claim} and as the staking's.
    /// @param configuration of the staking
    /// @return stake its number
    function claimToStake(uint256 configuration, uint256 cumulative, bytes32[] calldata proof)
        external
        returns (uint256 stake);

    /// @notice Appoints the updater. Only the owner. `InvalidRole`.
    function setUpdater(address account) external;

    /// @notice Appoints the guardian. Only the owner. `InvalidRole`.
    function setGuardian(address account) external;

    /// @notice Sets the delay of roots that are posted from now on. Only the owner. `DelayOutOfRange`.
    function setActivationDelay(uint48 delay) external;
}
