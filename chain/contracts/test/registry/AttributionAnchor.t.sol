// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttributionAnchor} from "../../src/registry/AttributionAnchor.sol";
import {IAttributionAnchor} from "../../src/registry/IAttributionAnchor.sol";
import {IRegistrations} from "../../src/registry/IRegistrations.sol";
import {PlainMerkle} from "../support/PlainMerkle.sol";
import {Test} from "../support/Test.sol";

contract AttributionAnchorTest is Test {
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant LINK = keccak256("link");

    AttributionAnchor private anchor;
    bytes32 private id;

    function setUp() external {
        vm.warp(1_800_000_000);
        anchor = new AttributionAnchor();
        id = anchor.register(keccak256("a ledger"));
    }

    function test_anchorsAnEpochForEver() external {
        vm.expectEmit(address(anchor));
        emit IAttributionAnchor.ReceiptsAnchored(id, 4, ROOT, 0, 10, LINK);
        anchor.anchor(id, 4, ROOT, 10, LINK);
        vm.assertEq(anchor.rootOf(id, 4), ROOT);
        _assertLatest(4, 10, 1_800_000_000);

        vm.warp(1_800_003_600);
        vm.expectEmit(address(anchor));
        emit IAttributionAnchor.ReceiptsAnchored(id, 6, keccak256("next"), 10, 11, LINK);
        anchor.anchor(id, 6, keccak256("next"), 11, LINK);
        vm.assertEq(anchor.rootOf(id, 4), ROOT);
        vm.assertEq(anchor.rootOf(id, 5), bytes32(0));
        vm.assertEq(anchor.rootOf(id, 6), keccak256("next"));
        _assertLatest(6, 11, 1_800_003_600);
    }

    function test_beginsWithNothing() external view {
        _assertLatest(0, 0, 0);
        vm.assertEq(anchor.rootOf(id, 1), bytes32(0));
    }

    function test_refusesAnEpochThatIsNotNewer() external {
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.EpochNotNewer.selector, id, 0, 0));
        anchor.anchor(id, 0, ROOT, 1, LINK);
        anchor.anchor(id, 2, ROOT, 1, LINK);
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.EpochNotNewer.selector, id, 2, 2));
        anchor.anchor(id, 2, keccak256("rewritten"), 2, LINK);
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.EpochNotNewer.selector, id, 1, 2));
        anchor.anchor(id, 1, ROOT, 2, LINK);
    }

    function test_refusesAnEpochWithoutNewReceipts() external {
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.NoNewReceipts.selector, id, 0, 0));
        anchor.anchor(id, 1, ROOT, 0, LINK);
        anchor.anchor(id, 1, ROOT, 5, LINK);
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.NoNewReceipts.selector, id, 5, 5));
        anchor.anchor(id, 2, ROOT, 5, LINK);
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.NoNewReceipts.selector, id, 4, 5));
        anchor.anchor(id, 2, ROOT, 4, LINK);
    }

    function test_refusesAMissingRoot() external {
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.RootMissing.selector, id, 1));
        anchor.anchor(id, 1, bytes32(0), 1, LINK);
    }

    function test_keepsLedgersApart() external {
        vm.prank(_account("other"));
        bytes32 others = anchor.register(keccak256("a ledger"));
        anchor.anchor(id, 1, ROOT, 10, LINK);
        vm.assertEq(anchor.rootOf(others, 1), bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, others, address(this)));
        anchor.anchor(others, 1, ROOT, 10, LINK);
    }

    function test_anchorsManyInOrder() external {
        IAttributionAnchor.Anchoring[] memory batch = _batch(100);
        anchor.anchorMany(id, batch);
        for (uint64 i = 0; i < 100; ++i) {
            vm.assertEq(anchor.rootOf(id, i + 1), batch[i].root);
        }
        _assertLatest(100, 1_000, 1_800_000_000);
    }

    function test_anchorsAllOrNone() external {
        IAttributionAnchor.Anchoring[] memory batch = _batch(3);
        batch[2].receipts = batch[1].receipts;
        vm.expectRevert(abi.encodeWithSelector(IAttributionAnchor.NoNewReceipts.selector, id, 20, 20));
        anchor.anchorMany(id, batch);
        _assertLatest(0, 0, 0);
    }

    function test_asksABatchForItsPublisher() external {
        address other = _account("other");
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.NotPublisher.selector, id, other));
        vm.prank(other);
        anchor.anchorMany(id, _batch(1));
    }

    function test_limitsABatch() external {
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 101, 100));
        anchor.anchorMany(id, _batch(101));
        vm.expectRevert(abi.encodeWithSelector(IRegistrations.BatchOutOfRange.selector, 0, 100));
        anchor.anchorMany(id, _batch(0));
    }

    function test_provesEveryReceiptAndNoOther(uint256 any, bytes32 seed) external {
        uint256 n = _bound(any, 1, 40);
        bytes32[] memory hashes = new bytes32[](n);
        bytes32[] memory leaves = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            hashes[i] = keccak256(abi.encode(seed, i));
            leaves[i] = PlainMerkle.leaf(abi.encode(hashes[i]));
        }
        anchor.anchor(id, 1, PlainMerkle.root(leaves), uint64(n), LINK);
        for (uint256 i = 0; i < n; ++i) {
            bytes32[] memory proof = PlainMerkle.proof(leaves, i);
            vm.assertTrue(anchor.isAnchored(id, 1, hashes[i], proof));
            vm.assertFalse(anchor.isAnchored(id, 1, keccak256(abi.encode(seed, n + i)), proof));
            vm.assertFalse(anchor.isAnchored(id, 2, hashes[i], proof));
        }
    }

    function test_takesNoInnerNodeForAReceipt() external {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = PlainMerkle.leaf(abi.encode(bytes32(uint256(1))));
        leaves[1] = PlainMerkle.leaf(abi.encode(bytes32(uint256(2))));
        bytes32 root = PlainMerkle.root(leaves);
        anchor.anchor(id, 1, root, 2, LINK);
        bytes32[] memory none = new bytes32[](0);
        vm.assertFalse(anchor.isAnchored(id, 1, root, none));
        vm.assertFalse(anchor.isAnchored(id, 1, leaves[0], PlainMerkle.proof(leaves, 0)));
    }

    function test_provesNothingWithoutARootOrWithTooLongAProof() external {
        bytes32[] memory none = new bytes32[](0);
        vm.assertFalse(anchor.isAnchored(id, 1, bytes32(uint256(1)), none));

        // one sibling above another, so that the longest proof is right but for its length
        bytes32 node = PlainMerkle.leaf(abi.encode(bytes32(uint256(1))));
        bytes32[] memory longest = new bytes32[](64);
        for (uint256 i = 0; i < 64; ++i) {
            node = PlainMerkle.pair(node, longest[i]);
        }
        anchor.anchor(id, 1, node, 1, LINK);
        vm.assertTrue(anchor.isAnchored(id, 1, bytes32(uint256(1)), longest));
        node = PlainMerkle.pair(node, bytes32(0));
        anchor.anchor(id, 2, node, 2, LINK);
        vm.assertFalse(anchor.isAnchored(id, 2, bytes32(uint256(1)), new bytes32[](65)));
    }

    function _batch(uint256 n) private pure returns (IAttributionAnchor.Anchoring[] memory batch) {
        batch = new IAttributionAnchor.Anchoring[](n);
        for (uint256 i = 0; i < n; ++i) {
            batch[i] = IAttributionAnchor.Anchoring({
                epoch: uint64(i + 1),
                root: keccak256(abi.encode(i)),
                receipts: uint64(10 * (i + 1)),
                link: keccak256(abi.encode("link", i))
            });
        }
    }

    function _assertLatest(uint64 epoch, uint64 receipts, uint256 anchoredAt) private view {
        (uint64 actualEpoch, uint64 actualReceipts, uint48 actualTime) = anchor.latest(id);
        vm.assertEq(actualEpoch, epoch);
        vm.assertEq(actualReceipts, receipts);
        vm.assertEq(actualTime, anchoredAt);
    }
}
