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
        bytes32 adapter = registry.registerAdapter(keccak256("an adapter"), base);
        IModelRegistry.Anchoring[] memory batch = _batch(100);
        batch[98].id = adapter;
        registry.anchorMany(batch);
        vm.assertEq(registry.latestVersion(base), 100);
        vm.assertEq(registry.latestVersion(adapter), 99);
        (bytes32 root, uint64 size,,) = registry.versionOf(base, 100);
        vm.assertEq(root, batch[99].root);
        vm.assertEq(size, 101);
        vm.assertEq(registry.trainedWith(base, 7), batch[6].trainedWith);
    }

    function test_anchorsAllOrNone() external {
        IModelRegistry.Anchoring[] memory batch = _batch(3);
        batch[2].root = bytes32(0);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.RootMissing.selector, base, 3));
        registry.anchorMany(batch);
        vm.assertEq(registry.latestVersion(base), 0);
    }

    function test_limitsABatch() external {
        IModelRegistry.Anchoring[] memory batch = _batch(101);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 101, 100));
        registry.anchorMany(batch);
        batch = _batch(0);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 0, 100));
        registry.anchorMany(batch);
    }

    /// @dev Versions 1 to n of the base model.
    function _batch(uint256 n) private view returns (IModelRegistry.Anchoring[] memory batch) {
        batch = new IModelRegistry.Anchoring[](n);
        for (uint256 i = 0; i < n; ++i) {
            batch[i] = IModelRegistry.Anchoring({
                id: base,
                version: uint64(i + 1),
                root: keccak256(abi.encode(i)),
                size: uint64(i + 2),
                licenceDigest: LICENCE,
                trainedWith: keccak256(abi.encode("trained", i))
            });
        }
    }
}
