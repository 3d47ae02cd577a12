// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {AmountProof} from "./AmountProof.sol";
import {Asset} from "./Asset.sol";
import {IClaimOrStakeAirdrop} from "./IClaimOrStakeAirdrop.sol";
import {IStaking} from "./IStaking.sol";

/// @title Gives fixed amounts to accounts, who take them or stake them for a boost
/// @notice See {IClaimOrStakeAirdrop}, which is its documentation.
/// @dev No lock against reentrancy: an account is marked and the total counted before anything is paid.
contract ClaimOrStakeAirdrop is IClaimOrStakeAirdrop, Ownable2Step {
    /// @notice How it begins, and stays.
    /// @param root over all accounts and amounts, not zero (`RootMissing`)
    /// @param total the sum of the tree's amounts, in wei, above zero (`TotalMissing`)
    /// @param deadline in seconds since 1970, 1 day to 4 years from now (`DeadlineOutOfRange`)
    /// @param asset the token, or the zero address for the native coin
    /// @param staking of the same asset (`WrongAsset`), where this contract is made a booster; or the zero address
    /// @param configuration of the staking
    /// @param boost basis points, 0 without staking (`BoostWithoutStaking`)
    struct Beginning {
        bytes32 root;
        uint128 total;
        uint48 deadline;
        address asset;
        address staking;
        uint256 configuration;
        uint256 boost;
    }

    uint48 private constant _MIN_TIME = 1 days;
    uint48 private constant _MAX_TIME = 1460 days;

    /// @inheritdoc IClaimOrStakeAirdrop
    address public immutable asset;
    /// @inheritdoc IClaimOrStakeAirdrop
    bytes32 public immutable root;
    /// @inheritdoc IClaimOrStakeAirdrop
    uint256 public immutable total;
    /// @inheritdoc IClaimOrStakeAirdrop
    uint48 public immutable deadline;
    /// @inheritdoc IClaimOrStakeAirdrop
    address public immutable staking;
    /// @inheritdoc IClaimOrStakeAirdrop
    uint256 public immutable configuration;
    /// @inheritdoc IClaimOrStakeAirdrop
    uint256 public immutable boost;

    bool private _opened;
    uint128 private _taken;
    mapping(address account => bool) private _claimed;

    constructor(address owner_, Beginning memory beginning) Ownable(owner_) {
        if (beginning.root == bytes32(0)) {
            revert RootMissing();
        }
        if (beginning.total == 0) {
            revert TotalMissing();
        }
        uint48 earliest = uint48(block.timestamp) + _MIN_TIME;
        uint48 latest = uint48(block.timestamp) + _MAX_TIME;
        if (beginning.deadline < earliest || beginning.deadline > latest) {
            revert DeadlineOutOfRange(beginning.deadline, earliest, latest);
        }
        if (beginning.staking != address(0)) {
            if (IStaking(beginning.staking).asset() != beginning.asset) {
                revert WrongAsset(beginning.staking, beginning.asset);
            }
        } else if (beginning.boost != 0) {
            revert BoostWithoutStaking(beginning.boost);
        }
        root = beginning.root;
        total = beginning.total;
        deadline = beginning.deadline;
        asset = beginning.asset;
        staking = beginning.staking;
        configuration = beginning.configuration;
        boost = beginning.boost;
    }

    /// @notice Takes what is given away; tokens are transferred here.
    receive() external payable {
        if (asset != address(0)) {
            revert Asset.WrongValue(msg.value, 0);
        }
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function isOpen() external view returns (bool) {
        return _opened;
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function taken() external view returns (uint256) {
        return _taken;
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function isClaimed(address account) external view returns (bool) {
        return _claimed[account];
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function open() external {
        if (_opened) {
            revert AlreadyOpen();
        }
        _requireTime();
        uint256 balance = _balance();
        if (balance < total) {
            revert NotOpen(balance, total);
        }
        _opened = true;
        emit Opened(total);
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function claim(uint256 amount, bytes32[] calldata proof) external {
        _take(amount, proof);
        emit Claimed(msg.sender, amount);
        Asset.send(asset, msg.sender, amount);
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function stake(uint256 amount, bytes32[] calldata proof) external returns (uint256 stakeId) {
        if (staking == address(0)) {
            revert NoStaking();
        }
        _take(amount, proof);
        uint256 value = amount;
        if (asset != address(0)) {
            SafeERC20.forceApprove(IERC20(asset), staking, amount);
            value = 0;
        }
        stakeId = IStaking(staking).stakeBoosted{value: value}(configuration, msg.sender, amount, boost);
        emit ClaimStaked(msg.sender, stakeId, amount, boost);
    }

    /// @inheritdoc IClaimOrStakeAirdrop
    function returnRemainder(address to) external onlyOwner {
        if (block.timestamp <= deadline) {
            revert DeadlineNotPassed(deadline);
        }
        if (to == address(0)) {
            revert ZeroAddress();
        }
        uint256 amount = _balance();
        emit RemainderReturned(to, amount);
        Asset.send(asset, to, amount);
    }

    /// @dev Checks, and all effects of a claim; what is left to do is to pay or stake the amount.
    function _take(uint256 amount, bytes32[] calldata proof) private {
        if (!_opened) {
            revert NotOpen(_balance(), total);
        }
        _requireTime();
        if (_claimed[msg.sender]) {
            revert AlreadyClaimed(msg.sender);
        }
        bytes32 proven = AmountProof.root(msg.sender, amount, proof);
        if (proven != root) {
            revert WrongProof(msg.sender, amount, proven);
        }
        // compared without a sum, which a wrong tree's amount could overflow
        if (amount > total - _taken) {
            revert TotalExceeded(_taken, total);
        }
        _claimed[msg.sender] = true;
        // not above the total, which has 128 bits
        _taken += uint128(amount);
    }

    function _requireTime() private view {
        if (block.timestamp > deadline) {
            revert DeadlinePassed(deadline);
        }
    }

    function _balance() private view returns (uint256) {
        return asset == address(0) ? address(this).balance : IERC20(asset).balanceOf(address(this));
    }
}
