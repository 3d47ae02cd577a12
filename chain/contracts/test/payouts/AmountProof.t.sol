// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {AmountProof} from "../../src/payouts/AmountProof.sol";
import {Test} from "../support/Test.sol";
import {StandardTree} from "./support/StandardTree.sol";

contract AmountProofTest is Test {
    function root(address account, uint256 amount, bytes32[] calldata siblings) external pure returns (bytes32) {
        return AmountProof.root(account, amount, siblings);
    }

    function test_agreesWithOpenZeppelin(address account, uint256 amount, bytes32[] calldata siblings) external view {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, amount))));
        vm.assertEq(this.root(account, amount, siblings), MerkleProof.processProofCalldata(siblings, leaf));
    }

    function test_agreesWithOpenZeppelinAtEveryDepth(uint256 seed) external view {
        for (uint256 depth = 0; depth <= 42; ++depth) {
            bytes32[] memory siblings = new bytes32[](depth);
            for (uint256 i = 0; i < depth; ++i) {
                siblings[i] = keccak256(abi.encode(seed, depth, i));
            }
            address account = address(uint160(seed));
            bytes32 leaf = StandardTree.leaf(account, seed);
            vm.assertEq(this.root(account, seed, siblings), MerkleProof.processProof(siblings, leaf));
        }
    }

    function test_readsTheProofWhereItStands(address account, uint256 amount, bytes32[] calldata all, uint256 any)
        external
        pure
    {
        uint256 from = _bound(any, 0, all.length);
        bytes32 leaf = StandardTree.leaf(account, amount);
        bytes32 part = AmountProof.root(account, amount, all[from:]);
        vm.assertEq(part, MerkleProof.processProofCalldata(all[from:], leaf));
    }

    function test_hashesEqualSiblingsToo() external view {
        bytes32 leaf = StandardTree.leaf(address(7), 9);
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = leaf;
        vm.assertEq(this.root(address(7), 9, siblings), keccak256(bytes.concat(leaf, leaf)));
    }

    /// @dev The entries and the roots of the Java tests, which the npm package of OpenZeppelin computed.
    function test_hasTheRootsOfTheLedgersTrees() external view {
        _assertGolden(1, 0x8b9d1fedb80d2c7a1f5127f027d275554280628b3184ea8a4c7a12a2c8fb504a);
        _assertGolden(2, 0x91d9f58989f20bbc7c56f1e18fa828a42e2815cbf2595739cafc892df7bdaebe);
        _assertGolden(3, 0xaf89f7fc919984ca92ca7a356348a67152ed0d042ba9c07a2762eba1de8d28ad);
        _assertGolden(7, 0xa7ab44a4951d5c8cb8ce7ba09ebff43086f99a120b75fda34837412dd1e1b602);
        _assertGolden(17, 0xf2a771065ce524751c26bd209df908f89e02955abd2e6a243889b72585833c44);
        _assertGolden(100, 0x9c5e688cdc1213966102de9886cb217ae964d52262694f4f65453ce6ab4b1606);
    }

    function test_takesTheLedgersProofs() external view {
        bytes32[] memory siblings = new bytes32[](2);
        siblings[0] = 0x299ac7abe0adea213040e034dad5a2650f99595ebc94a3cf05bd47582c4290ed;
        siblings[1] = 0x9f204d4d15a6ba79caed98216d89920d78989e48ac4ee35e5cebf8b0e4c5c580;
        (address account, uint256 amount) = _entry(2);
        vm.assertEq(
            this.root(account, amount, siblings), 0xa7ab44a4951d5c8cb8ce7ba09ebff43086f99a120b75fda34837412dd1e1b602
        );
    }

    function _assertGolden(uint256 count, bytes32 golden) private view {
        address[] memory accounts = new address[](count);
        uint256[] memory amounts = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (accounts[i], amounts[i]) = _entry(i);
        }
        bytes32[] memory all = StandardTree.nodes(accounts, amounts);
        vm.assertEq(all[0], golden);
        for (uint256 i = 0; i < count; ++i) {
            bytes32[] memory siblings = StandardTree.proof(all, StandardTree.leaf(accounts[i], amounts[i]));
            vm.assertEq(this.root(accounts[i], amounts[i], siblings), golden);
        }
    }

    function _entry(uint256 i) private pure returns (address account, uint256 amount) {
        bytes32 digest = keccak256(bytes.concat("openledger-", bytes(Strings.toString(i))));
        account = address(uint160(uint256(digest)));
        amount = uint256(digest) >> (8 * (31 - i % 32));
        if (amount == 0) {
            amount = 1;
        }
    }
}
