// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Gives fixed amounts to accounts, who take them or stake them for a boost
/// @notice A Merkle root says once and for all who gets how much. Each account decides for itself, once and before the
///   deadline: {claim} pays it, {stake} stakes it at a rate that is higher by the boost. Nobody decides for another: who
///   claims for someone would take their choice.
///
///   It begins when all that it gives is there ({open}), so that nobody comes too late because another came first. After
///   the deadline the owner, a timelock, returns what was not taken.
interface IClaimOrStakeAirdrop {
    /// @notice All is there; claims are possible from now on.
    event Opened(uint256 total);

    /// @notice An account took its amount.
    event Claimed(address indexed account, uint256 amount);

    /// @notice An account staked its amount.
    event ClaimStaked(address indexed account, uint256 indexed stake, uint256 amount, uint256 boost);

    /// @notice What was left after the deadline was returned.
    event RemainderReturned(address indexed to, uint256 amount);

    error RootMissing();
    error TotalMissing();
    error DeadlineOutOfRange(uint48 deadline, uint48 minimum, uint48 maximum);
    error BoostWithoutStaking(uint256 boost);
    error WrongAsset(address staking, address asset);
    error NotOpen(uint256 balance, uint256 total);
    error AlreadyOpen();
    error DeadlinePassed(uint48 deadline);
    error DeadlineNotPassed(uint48 deadline);
    error AlreadyClaimed(address account);

    /// @notice The proof leads to another root.
    error WrongProof(address account, uint256 amount, bytes32 proven);

    /// @notice More was proven than the stated total: the tree sums up to more.
    error TotalExceeded(uint256 taken, uint256 total);
    error NoStaking();
    error ZeroAddress();

    /// @notice The token that is given, or the zero address for the native coin.
    function asset() external view returns (address);

    /// @notice The root over all accounts and amounts.
    function root() external view returns (bytes32);

    /// @notice What is given in all, in wei.
    function total() external view returns (uint256);

    /// @notice Until when, in seconds since 1970, that second included.
    function deadline() external view returns (uint48);

    /// @notice Where it can be staked, or the zero address.
    function staking() external view returns (address);

    /// @notice On which of its configurations.
    function configuration() external view returns (uint256);

    /// @notice How much higher the reward is, in basis points.
    function boost() external view returns (uint256);

    /// @notice Whether {open} was called.
    function isOpen() external view returns (bool);

    /// @notice What was claimed and staked, in wei.
    function taken() external view returns (uint256);

    /// @notice Whether an account has decided.
    function isClaimed(address account) external view returns (bool);

    /// @notice Begins. Anyone, once (`AlreadyOpen`), when the total is there (`NotOpen`), before the deadline has passed.
    function open() external;

    /// @notice Pays the caller their amount.
    /// @param amount theirs, in wei
    /// @param proof the siblings from their leaf upwards (`WrongProof`)
    function claim(uint256 amount, bytes32[] calldata proof) external;

    /// @notice Stakes the caller's amount for them, with the boost. Errors as {claim} and as the staking's.
    /// @return stakeId its number
    function stake(uint256 amount, bytes32[] calldata proof) external returns (uint256 stakeId);

    /// @notice Returns all that is left. Only the owner, after the deadline (`DeadlineNotPassed`).
    /// @param to not zero (`ZeroAddress`)
    function returnRemainder(address to) external;
}
