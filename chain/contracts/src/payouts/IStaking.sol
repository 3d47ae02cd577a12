// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Stakes an asset for a fixed time at a fixed rate
/// @notice A configuration says on which terms one can stake. Its bank puts rewards in ahead: a stake is accepted only if
///   its whole reward is there, and that reward is set aside for it at once. So whatever happens to the configuration
///   later, what was promised is there, and a stake keeps the terms that it began with.
///
///   A stake matures after its duration. Its holder can leave at any time: they ask, wait for the cooldown, and withdraw.
///   Who asks before maturity gets the principal back and no reward. Nothing of a stake can be taken or held by anyone
///   else.
///
///   The owner, a timelock, creates configurations. Of each, the bank puts rewards in and takes back what is set aside for
///   nobody; the manager changes the terms of new stakes, opens and closes it, and names the boosters: contracts that may
///   stake for others at a higher rate, within the configuration's limit.
interface IStaking {
    /// @notice The terms of stakes that begin now. Amounts in wei.
    /// @param rate basis points of the principal for 365 days, up to 10 000; not compounded
    /// @param maximumBoost how much a booster may add to the reward, in basis points of the reward, up to 50 000
    /// @param duration seconds until maturity, 1 day to 4 years
    /// @param cooldown seconds from asking to leave until the withdrawal, up to 90 days
    /// @param open whether one can stake and top up
    /// @param topUp whether one can add to a stake
    /// @param minimum the least that a stake begins with and that is added to one, above zero
    /// @param maximum the most that a stake holds, not below the minimum
    /// @param capacity the most that all stakes of the configuration hold
    struct Terms {
        uint16 rate;
        uint16 maximumBoost;
        uint32 duration;
        uint32 cooldown;
        bool open;
        bool topUp;
        uint128 minimum;
        uint128 maximum;
        uint128 capacity;
    }

    /// @notice A configuration.
    /// @param bank puts rewards in and takes back what is free
    /// @param manager changes the terms
    /// @param staked principal of all stakes that did not ask to leave, in wei
    /// @param free put in and set aside for nobody, in wei
    /// @param reserved set aside for stakes, in wei
    /// @param termsSince when the terms were changed last, in seconds since 1970; 0 if they never were
    struct Configuration {
        address bank;
        address manager;
        uint128 staked;
        uint128 free;
        uint128 reserved;
        uint48 termsSince;
        Terms terms;
    }

    /// @notice A stake.
    /// @param holder who leaves and withdraws; the zero address after the withdrawal
    /// @param principal in wei
    /// @param reward at maturity, in wei; 0 from when its holder left earlier
    /// @param maturity in seconds since 1970
    /// @param cooldown in seconds
    /// @param withdrawableAt in seconds since 1970; 0 until its holder asked to leave
    struct Stake {
        address holder;
        uint48 maturity;
        uint48 withdrawableAt;
        uint128 principal;
        uint128 reward;
        uint32 cooldown;
        uint32 configuration;
    }

    event ConfigurationCreated(uint256 indexed configuration, address indexed bank, address indexed manager);
    event TermsChanged(uint256 indexed configuration, Terms terms);
    event BankChanged(uint256 indexed configuration, address indexed bank);
    event ManagerChanged(uint256 indexed configuration, address indexed manager);
    event BoosterChanged(uint256 indexed configuration, address indexed booster, bool allowed);

    /// @notice Rewards were put in.
    event RewardsFunded(uint256 indexed configuration, address indexed from, uint256 amount);

    /// @notice The bank took back what was set aside for nobody.
    event RewardsReturned(uint256 indexed configuration, address indexed to, uint256 amount);

    /// @notice A stake began.
    /// @param boost basis points that were added to the reward
    event Staked(
        uint256 indexed stake,
        uint256 indexed configuration,
        address indexed holder,
        uint256 principal,
        uint256 reward,
        uint256 boost,
        uint48 maturity
    );

    /// @notice Something was added to a stake: so much principal, so much reward.
    event ToppedUp(uint256 indexed stake, uint256 principal, uint256 reward);

    /// @notice The holder asked to leave.
    /// @param forfeited the reward that became free again because the stake had not matured
    event LeaveRequested(uint256 indexed stake, uint256 forfeited, uint48 withdrawableAt);

    /// @notice The stake was paid back and is no more.
    event Withdrawn(uint256 indexed stake, address indexed to, uint256 principal, uint256 reward);

    error UnknownConfiguration(uint256 configuration);
    error UnknownStake(uint256 stake);
    error NotBank(uint256 configuration, address caller);
    error NotManager(uint256 configuration, address caller);
    error NotBooster(uint256 configuration, address caller);
    error NotHolder(uint256 stake, address caller);
    error ZeroAddress();
    error NothingSent();

    /// @notice A term is out of its range.
    error TermOutOfRange(bytes32 term, uint256 value, uint256 minimum, uint256 maximum);
    error TooManyConfigurations(uint256 maximum);
    error Closed(uint256 configuration);

    /// @notice The terms changed less than an hour ago: a transaction that was sent before that was sent under others.
    error TermsTooNew(uint256 configuration, uint48 stakeableAt);
    error NoTopUp(uint256 stake);

    /// @notice An amount or the stake that it would make is out of the limits.
    error AmountOutOfRange(uint256 amount, uint256 minimum, uint256 maximum);
    error CapacityExceeded(uint256 configuration, uint256 staked, uint256 capacity);
    error BoostTooHigh(uint256 boost, uint256 maximum);

    /// @notice There is not enough put in for what a stake would earn, or for what the bank would take back.
    error RewardsMissing(uint256 configuration, uint256 needed, uint256 free);
    error AlreadyLeaving(uint256 stake, uint48 withdrawableAt);

    /// @notice The holder did not ask to leave (0), or the cooldown is not over.
    error NotWithdrawable(uint256 stake, uint48 withdrawableAt);

    /// @notice The token that is staked, or the zero address for the native coin.
    function asset() external view returns (address);

    /// @notice How many configurations there are; they are numbered from 1, up to 1000.
    function configurations() external view returns (uint256);

    /// @notice A configuration. `UnknownConfiguration`.
    function configurationOf(uint256 configuration) external view returns (Configuration memory);

    /// @notice A stake that was not withdrawn. `UnknownStake`.
    function stakeOf(uint256 stake) external view returns (Stake memory);

    /// @notice Whether an account may stake for others with a boost.
    function isBooster(uint256 configuration, address account) external view returns (bool);

    /// @notice What a stake of this amount, begun now, would earn until maturity, rounded down to a wei.
    ///   `UnknownConfiguration`.
    /// @param boost basis points that are added to it
    function rewardOf(uint256 configuration, uint256 amount, uint256 boost) external view returns (uint256);

    /// @notice Adds a configuration. Only the owner.
    /// @param bank not zero (`ZeroAddress`)
    /// @param manager not zero (`ZeroAddress`)
    /// @param terms within their ranges (`TermOutOfRange`)
    /// @return configuration its number
    function createConfiguration(address bank, address manager, Terms calldata terms)
        external
        returns (uint256 configuration);

    /// @notice Appoints the bank. Only the owner.
    function setBank(uint256 configuration, address bank) external;

    /// @notice Appoints the manager. Only the owner.
    function setManager(uint256 configuration, address manager) external;

    /// @notice Changes the terms of stakes that begin, and of what is added, from now on. Only the manager (`NotManager`).
    ///   For an hour nobody can stake or add (`TermsTooNew`), so that nobody stakes on terms that they have not seen.
    function setTerms(uint256 configuration, Terms calldata terms) external;

    /// @notice Allows or forbids an account to stake for others with a boost. Only the manager (`NotManager`).
    function setBooster(uint256 configuration, address booster, bool allowed) external;

    /// @notice Puts rewards in. Anyone.
    /// @param amount above zero (`NothingSent`); the value of the call, or approved tokens
    function fundRewards(uint256 configuration, uint256 amount) external payable;

    /// @notice Takes back rewards that are set aside for nobody. Only the bank (`NotBank`), to itself.
    /// @param amount up to what is free (`RewardsMissing`)
    function returnRewards(uint256 configuration, uint256 amount) external;

    /// @notice Stakes for the caller.
    /// @param amount within the limits (`AmountOutOfRange`, `CapacityExceeded`); the value of the call, or approved tokens
    /// @return stakeId its number
    function stake(uint256 configuration, uint256 amount) external payable returns (uint256 stakeId);

    /// @notice Stakes the caller's amount for another, who alone can withdraw it. Anyone.
    function stakeFor(uint256 configuration, address holder, uint256 amount) external payable returns (uint256 stakeId);

    /// @notice As {stakeFor}, with a reward that is higher by `boost` basis points. Only boosters (`NotBooster`), up to the
    ///   configuration's limit (`BoostTooHigh`).
    function stakeBoosted(uint256 configuration, address holder, uint256 amount, uint256 boost)
        external
        payable
        returns (uint256 stakeId);

    /// @notice Adds to a stake of the caller's. It earns for the time that is left, at the configuration's present rate,
    ///   without boost. Not after maturity or after asking to leave, and only where the terms allow it (`NoTopUp`).
    function topUp(uint256 stakeId, uint256 amount) external payable;

    /// @notice Asks to leave. Only the holder (`NotHolder`), once (`AlreadyLeaving`). Before maturity the reward is
    ///   forfeited.
    function requestLeave(uint256 stakeId) external;

    /// @notice Pays principal and reward. Only the holder, after the cooldown (`NotWithdrawable`).
    /// @param to who is paid: for holders that cannot take coins themselves; not zero (`ZeroAddress`)
    function withdraw(uint256 stakeId, address to) external;
}
