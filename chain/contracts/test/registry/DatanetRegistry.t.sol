// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../src/registry/IDatanetRegistry.sol";
import {IRegistrations} from "../../src/registry/IRegistrations.sol";
import {IVersionedRoots} from "../../src/registry/IVersionedRoots.sol";
import {DatanetRegistry} from "../../src/registry/DatanetRegistry.sol";
import {Test} from "../support/Test.sol";

contract DatanetRegistryTest is Test {
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant LICENCE = keccak256("CC-BY-4.0");

    DatanetRegistry private registry;
    bytes32 private id;

    function setUp() external {
        vm.warp(1_800_000_000);
        registry = new DatanetRegistry();
        id = registry.register(keccak256("poems"));
    }

    function test_anchorsAVersionForEver() external {
        vm.expectEmit(address(registry));
        emit IDatanetRegistry.DatanetAnchored(id, 3, ROOT, 2, LICENCE);
        registry.anchor(id, 3, ROOT, 2, LICENCE);
        vm.assertEq(registry.latestVersion(id), 3);
        _assertVersion(3, ROOT, 2, LICENCE, 1_800_000_000);

        vm.warp(1_800_000_100);
        registry.anchor(id, 9, keccak256("later"), 2, LICENCE);
        vm.assertEq(registry.latestVersion(id), 9);
        _assertVersion(9, keccak256("later"), 2, LICENCE, 1_800_000_100);
        _assertVersion(3, ROOT, 2, LICENCE, 1_800_000_000);
        // versions between were not anchored
        _assertVersion(4, bytes32(0), 0, bytes32(0), 0);
    }

    function test_anchorsAnEmptyDatanet() external {
        registry.anchor(id, 1, ROOT, 0, LICENCE);
        _assertVersion(1, ROOT, 0, LICENCE, 1_800_000_000);
    }

    function test_refusesAVersionThatIsNotNewer() external {
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.VersionNotNewer.selector, id, 0, 0));
        registry.anchor(id, 0, ROOT, 1, LICENCE);
        registry.anchor(id, 5, ROOT, 1, LICENCE);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.VersionNotNewer.selector, id, 5, 5));
        registry.anchor(id, 5, keccak256("rewritten"), 1, LICENCE);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.VersionNotNewer.selector, id, 4, 5));
        registry.anchor(id, 4, ROOT, 1, LICENCE);
    }

    function test_refusesWhatIsMissing() external {
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.RootMissing.selector, id, 1));
        registry.anchor(id, 1, bytes32(0), 1, LICENCE);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.LicenceMissing.selector, id, 1));
        registry.anchor(id, 1, ROOT, 1, bytes32(0));
    }

    function test_refusesToLoseContributions() external {
        registry.anchor(id, 1, ROOT, 10, LICENCE);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.ContributionsShrank.selector, id, 9, 10));
        registry.anchor(id, 2, ROOT, 9, LICENCE);
        registry.anchor(id, 2, ROOT, 10, LICENCE);
    }

    function test_keepsTheLicenceOfEachVersion() external {
        bytes32 stricter = keccak256("CC-BY-NC-4.0");
        registry.anchor(id, 1, ROOT, 1, LICENCE);
        registry.anchor(id, 2, ROOT, 2, LICENCE);
        registry.anchor(id, 5, ROOT, 3, stricter);
        registry.anchor(id, 6, ROOT, 4, stricter);
        registry.anchor(id, 7, ROOT, 5, LICENCE);
        bytes32[5] memory expected = [LICENCE, LICENCE, stricter, stricter, LICENCE];
        uint64[5] memory versions = [uint64(1), 2, 5, 6, 7];
        for (uint256 i = 0; i < versions.length; ++i) {
            (,, bytes32 licence,) = registry.versionOf(id, versions[i]);
            vm.assertEq(licence, expected[i]);
        }
    }

    function test_anchorsManyInOrder() external {
        bytes32 second = registry.register(keccak256("letters"));
        IDatanetRegistry.Anchoring[] memory batch = _batch(3);
        batch[1].id = second;
        registry.anchorMany(batch);
        vm.assertEq(registry.latestVersion(id), 3);
        vm.assertEq(registry.latestVersion(second), 2);
        _assertVersion(3, batch[2].root, 3, LICENCE, 1_800_000_000);
    }

    function test_anchorsAllOrNone() external {
        IDatanetRegistry.Anchoring[] memory batch = _batch(3);
        batch[2].root = bytes32(0);
        vm.expectRevert(abi.encodeWithSelector(IVersionedRoots.RootMissing.selector, id, 3));
        registry.anchorMany(batch);
        vm.assertEq(registry.latestVersion(id), 0);
    }

    function test_asksForThePublisherOfEachOfABatch() external {
        vm.prank(_account("other"));
        bytes32 others = registry.register(keccak256("others"));
        IDatanetRegistry.Anchoring[] memory batch = _batch(3);
        batch[2].id = others;
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, others, address(this)));
        registry.anchorMany(batch);
    }

    function test_limitsABatch() external {
        registry.anchorMany(_batch(100));
        vm.assertEq(registry.latestVersion(id), 100);
        IDatanetRegistry.Anchoring[] memory batch = _batch(101);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 101, 100));
        registry.anchorMany(batch);
        batch = _batch(0);
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 0, 100));
        registry.anchorMany(batch);
    }

    /// @dev Versions 1 to n of the one datanet.
    function _batch(uint256 n) private view returns (IDatanetRegistry.Anchoring[] memory batch) {
        batch = new IDatanetRegistry.Anchoring[](n);
        for (uint256 i = 0; i < n; ++i) {
            batch[i] = IDatanetRegistry.Anchoring({
                id: id,
                version: uint64(i + 1),
                root: keccak256(abi.encode(i)),
                contributions: uint64(i + 1),
                licenceDigest: LICENCE
            });
        }
    }

    function _assertVersion(uint64 version, bytes32 root, uint64 size, bytes32 licence, uint256 anchoredAt)
        private
        view
    {
        (bytes32 actualRoot, uint64 actualSize, bytes32 actualLicence, uint48 actualTime) =
            registry.versionOf(id, version);
        vm.assertEq(actualRoot, root);
        vm.assertEq(actualSize, size);
        vm.assertEq(actualLicence, licence);
        vm.assertEq(actualTime, anchoredAt);
    }
}
