// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IModelRegistry} from "../../src/registry/IModelRegistry.sol";
import {IRegistrations} from "../../src/registry/IRegistrations.sol";
import {IVersionedRoots} from "../../src/registry/IVersionedRoots.sol";
import {ModelRegistry} from "../../src/registry/ModelRegistry.sol";
import {Test} from "../support/Test.sol";

contract ModelRegistryTest is Test {
    bytes32 private constant ROOT = keccak256("files");
    bytes32 private constant LICENCE = keccak256("Apache-2.0");
    bytes32 private constant TRAINED = keccak256("poems 3");

    ModelRegistry private registry;
    bytes32 private base;

    function setUp() external {
        vm.warp(1_800_000_000);
        registry = new ModelRegistry();
        base = registry.registerBase(keccak256("a base model"));
    }

    function test_registersABaseModel() external {
        bytes32 salt = keccak256("another");
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRegistered(registry.idOf(address(this), salt), bytes32(0));
        bytes32 id = registry.registerBase(salt);
        vm.assertEq(registry.baseOf(id), bytes32(0));
    }

    function test_registersAnAdapterOfAnyoneOnABaseModel() external {
        address builder = _account("builder");
        bytes32 salt = keccak256("an adapter");
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRegistered(registry.idOf(builder, salt), base);
        vm.prank(builder);
        bytes32 id = registry.registerAdapter(salt, base);
        vm.assertEq(registry.baseOf(id), base);
        vm.assertEq(registry.ownerOf(id), builder);
    }

    function test_putsAnAdapterOnNothingElse() external {
        bytes32 adapter = registry.registerAdapter(keccak256("an adapter"), base);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotABaseModel.selector, adapter));
        registry.registerAdapter(keccak256("on an adapter"), adapter);
        bytes32 nothing = keccak256("nothing");
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotRegistered.selector, nothing));
        registry.registerAdapter(keccak256("on nothing"), nothing);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotRegistered.selector, bytes32(0)));
        registry.registerAdapter(keccak256("on zero"), bytes32(0));
    }

    function test_hasOneNameForOneModelOfBothKinds() external {
        bytes32 salt = keccak256("a base model");
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.AlreadyRegistered.selector, base));
        registry.registerAdapter(salt, base);
        vm.assertEq(registry.baseOf(base), bytes32(0));
    }

    function test_knowsNoBaseOfWhatIsNotRegistered() external {
        bytes32 nothing = keccak256("nothing");
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotRegistered.selector, nothing));
        registry.baseOf(nothing);
    }

    function test_anchorsAVersionForEver() external {
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelAnchored(base, 1, ROOT, 1_000, LICENCE, TRAINED);
        registry.anchor(base, 1, ROOT, 1_000, LICENCE, TRAINED);
        (bytes32 root, uint64 size, bytes32 licence, uint48 anchoredAt) = registry.versionOf(base, 1);
        vm.assertEq(root, ROOT);
        vm.assertEq(size, 1_000);
        vm.assertEq(licence, LICENCE);
        vm.assertEq(anchoredAt, 1_800_000_000);
        vm.assertEq(registry.trainedWith(base, 1), TRAINED);
        vm.assertEq(registry.latestVersion(base), 1);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.VersionNotNewer.selector, base, 1, 1));
        registry.anchor(base, 1, keccak256("rewritten"), 1, LICENCE, TRAINED);
    }

    function test_mayShrinkAndLeaveItsTrainingUnsaid() external {
        registry.anchor(base, 1, ROOT, 1_000, LICENCE, TRAINED);
        registry.anchor(base, 2, ROOT, 10, LICENCE, bytes32(0));
        (, uint64 size,,) = registry.versionOf(base, 2);
        vm.assertEq(size, 10);
        vm.assertEq(registry.trainedWith(base, 2), bytes32(0));
    }

    function test_refusesWhatIsMissing() external {
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.RootMissing.selector, base, 1));
        registry.anchor(base, 1, bytes32(0), 1, LICENCE, TRAINED);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.LicenceMissing.selector, base, 1));
        registry.anchor(base, 1, ROOT, 1, bytes32(0), TRAINED);
    }

    function test_anchorsManyInOrder() external {
        Batch memory batch = _batch(100);
        _anchorMany(batch);
        vm.assertEq(registry.latestVersion(base), 100);
        (bytes32 root, uint64 size,,) = registry.versionOf(base, 100);
        vm.assertEq(root, batch.roots[99]);
        vm.assertEq(size, 100);
        vm.assertEq(registry.trainedWith(base, 7), batch.trainedWiths[6]);
    }

    function test_limitsABatch() external {
        Batch memory batch = _batch(101);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 101, 100));
        _anchorMany(batch);
        batch = _batch(0);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 0, 100));
        _anchorMany(batch);
    }

    function test_refusesListsOfOtherLengths() external {
        for (uint256 i = 0; i < 5; ++i) {
            Batch memory batch = _batch(2);
            if (i == 0) batch.versions = new uint64[](1);
            if (i == 1) batch.roots = new bytes32[](1);
            if (i == 2) batch.sizes = new uint64[](1);
            if (i == 3) batch.licences = new bytes32[](1);
            if (i == 4) batch.trainedWiths = new bytes32[](1);
            vm.expectRevert(abi.encodeWithSelector(IRegistrations.LengthsDiffer.selector, 2, 1));
            _anchorMany(batch);
        }
    }

    struct Batch {
        bytes32[] ids;
        uint64[] versions;
        bytes32[] roots;
        uint64[] sizes;
        bytes32[] licences;
        bytes32[] trainedWiths;
    }

    function _batch(uint256 n) private view returns (Batch memory batch) {
        batch.ids = new bytes32[](n);
        batch.versions = new uint64[](n);
        batch.roots = new bytes32[](n);
        batch.sizes = new uint64[](n);
        batch.licences = new bytes32[](n);
        batch.trainedWiths = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            batch.ids[i] = base;
            batch.versions[i] = uint64(i + 1);
            batch.roots[i] = keccak256(abi.encode(i));
            batch.sizes[i] = uint64(i + 1);
            batch.licences[i] = LICENCE;
            batch.trainedWiths[i] = keccak256(abi.encode("trained", i));
        }
    }

    function _anchorMany(Batch memory batch) private {
        registry.anchorMany(
            batch.ids, batch.versions, batch.roots, batch.sizes, batch.licences, batch.trainedWiths
        );
    }
}
