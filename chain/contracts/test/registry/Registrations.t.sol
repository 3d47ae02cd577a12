// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistrations} from "../../src/registry/IRegistrations.sol";
import {AttributionAnchor} from "../../src/registry/AttributionAnchor.sol";
import {DatanetRegistry} from "../../src/registry/DatanetRegistry.sol";
import {ModelRegistry} from "../../src/registry/ModelRegistry.sol";
import {Test} from "../support/Test.sol";

/// @dev What holds for the entries of each of the three.
abstract contract RegistrationsContract is Test {
    bytes32 internal constant SALT = keccak256("a name");

    IRegistrations internal entries;
    address internal owner;
    address internal other;
    address internal server;
    bytes32 internal id;

    /// @dev The contract under test, new.
    function _deploy() internal virtual returns (IRegistrations);

    function _register(bytes32 salt) internal virtual returns (bytes32);

    /// @dev Anchors anything that is right, as whoever is pranked; the count makes each call a new version.
    function _anchorSomething(bytes32 entry, uint64 count) internal virtual;

    function setUp() external {
        owner = _account("owner");
        other = _account("other");
        server = _account("server");
        entries = _deploy();
        vm.prank(owner);
        id = _register(SALT);
    }

    function test_belongsToWhoRegisteredIt() external view {
        vm.assertEq(id, keccak256(abi.encode(owner, SALT)));
        vm.assertEq(id, entries.idOf(owner, SALT));
        vm.assertEq(entries.ownerOf(id), owner);
        vm.assertEq(entries.offeredTo(id), address(0));
        vm.assertTrue(entries.isPublisher(id, owner));
        vm.assertFalse(entries.isPublisher(id, other));
    }

    function test_tellsARegistration() external {
        bytes32 salt = keccak256("another name");
        vm.expectEmit(address(entries));
        emit IRegistrations.Registered(entries.idOf(other, salt), other, salt);
        vm.prank(other);
        _register(salt);
    }

    function test_refusesTheSameTwice() external {
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.AlreadyRegistered.selector, id));
        vm.prank(owner);
        _register(SALT);
    }

    function test_leavesNobodyAnIdToTake() external {
        vm.prank(other);
        bytes32 others = _register(SALT);
        vm.assertNotEq(others, id);
        vm.assertEq(entries.ownerOf(id), owner);
        vm.assertEq(entries.ownerOf(others), other);
    }

    function test_staysTakenAfterItWasGivenAway() external {
        _give(other);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.AlreadyRegistered.selector, id));
        vm.prank(owner);
        _register(SALT);
    }

    function test_knowsNothingOfWhatIsNotRegistered() external {
        bytes32 nothing = keccak256("nothing");
        bytes memory why = abi.encodeWithSelector(IRegistrations.NotRegistered.selector, nothing);
        vm.expectRevert(why);
        entries.ownerOf(nothing);
        vm.expectRevert(why);
        entries.offeredTo(nothing);
        vm.expectRevert(why);
        entries.offerOwnership(nothing, other);
        vm.expectRevert(why);
        entries.acceptOwnership(nothing);
        vm.expectRevert(why);
        entries.setPublisher(nothing, other, true);
        vm.expectRevert(why);
        _anchorSomething(nothing, 1);
        vm.assertFalse(entries.isPublisher(nothing, address(0)));
        vm.assertFalse(entries.isPublisher(nothing, other));
    }

    function test_changesItsOwnerInTwoSteps() external {
        vm.expectEmit(address(entries));
        emit IRegistrations.OwnershipOffered(id, owner, other);
        vm.prank(owner);
        entries.offerOwnership(id, other);
        vm.assertEq(entries.ownerOf(id), owner);
        vm.assertEq(entries.offeredTo(id), other);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotOffered.selector, id, server));
        vm.prank(server);
        entries.acceptOwnership(id);
        vm.expectEmit(address(entries));
        emit IRegistrations.OwnershipTransferred(id, owner, other);
        vm.prank(other);
        entries.acceptOwnership(id);
        vm.assertEq(entries.ownerOf(id), other);
        vm.assertEq(entries.offeredTo(id), address(0));
        vm.assertFalse(entries.isPublisher(id, owner));
        // accepted once
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotOffered.selector, id, other));
        vm.prank(other);
        entries.acceptOwnership(id);
    }

    function test_takesAnOfferBack() external {
        vm.startPrank(owner);
        entries.offerOwnership(id, other);
        entries.offerOwnership(id, address(0));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotOffered.selector, id, other));
        vm.prank(other);
        entries.acceptOwnership(id);
    }

    function test_obeysItsOwnerAlone() external {
        vm.prank(owner);
        entries.setPublisher(id, server, true);
        address[2] memory strangers = [other, server];
        for (uint256 i = 0; i < strangers.length; ++i) {
            bytes memory why = abi.encodeWithSelector(IRegistrations.NotOwner.selector, id, strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(why);
            entries.offerOwnership(id, strangers[i]);
            vm.expectRevert(why);
            entries.setPublisher(id, strangers[i], true);
            vm.stopPrank();
        }
    }

    function test_isAnchoredByItsOwnerAndPublishers() external {
        vm.prank(owner);
        _anchorSomething(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, id, server));
        vm.prank(server);
        _anchorSomething(id, 2);
        vm.expectEmit(address(entries));
        emit IRegistrations.PublisherSet(id, server, true);
        vm.prank(owner);
        entries.setPublisher(id, server, true);
        vm.prank(server);
        _anchorSomething(id, 2);
        vm.expectEmit(address(entries));
        emit IRegistrations.PublisherSet(id, server, false);
        vm.prank(owner);
        entries.setPublisher(id, server, false);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, id, server));
        vm.prank(server);
        _anchorSomething(id, 3);
    }

    function test_endsAppointmentsWithTheOwnerWhoMadeThem() external {
        vm.prank(owner);
        entries.setPublisher(id, server, true);
        _give(other);
        vm.assertFalse(entries.isPublisher(id, server));
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, id, server));
        vm.prank(server);
        _anchorSomething(id, 1);
        // nor do they come back with the first owner
        vm.prank(other);
        entries.offerOwnership(id, owner);
        vm.prank(owner);
        entries.acceptOwnership(id);
        vm.assertFalse(entries.isPublisher(id, server));
    }

    function test_appointsForOneEntryAlone() external {
        vm.startPrank(owner);
        bytes32 second = _register(keccak256("a second name"));
        entries.setPublisher(id, server, true);
        vm.stopPrank();
        vm.assertFalse(entries.isPublisher(second, server));
    }

    function _give(address to) private {
        vm.prank(owner);
        entries.offerOwnership(id, to);
        vm.prank(to);
        entries.acceptOwnership(id);
    }
}

contract DatanetRegistrationsTest is RegistrationsContract {
    function _deploy() internal override returns (IRegistrations) {
        return new DatanetRegistry();
    }

    function _register(bytes32 salt) internal override returns (bytes32) {
        return DatanetRegistry(address(entries)).register(salt);
    }

    function _anchorSomething(bytes32 entry, uint64 count) internal override {
        DatanetRegistry(address(entries)).anchor(entry, count, bytes32(uint256(count)), count, bytes32(uint256(1)));
    }
}

contract ModelRegistrationsTest is RegistrationsContract {
    function _deploy() internal override returns (IRegistrations) {
        return new ModelRegistry();
    }

    function _register(bytes32 salt) internal override returns (bytes32) {
        return ModelRegistry(address(entries)).registerBase(salt);
    }

    function _anchorSomething(bytes32 entry, uint64 count) internal override {
        ModelRegistry(address(entries)).anchor(
            entry, count, bytes32(uint256(count)), count, bytes32(uint256(1)), bytes32(0)
        );
    }
}

contract LedgerRegistrationsTest is RegistrationsContract {
    function _deploy() internal override returns (IRegistrations) {
        return new AttributionAnchor();
    }

    function _register(bytes32 salt) internal override returns (bytes32) {
        return AttributionAnchor(address(entries)).register(salt);
    }

    function _anchorSomething(bytes32 entry, uint64 count) internal override {
        AttributionAnchor(address(entries)).anchor(entry, count, bytes32(uint256(count)), count, bytes32(uint256(1)));
    }
}
