// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The parameters that governance decides, with their history
/// @notice A parameter is a number under a key (ASCII text, padded with zeros to 32 bytes). The owner, a timelock, changes
///   it within bounds that never change. A change takes effect a fixed delay after it was made, and the next one can be
///   made only a fixed time after the last took effect: there is never more than one pending change of a parameter, and
///   everyone sees it coming. Nothing is forgotten: {parameterAt} says what held at any past time, which is how an epoch
///   is settled by the rules of its start.
///
///   Two more follow the same rules: the fee split and the attribution policy.
interface IParameterStore {
    /// @notice A number and where it may be moved to.
    /// @param minimum the least, inclusive
    /// @param maximum the most, inclusive
    /// @param value from the beginning
    struct Setting {
        uint208 minimum;
        uint208 maximum;
        uint208 value;
    }

    /// @notice A parameter was added; it holds from now on.
    event ParameterAdded(bytes32 indexed key, uint208 minimum, uint208 maximum, uint208 value);

    /// @notice A parameter was changed; the new value holds from `effectiveAt` on, in seconds since 1970.
    event ParameterChanged(bytes32 indexed key, uint208 oldValue, uint208 newValue, uint48 effectiveAt);

    /// @notice The fee split was changed; basis points by role, in the order of {feeSplit}.
    event FeeSplitChanged(uint16[6] oldSplit, uint16[6] newSplit, uint48 effectiveAt);

    /// @notice The attribution policy was changed.
    event AttributionPolicyChanged(uint32 indexed version, bytes32 policyHash, uint48 effectiveAt);

    /// @notice There is no parameter of this key.
    error UnknownParameter(bytes32 key);

    /// @notice The key is taken.
    error ParameterExists(bytes32 key);

    /// @notice A key must not be empty.
    error EmptyKey();

    /// @notice There are as many parameters as there may be.
    error TooManyParameters(uint256 maximum);

    /// @notice The bounds have no value between them.
    error BoundsEmpty(bytes32 key, uint208 minimum, uint208 maximum);

    /// @notice The value is not within the parameter's bounds.
    error OutOfBounds(bytes32 key, uint256 value, uint208 minimum, uint208 maximum);

    /// @notice The last change is pending, or took effect too short a time ago.
    error CooldownNotOver(bytes32 key, uint48 nextChangeAt);

    /// @notice The parts of the fee split do not add up to 10 000 basis points.
    error SplitNotWhole(uint256 sum);

    /// @notice The version of a policy is not above the last one.
    error VersionNotNewer(uint32 version, uint32 last);

    /// @notice A policy has a hash that is not zero.
    error PolicyHashMissing();

    /// @notice What holds in the future can still change.
    error FutureLookup(uint48 timepoint, uint48 currentTime);

    /// @notice The parameter did not exist at this time.
    error NoValueYet(bytes32 key, uint48 timepoint, uint48 since);

    /// @notice The seconds from a change to its effect.
    function changeDelay() external view returns (uint48);

    /// @notice The seconds from a change's effect to when the next one can be made.
    function cooldown() external view returns (uint48);

    /// @notice The keys in the order in which they were added, 64 at most. Fee split and policy have none.
    function keys() external view returns (bytes32[] memory);

    /// @notice What a parameter may be changed to, both inclusive. `UnknownParameter`.
    function bounds(bytes32 key) external view returns (uint208 minimum, uint208 maximum);

    /// @notice What a parameter is now. `UnknownParameter`.
    function parameter(bytes32 key) external view returns (uint208);

    /// @notice What a parameter was at a time, in seconds since 1970. `UnknownParameter`; `FutureLookup` after now;
    ///   `NoValueYet` before it was added.
    function parameterAt(bytes32 key, uint48 timepoint) external view returns (uint208);

    /// @notice The last change, pending if `effectiveAt` is after now. `UnknownParameter`.
    function lastChange(bytes32 key) external view returns (uint208 value, uint48 effectiveAt);

    /// @notice How a fee is split now, in basis points that add up to 10 000, in this order: contributors, adapter
    ///   builder, base model publisher, node operator, treasury, stakers.
    function feeSplit() external view returns (uint16[6] memory);

    /// @notice The split at a time; errors as {parameterAt}.
    function feeSplitAt(uint48 timepoint) external view returns (uint16[6] memory);

    /// @notice The last change of the split, pending if `effectiveAt` is after now.
    function lastFeeSplitChange() external view returns (uint16[6] memory split, uint48 effectiveAt);

    /// @notice The attribution policy that holds now: its version, from 1, and the SHA-256 of its canonical text.
    function attributionPolicy() external view returns (uint32 version, bytes32 policyHash);

    /// @notice The policy at a time; errors as {parameterAt}.
    function attributionPolicyAt(uint48 timepoint) external view returns (uint32 version, bytes32 policyHash);

    /// @notice The last change of the policy, pending if `effectiveAt` is after now.
    function lastAttributionPolicyChange()
        external
        view
        returns (uint32 version, bytes32 policyHash, uint48 effectiveAt);

    /// @notice The hash of a version of the policy, zero if there is none.
    function policyHashOf(uint32 version) external view returns (bytes32);

    /// @notice Adds a parameter, which holds at once. Only the owner.
    /// @param key not zero (`EmptyKey`), new (`ParameterExists`)
    /// @param setting its bounds (`BoundsEmpty`), for ever, and its value within them (`OutOfBounds`)
    function addParameter(bytes32 key, Setting calldata setting) external;

    /// @notice Changes a parameter. Only the owner.
    /// @param key known (`UnknownParameter`), its last change long enough ago (`CooldownNotOver`)
    /// @param value within the bounds (`OutOfBounds`)
    /// @return effectiveAt from when it holds
    function setParameter(bytes32 key, uint208 value) external returns (uint48 effectiveAt);

    /// @notice Changes the fee split. Only the owner.
    /// @param split adds up to 10 000 (`SplitNotWhole`); the last change long enough ago (`CooldownNotOver`)
    /// @return effectiveAt from when it holds
    function setFeeSplit(uint16[6] calldata split) external returns (uint48 effectiveAt);

    /// @notice Changes the attribution policy. Only the owner.
    /// @param version above the last (`VersionNotNewer`); the last change long enough ago (`CooldownNotOver`)
    /// @param policyHash SHA-256 of the policy's canonical text, not zero (`PolicyHashMissing`)
    /// @return effectiveAt from when it holds
    function setAttributionPolicy(uint32 version, bytes32 policyHash) external returns (uint48 effectiveAt);
}
