// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IParameterStore} from "./IParameterStore.sol";

/// @title The parameters that governance decides
/// @notice See {IParameterStore}, which is its documentation.
/// @dev Values are checkpoints by the time of their effect. Those times rise, because a change is made only after the one
///   before has taken effect and all wait equally long. The fee split and the policy are kept in the same way under keys
///   of their own, which no number can be added under. One contract, and long, because all three kinds share that one
///   mechanism.
contract ParameterStore is IParameterStore, Ownable2Step {
    using Checkpoints for Checkpoints.Trace208;

    /// @notice How it begins.
    /// @param changeDelay seconds from a change to its effect, 1 to 30 days
    /// @param cooldown seconds from an effect to when the next change can be made, 0 to 90 days
    /// @param epochLength seconds of an epoch; the least is not 0
    /// @param activationDelay seconds from the posting of a root to when claims can be made against it
    /// @param feeSplit basis points by role that add up to 10 000
    /// @param policyVersion from 1
    /// @param policyHash SHA-256 of the policy's canonical text
    struct Beginning {
        uint48 changeDelay;
        uint48 cooldown;
        Setting epochLength;
        Setting activationDelay;
        uint16[6] feeSplit;
        uint32 policyVersion;
        bytes32 policyHash;
    }

    /// @notice The key of the length of an epoch, in seconds.
    bytes32 public constant EPOCH_LENGTH = "epochLength";

    /// @notice The key of the delay after which claims can be made against a root, in seconds.
    bytes32 public constant ACTIVATION_DELAY = "activationDelay";

    uint256 private constant _MAX_PARAMETERS = 64;
    uint256 private constant _WHOLE = 10_000;
    uint208 private constant _MAX_CHANGE_DELAY = 30 days;
    uint208 private constant _MAX_COOLDOWN = 90 days;

    bytes32 private constant _FEE_SPLIT = "feeSplit";
    bytes32 private constant _POLICY = "attributionPolicy";

    /// @inheritdoc IParameterStore
    uint48 public immutable changeDelay;

    /// @inheritdoc IParameterStore
    uint48 public immutable cooldown;

    struct Limits {
        uint208 minimum;
        // when it was added; 0: it was not
        uint48 since;
        uint208 maximum;
    }

    bytes32[] private _keys;
    mapping(bytes32 key => Limits) private _limits;
    mapping(bytes32 key => Checkpoints.Trace208) private _values;
    mapping(uint32 version => bytes32) private _policyHashes;

    /// @param owner_ changes it: the timelock of the governor
    /// @param beginning within the ranges that are stated there (`OutOfBounds` names what is not)
    constructor(address owner_, Beginning memory beginning) Ownable(owner_) {
        _requireBounds("changeDelay", beginning.changeDelay, 1, _MAX_CHANGE_DELAY);
        _requireBounds("cooldown", beginning.cooldown, 0, _MAX_COOLDOWN);
        changeDelay = beginning.changeDelay;
        cooldown = beginning.cooldown;

        // first, so that no number can be added under their keys
        _limits[_FEE_SPLIT].since = _now();
        _limits[_POLICY].since = _now();

        _requireBounds(EPOCH_LENGTH, beginning.epochLength.minimum, 1, type(uint208).max);
        _add(EPOCH_LENGTH, beginning.epochLength);
        _add(ACTIVATION_DELAY, beginning.activationDelay);

        uint16[6] memory none;
        _values[_FEE_SPLIT].push(_now(), _pack(beginning.feeSplit));
        emit FeeSplitChanged(none, beginning.feeSplit, _now());

        _keepPolicy(beginning.policyVersion, beginning.policyHash);
        _values[_POLICY].push(_now(), beginning.policyVersion);
        emit AttributionPolicyChanged(beginning.policyVersion, beginning.policyHash, _now());
    }

    /// @inheritdoc IParameterStore
    function keys() external view returns (bytes32[] memory) {
        return _keys;
    }

    /// @inheritdoc IParameterStore
    function bounds(bytes32 key) external view returns (uint208 minimum, uint208 maximum) {
        Limits storage limits = _known(key);
        return (limits.minimum, limits.maximum);
    }

    /// @inheritdoc IParameterStore
    function parameter(bytes32 key) external view returns (uint208) {
        _known(key);
        return _values[key].upperLookupRecent(_now());
    }

    /// @inheritdoc IParameterStore
    function parameterAt(bytes32 key, uint48 timepoint) external view returns (uint208) {
        _known(key);
        return _valueAt(key, timepoint);
    }

    /// @inheritdoc IParameterStore
    function lastChange(bytes32 key) external view returns (uint208 value, uint48 effectiveAt) {
        _known(key);
        return _last(key);
    }

    /// @inheritdoc IParameterStore
    function feeSplit() external view returns (uint16[6] memory) {
        return _unpack(_valueAt(_FEE_SPLIT, _now()));
    }

    /// @inheritdoc IParameterStore
    function feeSplitAt(uint48 timepoint) external view returns (uint16[6] memory) {
        return _unpack(_valueAt(_FEE_SPLIT, timepoint));
    }

    /// @inheritdoc IParameterStore
    function lastFeeSplitChange() external view returns (uint16[6] memory split, uint48 effectiveAt) {
        uint208 packed;
        (packed, effectiveAt) = _last(_FEE_SPLIT);
        split = _unpack(packed);
    }

    /// @inheritdoc IParameterStore
    function attributionPolicy() external view returns (uint32 version, bytes32 policyHash) {
        version = uint32(_valueAt(_POLICY, _now()));
        policyHash = _policyHashes[version];
    }

    /// @inheritdoc IParameterStore
    function attributionPolicyAt(uint48 timepoint) external view returns (uint32 version, bytes32 policyHash) {
        version = uint32(_valueAt(_POLICY, timepoint));
        policyHash = _policyHashes[version];
    }

    /// @inheritdoc IParameterStore
    function lastAttributionPolicyChange()
        external
        view
        returns (uint32 version, bytes32 policyHash, uint48 effectiveAt)
    {
        uint208 value;
        (value, effectiveAt) = _last(_POLICY);
        version = uint32(value);
        policyHash = _policyHashes[version];
    }

    /// @inheritdoc IParameterStore
    function policyHashOf(uint32 version) external view returns (bytes32) {
        return _policyHashes[version];
    }

    /// @inheritdoc IParameterStore
    function addParameter(bytes32 key, Setting calldata setting) external onlyOwner {
        _add(key, setting);
    }

    /// @inheritdoc IParameterStore
    function setParameter(bytes32 key, uint208 value) external onlyOwner returns (uint48 effectiveAt) {
        Limits storage limits = _known(key);
        _requireBounds(key, value, limits.minimum, limits.maximum);
        uint208 old;
        (old, effectiveAt) = _change(key, value);
        emit ParameterChanged(key, old, value, effectiveAt);
    }

    /// @inheritdoc IParameterStore
    function setFeeSplit(uint16[6] calldata split) external onlyOwner returns (uint48 effectiveAt) {
        uint208 old;
        (old, effectiveAt) = _change(_FEE_SPLIT, _pack(split));
        emit FeeSplitChanged(_unpack(old), split, effectiveAt);
    }

    /// @inheritdoc IParameterStore
    function setAttributionPolicy(uint32 version, bytes32 policyHash)
        external
        onlyOwner
        returns (uint48 effectiveAt)
    {
        _keepPolicy(version, policyHash);
        (, effectiveAt) = _change(_POLICY, version);
        emit AttributionPolicyChanged(version, policyHash, effectiveAt);
    }

    function _add(bytes32 key, Setting memory setting) private {
        if (key == bytes32(0)) {
            revert EmptyKey();
        }
        if (_limits[key].since != 0) {
            revert ParameterExists(key);
        }
        if (_keys.length == _MAX_PARAMETERS) {
            revert TooManyParameters(_MAX_PARAMETERS);
        }
        if (setting.minimum > setting.maximum) {
            revert BoundsEmpty(key, setting.minimum, setting.maximum);
        }
        _requireBounds(key, setting.value, setting.minimum, setting.maximum);
        _keys.push(key);
        _limits[key] = Limits({minimum: setting.minimum, since: _now(), maximum: setting.maximum});
        _values[key].push(_now(), setting.value);
        emit ParameterAdded(key, setting.minimum, setting.maximum, setting.value);
    }

    function _change(bytes32 key, uint208 value) private returns (uint208 old, uint48 effectiveAt) {
        (, uint48 lastEffect) = _last(key);
        uint48 nextChangeAt = lastEffect + cooldown;
        if (_now() < nextChangeAt) {
            revert CooldownNotOver(key, nextChangeAt);
        }
        effectiveAt = _now() + changeDelay;
        (old,) = _values[key].push(effectiveAt, value);
    }

    function _keepPolicy(uint32 version, bytes32 policyHash) private {
        uint32 last = uint32(_values[_POLICY].latest());
        if (version <= last) {
            revert VersionNotNewer(version, last);
        }
        if (policyHash == bytes32(0)) {
            revert PolicyHashMissing();
        }
        _policyHashes[version] = policyHash;
    }

    function _known(bytes32 key) private view returns (Limits storage limits) {
        limits = _limits[key];
        // the split and the policy are no numbers
        if (limits.since == 0 || key == _FEE_SPLIT || key == _POLICY) {
            revert UnknownParameter(key);
        }
    }

    function _valueAt(bytes32 key, uint48 timepoint) private view returns (uint208) {
        if (timepoint > _now()) {
            revert FutureLookup(timepoint, _now());
        }
        uint48 since = _limits[key].since;
        if (timepoint < since) {
            revert NoValueYet(key, timepoint, since);
        }
        return _values[key].upperLookupRecent(timepoint);
    }

    function _last(bytes32 key) private view returns (uint208 value, uint48 effectiveAt) {
        (, effectiveAt, value) = _values[key].latestCheckpoint();
    }

    function _requireBounds(bytes32 key, uint256 value, uint208 minimum, uint208 maximum) private pure {
        if (value < minimum || value > maximum) {
            revert OutOfBounds(key, value, minimum, maximum);
        }
    }

    /// @dev Role i in the bits from 16 i.
    function _pack(uint16[6] memory split) private pure returns (uint208 packed) {
        uint256 sum = 0;
        for (uint256 i = 0; i < 6; ++i) {
            sum += split[i];
            packed |= uint208(split[i]) << uint208(16 * i);
        }
        if (sum != _WHOLE) {
            revert SplitNotWhole(sum);
        }
    }

    function _unpack(uint208 packed) private pure returns (uint16[6] memory split) {
        for (uint256 i = 0; i < 6; ++i) {
            split[i] = uint16(packed >> uint208(16 * i));
        }
    }

    function _now() private view returns (uint48) {
        return uint48(block.timestamp);
    }
}
