// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AmountProof} from "./AmountProof.sol";
import {Asset} from "./Asset.sol";
import {IRewardDistributor} from "./IRewardDistributor.sol";
import {IStaking} from "./IStaking.sol";

/// @title Pays rewards against cumulative Merkle roots
/// @notice See {IRewardDistributor}, which is its documentation.
/// @dev A claim reads the active root and what the account has claimed, and writes the latter: nothing else, which is why
///   the active root has a slot of its own, why what was put in is counted and not what went out, and why there is no lock
///   against reentrancy. None is needed: a claim writes all that it writes before it pays, each account's state is its
///   own, and what is read after a payment (claimMany) is only what the account has claimed by then, for the event.
///
///   Postings are a ring: a slot that is written again costs a fourth of a new one. The ring keeps the active one and
///   those that wait; none of these is ever overwritten.
contract RewardDistributor is IRewardDistributor, Ownable2Step {
    using SafeCast for uint256;

    uint48 private constant _MIN_DELAY = 1 hours;
    uint48 private constant _MAX_DELAY = 30 days;
    uint256 private constant _MAX_MINIMUM = 1 ether;
    uint256 private constant _MAX_BATCH = 100;
    uint256 private constant _BATCH_GAS = 50_000;
    uint64 private constant _MAX_STEP = type(uint32).max;
    uint64 private constant _RING = 64;
    // without the active one and one place that is being written
    uint64 private constant _MAX_PENDING = _RING - 2;

    /// @dev What was put in, and the sequence numbers of the last posted and of the active root.
    struct Books {
        uint128 funded;
        uint64 posted;
        uint64 active;
    }

    /// @dev A structure of one number, so that its place is computed once in a claim.
    struct Account {
        uint256 claimed;
    }

    /// @inheritdoc IRewardDistributor
    address public immutable asset;

    /// @inheritdoc IRewardDistributor
    address public immutable staking;

    /// @inheritdoc IRewardDistributor
    uint256 public immutable minimumClaim;

    bytes32 private _activeRoot;
    Books private _books;

    /// @inheritdoc IRewardDistributor
    address public updater;

    /// @inheritdoc IRewardDistributor
    uint48 public activationDelay;

    /// @inheritdoc IRewardDistributor
    address public guardian;

    mapping(address account => Account) private _accounts;
    mapping(uint256 place => Posting) private _ring;

    /// @param owner_ appoints the roles and sets the delay: the timelock of the governor
    /// @param updater_ posts roots (`InvalidRole`)
    /// @param guardian_ challenges them (`InvalidRole`)
    /// @param activationDelay_ seconds, 1 hour to 30 days (`DelayOutOfRange`)
    /// @param asset_ the token, or the zero address for the native coin
    /// @param staking_ of the same asset (`WrongAsset`), or the zero address
    /// @param minimumClaim_ 1 wei to 1 OPEN (`MinimumOutOfRange`)
    constructor(
        address owner_,
        address updater_,
        address guardian_,
        uint48 activationDelay_,
        address asset_,
        address staking_,
        uint256 minimumClaim_
    ) Ownable(owner_) {
        if (minimumClaim_ == 0 || minimumClaim_ > _MAX_MINIMUM) {
            revert MinimumOutOfRange(minimumClaim_, _MAX_MINIMUM);
        }
        if (staking_ != address(0) && IStaking(staking_).asset() != asset_) {
            revert WrongAsset(staking_, asset_);
        }
        asset = asset_;
        staking = staking_;
        minimumClaim = minimumClaim_;
        _setUpdater(updater_);
        _setGuardian(guardian_);
        _setActivationDelay(activationDelay_);
    }

    /// @notice Puts the coins in; in the token mode coins are refused (`WrongValue`).
    receive() external payable {
        _fund(msg.value);
    }

    /// @inheritdoc IRewardDistributor
    function funded() external view returns (uint256) {
        return _books.funded;
    }

    /// @inheritdoc IRewardDistributor
    function claimed(address account) external view returns (uint256) {
        return _accounts[account].claimed;
    }

    /// @inheritdoc IRewardDistributor
    function activeRoot() external view returns (uint64 sequence, Posting memory posting) {
        sequence = _due(_books);
        posting = _ring[sequence % _RING];
    }

    /// @inheritdoc IRewardDistributor
    function latestRoot() external view returns (uint64 sequence, Posting memory posting) {
        sequence = _books.posted;
        posting = _ring[sequence % _RING];
    }

    /// @inheritdoc IRewardDistributor
    function pendingRoot(uint64 sequence) external view returns (Posting memory posting) {
        if (sequence <= _due(_books) || sequence > _books.posted) {
            revert NotPending(sequence, bytes32(0));
        }
        posting = _ring[sequence % _RING];
    }

    /// @inheritdoc IRewardDistributor
    function fund(uint256 amount) external payable {
        _fund(amount);
    }

    /// @inheritdoc IRewardDistributor
    function postRoot(uint64 epoch, bytes32 root, uint128 total, bytes32 dataDigest)
        external
        payable
        returns (uint64 sequence)
    {
        if (msg.sender != updater) {
            revert NotUpdater(msg.sender);
        }
        if (root == bytes32(0)) {
            revert RootMissing(epoch);
        }
        Books memory books = _books;
        Posting storage last = _ring[books.posted % _RING];
        (uint128 lastTotal, uint64 lastEpoch, uint48 lastActiveAt) = (last.total, last.epoch, last.activeAt);
        if (epoch <= lastEpoch) {
            revert EpochNotNewer(epoch, lastEpoch);
        }
        if (epoch - lastEpoch > _MAX_STEP) {
            revert EpochTooFar(epoch, lastEpoch, _MAX_STEP);
        }
        if (total < lastTotal) {
            revert TotalFell(total, lastTotal);
        }
        if (msg.value != 0) {
            Asset.take(asset, msg.value);
            books.funded += msg.value.toUint128();
            emit Funded(msg.sender, msg.value);
        }
        if (total > books.funded) {
            revert NotFunded(total, books.funded);
        }
        books.active = _activateDue(books);
        if (books.posted - books.active >= _MAX_PENDING) {
            revert TooManyPending(_MAX_PENDING);
        }
        // a shorter delay overtakes no root that waits
        uint48 activeAt = uint48(block.timestamp) + activationDelay;
        if (activeAt < lastActiveAt) {
            activeAt = lastActiveAt;
        }
        sequence = books.posted + 1;
        books.posted = sequence;
        _books = books;
        _ring[sequence % _RING] = Posting({root: root, total: total, epoch: epoch, activeAt: activeAt});
        emit RootPosted(sequence, epoch, root, total, activeAt, dataDigest);
    }

    /// @inheritdoc IRewardDistributor
    function challenge(uint64 sequence, bytes32 root, bytes32 reason) external {
        if (msg.sender != guardian) {
            revert NotGuardian(msg.sender);
        }
        activate();
        Books memory books = _books;
        if (sequence <= books.active || sequence > books.posted || _ring[sequence % _RING].root != root) {
            revert NotPending(sequence, root);
        }
        _books.posted = sequence - 1;
        emit RootsChallenged(sequence, books.posted, root, reason);
    }

    /// @inheritdoc IRewardDistributor
    function activate() public {
        Books memory books = _books;
        uint64 active = _activateDue(books);
        if (active != books.active) {
            _books.active = active;
        }
    }

    /// @inheritdoc IRewardDistributor
    function claim(uint256 cumulative, bytes32[] calldata proof) external {
        Asset.send(asset, msg.sender, _claim(msg.sender, cumulative, proof));
    }

    /// @inheritdoc IRewardDistributor
    function claimPacked(uint256 cumulative) external {
        bytes32[] calldata proof;
        assembly ("memory-safe") {
            // what follows selector and argument; a part of a sibling at the end is ignored
            proof.offset := 0x24
            proof.length := shr(5, sub(calldatasize(), 0x24))
        }
        Asset.send(asset, msg.sender, _claim(msg.sender, cumulative, proof));
    }

    /// @inheritdoc IRewardDistributor
    function claimFor(address account, uint256 cumulative, bytes32[] calldata proof) external {
        Asset.send(asset, account, _claim(account, cumulative, proof));
    }

    /// @inheritdoc IRewardDistributor
    function claimMany(Item[] calldata items, bytes32[] calldata siblings) external returns (uint256 paid) {
        if (items.length == 0 || items.length > _MAX_BATCH) {
            revert BatchOutOfRange(items.length, _MAX_BATCH);
        }
        // read once: a payee who activates the next root while being paid does not make the proofs after its own wrong
        bytes32 active = _activeRoot;
        uint256 from = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            Item calldata item = items[i];
            if (item.depth > siblings.length - from) {
                revert SiblingsDiffer(i, siblings.length - from);
            }
            uint256 to = from + item.depth;
            bytes32 proven = AmountProof.root(item.account, item.cumulative, siblings[from:to]);
            if (proven != active) {
                _requireDue(item.account, proven);
                active = proven;
            }
            from = to;
            if (_tryPay(item.account, item.cumulative)) {
                ++paid;
            }
        }
        if (from != siblings.length) {
            revert SiblingsDiffer(items.length, siblings.length - from);
        }
    }

    /// @inheritdoc IRewardDistributor
    function claimToStake(uint256 configuration, uint256 cumulative, bytes32[] calldata proof)
        external
        returns (uint256 stake)
    {
        if (staking == address(0)) {
            revert NoStaking();
        }
        uint256 amount = _claim(msg.sender, cumulative, proof);
        uint256 value = amount;
        if (asset != address(0)) {
            SafeERC20.forceApprove(IERC20(asset), staking, amount);
            value = 0;
        }
        stake = IStaking(staking).stakeFor{value: value}(configuration, msg.sender, amount);
        emit ClaimStaked(msg.sender, stake, amount);
    }

    /// @inheritdoc IRewardDistributor
    function setUpdater(address account) external onlyOwner {
        _setUpdater(account);
    }

    /// @inheritdoc IRewardDistributor
    function setGuardian(address account) external onlyOwner {
        _setGuardian(account);
    }

    /// @inheritdoc IRewardDistributor
    function setActivationDelay(uint48 delay) external onlyOwner {
        _setActivationDelay(delay);
    }

    /// @dev Checks, and all effects of a claim; what is left to do is to pay the amount.
    function _claim(address account, uint256 cumulative, bytes32[] calldata proof) private returns (uint256 amount) {
        bytes32 proven = AmountProof.root(account, cumulative, proof);
        if (proven != _activeRoot) {
            _requireDue(account, proven);
        }
        Account storage state = _accounts[account];
        uint256 before = state.claimed;
        unchecked {
            // what was claimed was paid, and is far below 2^255; the minimum is 1 or more
            if (cumulative < before + minimumClaim) {
                _refuse(account, cumulative, before);
            }
            amount = cumulative - before;
        }
        state.claimed = cumulative;
        emit Claimed(account, cumulative);
    }

    function _refuse(address account, uint256 cumulative, uint256 before) private view {
        if (cumulative <= before) {
            revert NothingToClaim(account, cumulative, before);
        }
        revert BelowMinimum(account, cumulative - before, minimumClaim);
    }

    /// @dev One proven item of a batch.
    function _tryPay(address account, uint256 cumulative) private returns (bool) {
        Account storage state = _accounts[account];
        uint256 before = state.claimed;
        if (cumulative > before && cumulative - before >= minimumClaim) {
            state.claimed = cumulative;
            if (Asset.trySend(asset, account, cumulative - before, _BATCH_GAS)) {
                // more than was proven here if the payee claimed against the next root while being paid: the last event counts
                emit Claimed(account, state.claimed);
                return true;
            }
            // the failed call undid all that happened in it: this is what the account had claimed
            state.claimed = before;
        }
        emit ClaimSkipped(account, cumulative);
        return false;
    }

    /// @dev The proven root is one that is due, and is now activated.
    function _requireDue(address account, bytes32 proven) private {
        activate();
        if (proven != _activeRoot) {
            revert WrongRoot(account, proven, _activeRoot);
        }
    }

    /// @dev Makes the last due root the active one; the caller writes its sequence number, which is returned.
    function _activateDue(Books memory books) private returns (uint64 sequence) {
        sequence = _due(books);
        if (sequence != books.active) {
            bytes32 root = _ring[sequence % _RING].root;
            _activeRoot = root;
            emit RootActivated(sequence, root);
        }
    }

    /// @dev The last root that is due: the times rise with the sequence numbers. As many steps as roots became due.
    function _due(Books memory books) private view returns (uint64 sequence) {
        sequence = books.active;
        unchecked {
            // one root a second fills no 64 bits
            while (sequence < books.posted && _ring[(sequence + 1) % _RING].activeAt <= block.timestamp) {
                ++sequence;
            }
        }
    }

    function _fund(uint256 amount) private {
        if (amount == 0) {
            revert NothingSent();
        }
        Asset.take(asset, amount);
        _books.funded += amount.toUint128();
        emit Funded(msg.sender, amount);
    }

    function _setUpdater(address account) private {
        if (account == address(0) || account == guardian) {
            revert InvalidRole(account);
        }
        emit UpdaterChanged(updater, account);
        updater = account;
    }

    function _setGuardian(address account) private {
        if (account == address(0) || account == updater) {
            revert InvalidRole(account);
        }
        emit GuardianChanged(guardian, account);
        guardian = account;
    }

    function _setActivationDelay(uint48 delay) private {
        if (delay < _MIN_DELAY || delay > _MAX_DELAY) {
            revert DelayOutOfRange(delay, _MIN_DELAY, _MAX_DELAY);
        }
        emit ActivationDelayChanged(activationDelay, delay);
        activationDelay = delay;
    }
}
