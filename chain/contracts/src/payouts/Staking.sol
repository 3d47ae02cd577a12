// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Asset} from "./Asset.sol";
import {IStaking} from "./IStaking.sol";

/// @title Stakes an asset for a fixed time at a fixed rate
/// @notice See {IStaking}, which is its documentation.
/// @dev The balance covers, for each configuration, what is free and what is reserved, and the principal of each stake.
///   There is no lock against reentrancy: what comes in is taken before anything is checked or written, and what goes out is
///   the last thing that a function does.
contract Staking is IStaking, Ownable2Step {
    using SafeCast for uint256;

    uint256 private constant _WHOLE = 10_000;
    uint256 private constant _MAX_BOOST = 50_000;
    uint256 private constant _YEAR = 365 days;
    uint256 private constant _MAX_CONFIGURATIONS = 1000;
    uint48 private constant _NOTICE = 1 hours;

    /// @inheritdoc IStaking
    address public immutable asset;

    /// @inheritdoc IStaking
    uint256 public configurations;

    uint256 private _stakes;
    mapping(uint256 id => Configuration) private _configurations;
    mapping(uint256 id => Stake) private _stakeOf;

    /// @inheritdoc IStaking
    mapping(uint256 configuration => mapping(address account => bool)) public isBooster;

    /// @param owner_ creates configurations: the timelock of the governor
    /// @param asset_ the token, or the zero address for the native coin
    constructor(address owner_, address asset_) Ownable(owner_) {
        asset = asset_;
    }

    /// @inheritdoc IStaking
    function configurationOf(uint256 configuration) external view returns (Configuration memory) {
        return _known(configuration);
    }

    /// @inheritdoc IStaking
    function stakeOf(uint256 stakeId) external view returns (Stake memory) {
        return _existing(stakeId);
    }

    /// @inheritdoc IStaking
    function rewardOf(uint256 configuration, uint256 amount, uint256 boost) external view returns (uint256) {
        Terms storage terms = _known(configuration).terms;
        return _reward(amount, terms.rate, terms.duration, boost);
    }

    /// @inheritdoc IStaking
    function createConfiguration(address bank, address manager, Terms calldata terms)
        external
        onlyOwner
        returns (uint256 configuration)
    {
        if (configurations == _MAX_CONFIGURATIONS) {
            revert TooManyConfigurations(_MAX_CONFIGURATIONS);
        }
        _requireAddress(bank);
        _requireAddress(manager);
        configuration = ++configurations;
        Configuration storage created = _configurations[configuration];
        created.bank = bank;
        created.manager = manager;
        emit ConfigurationCreated(configuration, bank, manager);
        _setTerms(configuration, terms);
    }

    /// @inheritdoc IStaking
    function setBank(uint256 configuration, address bank) external onlyOwner {
        _requireAddress(bank);
        _known(configuration).bank = bank;
        emit BankChanged(configuration, bank);
    }

    /// @inheritdoc IStaking
    function setManager(uint256 configuration, address manager) external onlyOwner {
        _requireAddress(manager);
        _known(configuration).manager = manager;
        emit ManagerChanged(configuration, manager);
    }

    /// @inheritdoc IStaking
    function setTerms(uint256 configuration, Terms calldata terms) external {
        _requireManager(configuration);
        _configurations[configuration].termsSince = uint48(block.timestamp);
        _setTerms(configuration, terms);
    }

    /// @inheritdoc IStaking
    function setBooster(uint256 configuration, address booster, bool allowed) external {
        _requireManager(configuration);
        _requireAddress(booster);
        isBooster[configuration][booster] = allowed;
        emit BoosterChanged(configuration, booster, allowed);
    }

    /// @inheritdoc IStaking
    function fundRewards(uint256 configuration, uint256 amount) external payable {
        Configuration storage known = _known(configuration);
        if (amount == 0) {
            revert NothingSent();
        }
        Asset.take(asset, amount);
        known.free += amount.toUint128();
        emit RewardsFunded(configuration, msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function returnRewards(uint256 configuration, uint256 amount) external {
        Configuration storage known = _known(configuration);
        if (msg.sender != known.bank) {
            revert NotBank(configuration, msg.sender);
        }
        uint128 free = known.free;
        if (amount > free) {
            revert RewardsMissing(configuration, amount, free);
        }
        known.free = free - uint128(amount);
        emit RewardsReturned(configuration, msg.sender, amount);
        Asset.send(asset, msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function stake(uint256 configuration, uint256 amount) external payable returns (uint256 stakeId) {
        return _stake(configuration, msg.sender, amount, 0);
    }

    /// @inheritdoc IStaking
    function stakeFor(uint256 configuration, address holder, uint256 amount)
        external
        payable
        returns (uint256 stakeId)
    {
        return _stake(configuration, holder, amount, 0);
    }

    /// @inheritdoc IStaking
    function stakeBoosted(uint256 configuration, address holder, uint256 amount, uint256 boost)
        external
        payable
        returns (uint256 stakeId)
    {
        uint256 maximum = _known(configuration).terms.maximumBoost;
        if (!isBooster[configuration][msg.sender]) {
            revert NotBooster(configuration, msg.sender);
        }
        if (boost > maximum) {
            revert BoostTooHigh(boost, maximum);
        }
        return _stake(configuration, holder, amount, boost);
    }

    /// @inheritdoc IStaking
    function topUp(uint256 stakeId, uint256 amount) external payable {
        Stake storage held = _ofCaller(stakeId);
        // first: what a token that calls back has done meanwhile is seen by the checks
        Asset.take(asset, amount);
        Configuration storage known = _configurations[held.configuration];
        if (!known.terms.open) {
            revert Closed(held.configuration);
        }
        if (!known.terms.topUp || held.withdrawableAt != 0 || block.timestamp >= held.maturity) {
            revert NoTopUp(stakeId);
        }
        _requireAmount(amount, known.terms.minimum, known.terms.maximum);
        _requireAmount(held.principal + amount, known.terms.minimum, known.terms.maximum);
        uint256 reward = _reward(amount, known.terms.rate, held.maturity - block.timestamp, 0);
        _reserve(held.configuration, amount, reward);
        // both are within what the configuration's totals hold in as many bits
        held.principal += uint128(amount);
        held.reward += uint128(reward);
        emit ToppedUp(stakeId, amount, reward);
    }

    /// @inheritdoc IStaking
    function requestLeave(uint256 stakeId) external {
        Stake storage held = _ofCaller(stakeId);
        if (held.withdrawableAt != 0) {
            revert AlreadyLeaving(stakeId, held.withdrawableAt);
        }
        Configuration storage known = _configurations[held.configuration];
        known.staked -= held.principal;
        uint128 forfeited = 0;
        if (block.timestamp < held.maturity) {
            forfeited = held.reward;
            held.reward = 0;
            known.reserved -= forfeited;
            known.free += forfeited;
        }
        uint48 withdrawableAt = uint48(block.timestamp) + held.cooldown;
        held.withdrawableAt = withdrawableAt;
        emit LeaveRequested(stakeId, forfeited, withdrawableAt);
    }

    /// @inheritdoc IStaking
    function withdraw(uint256 stakeId, address to) external {
        Stake memory held = _ofCaller(stakeId);
        _requireAddress(to);
        if (held.withdrawableAt == 0 || block.timestamp < held.withdrawableAt) {
            revert NotWithdrawable(stakeId, held.withdrawableAt);
        }
        delete _stakeOf[stakeId];
        _configurations[held.configuration].reserved -= held.reward;
        emit Withdrawn(stakeId, to, held.principal, held.reward);
        Asset.send(asset, to, uint256(held.principal) + held.reward);
    }

    function _stake(uint256 configuration, address holder, uint256 amount, uint256 boost)
        private
        returns (uint256 stakeId)
    {
        _requireAddress(holder);
        // first: what a token that calls back has done meanwhile is seen by the checks
        Asset.take(asset, amount);
        Terms memory terms = _known(configuration).terms;
        if (!terms.open) {
            revert Closed(configuration);
        }
        _requireAmount(amount, terms.minimum, terms.maximum);
        uint256 reward = _reward(amount, terms.rate, terms.duration, boost);
        _reserve(configuration, amount, reward);
        stakeId = ++_stakes;
        uint48 maturity = uint48(block.timestamp) + terms.duration;
        _stakeOf[stakeId] = Stake({
            holder: holder,
            maturity: maturity,
            withdrawableAt: 0,
            // both are within what the configuration's totals hold in as many bits
            principal: uint128(amount),
            reward: uint128(reward),
            cooldown: terms.cooldown,
            configuration: uint32(configuration)
        });
        emit Staked(stakeId, configuration, holder, amount, reward, boost, maturity);
    }

    /// @dev Counts a principal that came in under terms that are not too new, and sets its reward aside.
    function _reserve(uint256 configuration, uint256 amount, uint256 reward) private {
        Configuration storage known = _configurations[configuration];
        uint48 stakeableAt = known.termsSince + _NOTICE;
        if (block.timestamp < stakeableAt) {
            revert TermsTooNew(configuration, stakeableAt);
        }
        uint256 staked = known.staked + amount;
        if (staked > known.terms.capacity) {
            revert CapacityExceeded(configuration, staked, known.terms.capacity);
        }
        uint128 free = known.free;
        if (reward > free) {
            revert RewardsMissing(configuration, reward, free);
        }
        // capacity and free have 128 bits
        known.staked = uint128(staked);
        known.free = free - uint128(reward);
        known.reserved += uint128(reward);
    }

    function _setTerms(uint256 configuration, Terms calldata terms) private {
        _requireTerm("rate", terms.rate, 0, _WHOLE);
        _requireTerm("maximumBoost", terms.maximumBoost, 0, _MAX_BOOST);
        _requireTerm("duration", terms.duration, 1 days, 4 * _YEAR);
        _requireTerm("cooldown", terms.cooldown, 0, 90 days);
        _requireTerm("minimum", terms.minimum, 1, type(uint128).max);
        _requireTerm("maximum", terms.maximum, terms.minimum, type(uint128).max);
        _configurations[configuration].terms = terms;
        emit TermsChanged(configuration, terms);
    }

    function _known(uint256 configuration) private view returns (Configuration storage) {
        if (configuration == 0 || configuration > configurations) {
            revert UnknownConfiguration(configuration);
        }
        return _configurations[configuration];
    }

    function _existing(uint256 stakeId) private view returns (Stake storage held) {
        held = _stakeOf[stakeId];
        if (held.holder == address(0)) {
            revert UnknownStake(stakeId);
        }
    }

    function _ofCaller(uint256 stakeId) private view returns (Stake storage held) {
        held = _existing(stakeId);
        if (held.holder != msg.sender) {
            revert NotHolder(stakeId, msg.sender);
        }
    }

    function _requireManager(uint256 configuration) private view {
        if (msg.sender != _known(configuration).manager) {
            revert NotManager(configuration, msg.sender);
        }
    }

    /// @dev Rounded down, once.
    function _reward(uint256 amount, uint256 rate, uint256 time, uint256 boost) private pure returns (uint256) {
        return Math.mulDiv(amount, rate * time * (_WHOLE + boost), _WHOLE * _WHOLE * _YEAR);
    }

    function _requireTerm(bytes32 term, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) {
            revert TermOutOfRange(term, value, minimum, maximum);
        }
    }

    function _requireAmount(uint256 amount, uint256 minimum, uint256 maximum) private pure {
        if (amount < minimum || amount > maximum) {
            revert AmountOutOfRange(amount, minimum, maximum);
        }
    }

    function _requireAddress(address account) private pure {
        if (account == address(0)) {
            revert ZeroAddress();
        }
    }
}
