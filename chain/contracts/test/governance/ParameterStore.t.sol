// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IParameterStore} from "../../src/governance/IParameterStore.sol";
import {ParameterStore} from "../../src/governance/ParameterStore.sol";
import {Test} from "../support/Test.sol";

/// @dev How the stores of these tests begin.
abstract contract Stores is Test {
    uint256 internal constant START = 1_800_000_000;
    uint48 internal constant DELAY = 2 days;
    uint48 internal constant COOLDOWN = 7 days;
    bytes32 internal constant HASH = keccak256("the first policy");

    function _beginning() internal pure returns (ParameterStore.Beginning memory) {
        return ParameterStore.Beginning({
            changeDelay: DELAY,
            cooldown: COOLDOWN,
            epochLength: IParameterStore.Setting({minimum: 60, maximum: 30 days, value: 1 hours}),
            activationDelay: IParameterStore.Setting({minimum: 10 minutes, maximum: 14 days, value: 1 days}),
            feeSplit: _standard(),
            policyVersion: 1,
            policyHash: HASH
        });
    }

    /// @dev Contributors, adapter builder, base model publisher, node operator, treasury, stakers.
    function _standard() internal pure returns (uint16[6] memory) {
        return [uint16(7_000), 1_000, 500, 1_000, 500, 0];
    }
}

contract ParameterStoreTest is Stores {
    ParameterStore private store;
    address private stranger;
    bytes32 private epochLength;

    function setUp() external {
        vm.warp(START);
        stranger = _account("stranger");
        store = new ParameterStore(address(this), _beginning());
        epochLength = store.EPOCH_LENGTH();
    }

    function test_beginsAsItIsTold() external view {
        vm.assertEq(store.owner(), address(this));
        vm.assertEq(store.changeDelay(), DELAY);
        vm.assertEq(store.cooldown(), COOLDOWN);
        vm.assertEq(store.keys().length, 2);
        vm.assertEq(store.keys()[0], bytes32("epochLength"));
        vm.assertEq(store.keys()[1], bytes32("activationDelay"));
        vm.assertEq(store.parameter(epochLength), 1 hours);
        vm.assertEq(store.parameter(store.ACTIVATION_DELAY()), 1 days);
        (uint208 minimum, uint208 maximum) = store.bounds(epochLength);
        vm.assertEq(minimum, 60);
        vm.assertEq(maximum, 30 days);
        (uint208 value, uint48 effectiveAt) = store.lastChange(epochLength);
        vm.assertEq(value, 1 hours);
        vm.assertEq(effectiveAt, START);
        _assertSplit(store.feeSplit(), _standard());
        (uint32 version, bytes32 policyHash) = store.attributionPolicy();
        vm.assertEq(version, 1);
        vm.assertEq(policyHash, HASH);
        vm.assertEq(store.policyHashOf(1), HASH);
        vm.assertEq(store.policyHashOf(2), bytes32(0));
    }

    function test_tellsHowItBegins() external {
        uint16[6] memory none;
        vm.expectEmit();
        emit IParameterStore.ParameterAdded("epochLength", 60, 30 days, 1 hours);
        vm.expectEmit();
        emit IParameterStore.ParameterAdded("activationDelay", 10 minutes, 14 days, 1 days);
        vm.expectEmit();
        emit IParameterStore.FeeSplitChanged(none, _standard(), uint48(START));
        vm.expectEmit();
        emit IParameterStore.AttributionPolicyChanged(1, HASH, uint48(START));
        new ParameterStore(address(this), _beginning());
    }

    function test_refusesToBeginOutOfRange() external {
        ParameterStore.Beginning memory wrong = _beginning();
        wrong.changeDelay = 0;
        _refusesBeginning(wrong, _outOfBounds("changeDelay", 0, 1, 30 days));
        wrong.changeDelay = 30 days + 1;
        _refusesBeginning(wrong, _outOfBounds("changeDelay", 30 days + 1, 1, 30 days));
        wrong = _beginning();
        wrong.cooldown = 90 days + 1;
        _refusesBeginning(wrong, _outOfBounds("cooldown", 90 days + 1, 0, 90 days));
        wrong = _beginning();
        wrong.epochLength.minimum = 0;
        _refusesBeginning(wrong, _outOfBounds("epochLength", 0, 1, type(uint208).max));
        wrong = _beginning();
        wrong.epochLength.value = 59;
        _refusesBeginning(wrong, _outOfBounds("epochLength", 59, 60, 30 days));
        wrong = _beginning();
        wrong.activationDelay.value = 14 days + 1;
        _refusesBeginning(wrong, _outOfBounds("activationDelay", 14 days + 1, 10 minutes, 14 days));
        wrong = _beginning();
        wrong.feeSplit[5] = 1;
        _refusesBeginning(wrong, abi.encodeWithSelector(IParameterStore.SplitNotWhole.selector, 10_001));
        wrong = _beginning();
        wrong.policyVersion = 0;
        _refusesBeginning(wrong, abi.encodeWithSelector(IParameterStore.VersionNotNewer.selector, 0, 0));
        wrong = _beginning();
        wrong.policyHash = bytes32(0);
        _refusesBeginning(wrong, abi.encodeWithSelector(IParameterStore.PolicyHashMissing.selector));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new ParameterStore(address(0), _beginning());
    }

    function test_takesTheEndsOfTheRangesOfItsTimes() external {
        ParameterStore.Beginning memory ends = _beginning();
        ends.changeDelay = 30 days;
        ends.cooldown = 90 days;
        new ParameterStore(address(this), ends);
        ends.changeDelay = 1;
        ends.cooldown = 0;
        new ParameterStore(address(this), ends);
    }

    function test_changesAParameterAfterTheDelay() external {
        vm.warp(START + COOLDOWN);
        uint48 effectiveAt = uint48(START + COOLDOWN + DELAY);
        vm.expectEmit(address(store));
        emit IParameterStore.ParameterChanged(epochLength, 1 hours, 2 hours, effectiveAt);
        vm.assertEq(store.setParameter(epochLength, 2 hours), effectiveAt);
        (uint208 value, uint48 at_) = store.lastChange(epochLength);
        vm.assertEq(value, 2 hours);
        vm.assertEq(at_, effectiveAt);
        vm.assertEq(store.parameter(epochLength), 1 hours);
        vm.warp(effectiveAt - 1);
        vm.assertEq(store.parameter(epochLength), 1 hours);
        vm.warp(effectiveAt);
        vm.assertEq(store.parameter(epochLength), 2 hours);
    }

    function test_remembersWhatHeldAtAnEpochsStart() external {
        vm.warp(START + COOLDOWN);
        uint48 first = store.setParameter(epochLength, 2 hours);
        vm.warp(first + COOLDOWN);
        uint48 second = store.setParameter(epochLength, 3 hours);
        vm.warp(second + 365 days);
        vm.assertEq(store.parameterAt(epochLength, uint48(START)), 1 hours);
        vm.assertEq(store.parameterAt(epochLength, first - 1), 1 hours);
        vm.assertEq(store.parameterAt(epochLength, first), 2 hours);
        vm.assertEq(store.parameterAt(epochLength, second - 1), 2 hours);
        vm.assertEq(store.parameterAt(epochLength, second), 3 hours);
        vm.assertEq(store.parameterAt(epochLength, uint48(block.timestamp)), 3 hours);
    }

    function test_refusesToForetell() external {
        uint48 later = uint48(START + 1);
        bytes memory why = abi.encodeWithSelector(IParameterStore.FutureLookup.selector, later, START);
        vm.expectRevert(why);
        store.parameterAt(epochLength, later);
        vm.expectRevert(why);
        store.feeSplitAt(later);
        vm.expectRevert(why);
        store.attributionPolicyAt(later);
    }

    function test_refusesToTellWhatWasBeforeIt() external {
        uint48 before = uint48(START - 1);
        vm.expectRevert(_noValueYet("epochLength", before));
        store.parameterAt(epochLength, before);
        vm.expectRevert(_noValueYet("feeSplit", before));
        store.feeSplitAt(before);
        vm.expectRevert(_noValueYet("attributionPolicy", before));
        store.attributionPolicyAt(before);
    }

    function test_waitsForTheCooldownAfterTheEffect() external {
        uint48 next = uint48(START + COOLDOWN);
        vm.warp(next - 1);
        vm.expectRevert(_cooldown("epochLength", next));
        store.setParameter(epochLength, 2 hours);
        vm.expectRevert(_cooldown("feeSplit", next));
        store.setFeeSplit(_standard());
        vm.expectRevert(_cooldown("attributionPolicy", next));
        store.setAttributionPolicy(2, HASH);
        vm.warp(next);
        uint48 effectiveAt = store.setParameter(epochLength, 2 hours);

        // pending, then in effect and cooling down
        vm.expectRevert(_cooldown("epochLength", effectiveAt + COOLDOWN));
        store.setParameter(epochLength, 3 hours);
        vm.warp(effectiveAt + COOLDOWN - 1);
        vm.expectRevert(_cooldown("epochLength", effectiveAt + COOLDOWN));
        store.setParameter(epochLength, 3 hours);
        vm.warp(effectiveAt + COOLDOWN);
        store.setParameter(epochLength, 3 hours);
    }

    function test_hasACooldownForEachParameterAlone() external {
        vm.warp(START + COOLDOWN);
        store.setParameter(epochLength, 2 hours);
        store.setParameter("activationDelay", 2 days);
        store.setFeeSplit(_standard());
        store.setAttributionPolicy(2, HASH);
    }

    function test_holdsOneChangeAtATimeEvenWithoutACooldown() external {
        ParameterStore.Beginning memory hasty = _beginning();
        hasty.cooldown = 0;
        ParameterStore quick = new ParameterStore(address(this), hasty);
        uint48 effectiveAt = quick.setParameter("epochLength", 2 hours);
        vm.warp(effectiveAt - 1);
        vm.expectRevert(_cooldown("epochLength", effectiveAt));
        quick.setParameter("epochLength", 3 hours);
        vm.warp(effectiveAt);
        quick.setParameter("epochLength", 3 hours);
        vm.assertEq(quick.parameter("epochLength"), 2 hours);
    }

    function test_keepsAParameterWithinItsBounds(uint208 value) external {
        vm.warp(START + COOLDOWN);
        if (value < 60 || value > 30 days) {
            vm.expectRevert(_outOfBounds("epochLength", value, 60, 30 days));
        }
        store.setParameter(epochLength, value);
    }

    function test_takesTheBoundsThemselves() external {
        vm.warp(START + COOLDOWN);
        uint48 effectiveAt = store.setParameter(epochLength, 60);
        vm.warp(effectiveAt + COOLDOWN);
        store.setParameter(epochLength, 30 days);
    }

    function test_addsAParameterThatHoldsAtOnce() external {
        vm.warp(START + 5);
        vm.expectEmit(address(store));
        emit IParameterStore.ParameterAdded("minimumClaim", 0, 10e18, 1e15);
        store.addParameter("minimumClaim", IParameterStore.Setting({minimum: 0, maximum: 10e18, value: 1e15}));
        vm.assertEq(store.parameter("minimumClaim"), 1e15);
        vm.assertEq(store.keys().length, 3);
        vm.expectRevert(
            abi.encodeWithSelector(
                IParameterStore.NoValueYet.selector, bytes32("minimumClaim"), START + 4, START + 5
            )
        );
        store.parameterAt("minimumClaim", uint48(START + 4));
    }

    function test_refusesToAddWhatIsThereOrHasNoRoomOrNoName() external {
        IParameterStore.Setting memory setting = IParameterStore.Setting({minimum: 1, maximum: 2, value: 1});
        bytes32[4] memory taken = [bytes32("epochLength"), "activationDelay", "feeSplit", "attributionPolicy"];
        for (uint256 i = 0; i < taken.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IParameterStore.ParameterExists.selector, taken[i]));
            store.addParameter(taken[i], setting);
        }
        vm.expectRevert(IParameterStore.EmptyKey.selector);
        store.addParameter(bytes32(0), setting);
        setting.value = 3;
        vm.expectRevert(_outOfBounds("new", 3, 1, 2));
        store.addParameter("new", setting);
        setting.value = 0;
        vm.expectRevert(_outOfBounds("new", 0, 1, 2));
        store.addParameter("new", setting);
        setting = IParameterStore.Setting({minimum: 2, maximum: 1, value: 1});
        vm.expectRevert(abi.encodeWithSelector(IParameterStore.BoundsEmpty.selector, bytes32("new"), 2, 1));
        store.addParameter("new", setting);
    }

    function test_holdsSixtyFourParameters() external {
        IParameterStore.Setting memory setting = IParameterStore.Setting({minimum: 1, maximum: 1, value: 1});
        for (uint256 i = 2; i < 64; ++i) {
            store.addParameter(bytes32(i), setting);
        }
        vm.expectRevert(abi.encodeWithSelector(IParameterStore.TooManyParameters.selector, 64));
        store.addParameter(bytes32(uint256(64)), setting);
        vm.assertEq(store.keys().length, 64);
    }

    function test_knowsNoParameterThatWasNotAdded() external {
        bytes32[3] memory unknown = [bytes32("nothing"), "feeSplit", "attributionPolicy"];
        for (uint256 i = 0; i < unknown.length; ++i) {
            bytes memory why = abi.encodeWithSelector(IParameterStore.UnknownParameter.selector, unknown[i]);
            vm.expectRevert(why);
            store.parameter(unknown[i]);
            vm.expectRevert(why);
            store.parameterAt(unknown[i], uint48(START));
            vm.expectRevert(why);
            store.bounds(unknown[i]);
            vm.expectRevert(why);
            store.lastChange(unknown[i]);
            vm.expectRevert(why);
            store.setParameter(unknown[i], 1);
        }
    }

    function test_changesTheFeeSplitAfterTheDelay() external {
        uint16[6] memory split = [uint16(1), 2, 3, 4, 5, 9_985];
        vm.warp(START + COOLDOWN);
        uint48 effectiveAt = uint48(START + COOLDOWN + DELAY);
        vm.expectEmit(address(store));
        emit IParameterStore.FeeSplitChanged(_standard(), split, effectiveAt);
        vm.assertEq(store.setFeeSplit(split), effectiveAt);
        _assertSplit(store.feeSplit(), _standard());
        (uint16[6] memory last, uint48 lastAt) = store.lastFeeSplitChange();
        _assertSplit(last, split);
        vm.assertEq(lastAt, effectiveAt);
        vm.warp(effectiveAt);
        _assertSplit(store.feeSplit(), split);
        _assertSplit(store.feeSplitAt(effectiveAt - 1), _standard());
        _assertSplit(store.feeSplitAt(effectiveAt), split);
    }

    function test_takesOnlyAWholeSplit(uint16[6] memory any) external {
        vm.warp(START + COOLDOWN);
        uint256 sum = 0;
        for (uint256 i = 0; i < 6; ++i) {
            sum += any[i];
        }
        vm.assume(sum != 10_000);
        vm.expectRevert(abi.encodeWithSelector(IParameterStore.SplitNotWhole.selector, sum));
        store.setFeeSplit(any);
    }

    function test_keepsEveryWholeSplitAsItIs(uint16[5] memory any) external {
        uint16[6] memory split;
        uint256 left = 10_000;
        for (uint256 i = 0; i < 5; ++i) {
            split[i] = uint16(_bound(any[i], 0, left));
            left -= split[i];
        }
        split[5] = uint16(left);
        vm.warp(START + COOLDOWN);
        vm.warp(store.setFeeSplit(split));
        _assertSplit(store.feeSplit(), split);
    }

    function test_changesThePolicyAfterTheDelay() external {
        bytes32 hash = keccak256("the seventh policy");
        vm.warp(START + COOLDOWN);
        uint48 effectiveAt = uint48(START + COOLDOWN + DELAY);
        vm.expectEmit(address(store));
        emit IParameterStore.AttributionPolicyChanged(7, hash, effectiveAt);
        vm.assertEq(store.setAttributionPolicy(7, hash), effectiveAt);
        (uint32 lastVersion, bytes32 lastHash, uint48 lastAt) = store.lastAttributionPolicyChange();
        vm.assertEq(lastVersion, 7);
        vm.assertEq(lastHash, hash);
        vm.assertEq(lastAt, effectiveAt);
        vm.warp(effectiveAt - 1);
        _assertPolicy(1, HASH);
        vm.warp(effectiveAt);
        _assertPolicy(7, hash);
        (uint32 version, bytes32 policyHash) = store.attributionPolicyAt(effectiveAt - 1);
        vm.assertEq(version, 1);
        vm.assertEq(policyHash, HASH);
        (version, policyHash) = store.attributionPolicyAt(effectiveAt);
        vm.assertEq(version, 7);
        vm.assertEq(policyHash, hash);
        vm.assertEq(store.policyHashOf(1), HASH);
        vm.assertEq(store.policyHashOf(7), hash);
    }

    function test_neverTakesAPolicysVersionAgain() external {
        vm.warp(START + COOLDOWN);
        vm.expectRevert(abi.encodeWithSelector(IParameterStore.VersionNotNewer.selector, 1, 1));
        store.setAttributionPolicy(1, keccak256("another first"));
        vm.expectRevert(IParameterStore.PolicyHashMissing.selector);
        store.setAttributionPolicy(2, bytes32(0));
        uint48 effectiveAt = store.setAttributionPolicy(2, HASH);
        vm.warp(effectiveAt + COOLDOWN);
        vm.expectRevert(abi.encodeWithSelector(IParameterStore.VersionNotNewer.selector, 2, 2));
        store.setAttributionPolicy(2, HASH);
    }

    function test_obeysItsOwnerAlone() external {
        IParameterStore.Setting memory setting = IParameterStore.Setting({minimum: 1, maximum: 2, value: 1});
        vm.warp(START + COOLDOWN);
        vm.startPrank(stranger);
        bytes memory why = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(why);
        store.addParameter("new", setting);
        vm.expectRevert(why);
        store.setParameter(epochLength, 2 hours);
        vm.expectRevert(why);
        store.setFeeSplit(_standard());
        vm.expectRevert(why);
        store.setAttributionPolicy(2, HASH);
        vm.expectRevert(why);
        store.transferOwnership(stranger);
        vm.stopPrank();
    }

    function test_changesItsOwnerInTwoSteps() external {
        store.transferOwnership(stranger);
        vm.assertEq(store.owner(), address(this));
        vm.assertEq(store.pendingOwner(), stranger);
        vm.prank(stranger);
        store.acceptOwnership();
        vm.assertEq(store.owner(), stranger);
    }

    function _assertPolicy(uint32 version, bytes32 hash) private view {
        (uint32 actualVersion, bytes32 actualHash) = store.attributionPolicy();
        vm.assertEq(actualVersion, version);
        vm.assertEq(actualHash, hash);
    }

    function _assertSplit(uint16[6] memory actual, uint16[6] memory expected) private pure {
        for (uint256 i = 0; i < 6; ++i) {
            vm.assertEq(actual[i], expected[i]);
        }
    }

    function _refusesBeginning(ParameterStore.Beginning memory wrong, bytes memory why) private {
        vm.expectRevert(why);
        new ParameterStore(address(this), wrong);
    }

    function _outOfBounds(bytes32 key, uint256 value, uint256 minimum, uint256 maximum)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IParameterStore.OutOfBounds.selector, key, value, minimum, maximum);
    }

    function _cooldown(bytes32 key, uint48 next) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IParameterStore.CooldownNotOver.selector, key, next);
    }

    function _noValueYet(bytes32 key, uint48 timepoint) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IParameterStore.NoValueYet.selector, key, timepoint, START);
    }
}

/// @title Changes at any time, and the plain list of them
/// @dev The list is what the store has to say, found by looking through all of it.
contract ParameterHandler is Stores {
    ParameterStore public immutable store;
    uint48[] public times;
    uint208[] public values;

    constructor() {
        store = new ParameterStore(address(this), _beginning());
        times.push(uint48(block.timestamp));
        values.push(1 hours);
    }

    function pass(uint256 any) external {
        vm.warp(block.timestamp + _bound(any, 1, 20 days));
    }

    function change(uint256 any) external {
        uint208 value = uint208(_bound(any, 60, 30 days));
        uint48 nextChangeAt = times[times.length - 1] + COOLDOWN;
        try store.setParameter("epochLength", value) returns (uint48 effectiveAt) {
            vm.assertGe(block.timestamp, nextChangeAt, "a change waits for the cooldown");
            times.push(effectiveAt);
            values.push(value);
        } catch {
            vm.assertTrue(block.timestamp < nextChangeAt, "a change after the cooldown is taken");
        }
    }

    function plainly(uint256 timepoint) external view returns (uint208 value) {
        for (uint256 i = 0; i < times.length && times[i] <= timepoint; ++i) {
            value = values[i];
        }
    }

    function pendingAt(uint256 timepoint) external view returns (uint256 pending) {
        for (uint256 i = 0; i < times.length; ++i) {
            if (times[i] > timepoint) {
                ++pending;
            }
        }
    }

    function changes() external view returns (uint256) {
        return times.length;
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](2);
        all[0] = this.pass.selector;
        all[1] = this.change.selector;
    }
}

contract ParameterStoreInvariantTest is Stores {
    ParameterHandler private handler;
    ParameterStore private store;

    function setUp() external {
        vm.warp(START);
        handler = new ParameterHandler();
        store = handler.store();
        _target(address(handler), handler.selectors());
    }

    function invariant_saysWhatThePlainListSays() external view {
        vm.assertEq(store.parameter("epochLength"), handler.plainly(block.timestamp));
        for (uint256 i = 0; i < handler.changes(); ++i) {
            uint48 time = handler.times(i);
            if (time <= block.timestamp) {
                vm.assertEq(store.parameterAt("epochLength", time), handler.plainly(time));
            }
            if (time > START && time - 1 <= block.timestamp) {
                vm.assertEq(store.parameterAt("epochLength", time - 1), handler.plainly(time - 1));
            }
        }
    }

    function invariant_hasOnePendingChangeAtMost() external view {
        vm.assertLe(handler.pendingAt(block.timestamp), 1);
    }

    function invariant_staysWithinItsBounds() external view {
        uint208 value = store.parameter("epochLength");
        vm.assertGe(value, 60);
        vm.assertLe(value, 30 days);
    }
}
