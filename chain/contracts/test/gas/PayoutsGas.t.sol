// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimOrStakeAirdrop} from "../../src/payouts/ClaimOrStakeAirdrop.sol";
import {IRewardDistributor} from "../../src/payouts/IRewardDistributor.sol";
import {PaymentChannel} from "../../src/payouts/PaymentChannel.sol";
import {RewardDistributor} from "../../src/payouts/RewardDistributor.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {CheatGas} from "../payouts/support/CheatGas.sol";
import {Payouts} from "../payouts/support/Payouts.sol";
import {StandardTree} from "../payouts/support/StandardTree.sol";
import {PlainToken} from "../payouts/support/Tokens.sol";

/// @title What the frequent transactions cost, in gas of the whole transaction
/// @dev Isolated: forge runs each call of a test as a transaction, with its own base fee and call data and with cold slots.
/// forge-config: default.isolate = true
/// forge-config: deep.isolate = true
contract PayoutsGasTest is Payouts {
    CheatGas private constant gas = CheatGas(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    uint256 private constant DEPTH = 20;

    RewardDistributor private distributor;

    function setUp() external {
        _names();
        vm.deal(address(this), 1e30);
        vm.deal(updater, 1e30);
        vm.deal(alice, 1 ether);
    }

    function test_nativeClaims() external {
        distributor = _deploy(address(0), address(0), 1);
        distributor.fund{value: 1e24}(1e24);
        _claim(1, 123_456_789_123_456_789_123, "claim native, first");
        uint256 repeated = _claim(2, 223_456_789_123_456_789_123, "claim native, repeated");
        vm.assertLe(repeated, 50_400, "a repeated claim");
    }

    function test_packedClaims() external {
        distributor = _deploy(address(0), address(0), 1);
        distributor.fund{value: 1e24}(1e24);
        _packed(1, 123_456_789_123_456_789_123, "claim native packed, first");
        uint256 repeated = _packed(2, 223_456_789_123_456_789_123, "claim native packed, repeated");
        vm.assertLe(repeated, 50_000, "a repeated claim");
    }

    function test_tokenClaims() external {
        PlainToken token = new PlainToken();
        distributor = _deploy(address(token), address(0), 1);
        token.mint(address(this), 1e24);
        token.approve(address(distributor), 1e24);
        distributor.fund(1e24);
        _claim(1, 123_456_789_123_456_789_123, "claim token, first");
        uint256 repeated = _claim(2, 223_456_789_123_456_789_123, "claim token, repeated");
        vm.assertLe(repeated, 75_139, "a repeated claim");
    }

    function test_rootsHourly() external {
        distributor = _deploy(address(0), address(0), 1);
        uint256 used = 0;
        // once round the ring and on, as roots are posted for years
        for (uint64 epoch = 1; epoch <= 130; ++epoch) {
            vm.warp(START + epoch * 1 hours);
            bytes32 root = keccak256(abi.encode(epoch));
            vm.prank(updater);
            distributor.postRoot{value: 2e22}(epoch, root, uint128(epoch) * 2e22, keccak256(abi.encode(root)));
            used = gas.lastCallGas().gasTotalUsed;
            if (epoch == 30) {
                gas.snapshotValue("payouts", "post root, first round", used);
            }
        }
        gas.snapshotValue("payouts", "post root, funded, hourly", used);
        // 10^9 events a day are 41 666 667 an hour
        vm.assertLe(used, 62_500, "0.0015 gas an event");
    }

    function test_claimsForOthersAndToStake() external {
        Staking staking = _staking(address(0));
        staking.fundRewards{value: 1e24}(1, 1e24);
        distributor = _deploy(address(0), address(staking), 1);
        distributor.fund{value: 1e24}(1e24);
        bytes32[] memory siblings = _activate(1, 10 ether);
        distributor.claimFor(alice, 10 ether, siblings);
        siblings = _activate(2, 20 ether);
        distributor.claimFor(alice, 20 ether, siblings);
        gas.snapshotValue("payouts", "claim for another, repeated", gas.lastCallGas().gasTotalUsed);
        siblings = _activate(3, 40 ether);
        vm.prank(alice, alice);
        distributor.claimToStake(1, 40 ether, siblings);
        gas.snapshotValue("payouts", "claim to stake, repeated", gas.lastCallGas().gasTotalUsed);
    }

    function test_airdrops() external {
        bytes32[] memory siblings = new bytes32[](10);
        for (uint256 i = 0; i < 10; ++i) {
            siblings[i] = keccak256(abi.encode(i));
        }
        ClaimOrStakeAirdrop airdrop = new ClaimOrStakeAirdrop(
            owner,
            ClaimOrStakeAirdrop.Beginning({
                root: StandardTree.climb(StandardTree.leaf(alice, 1 ether), siblings),
                total: 10 ether,
                deadline: uint48(START + 30 days),
                asset: address(0),
                staking: address(0),
                configuration: 0,
                boost: 0
            })
        );
        (bool taken,) = address(airdrop).call{value: 10 ether}("");
        vm.assertTrue(taken);
        airdrop.open();
        vm.prank(alice, alice);
        airdrop.claim(1 ether, siblings);
        gas.snapshotValue("payouts", "airdrop claim native, depth 10, first", gas.lastCallGas().gasTotalUsed);
    }

    function test_vouchers() external {
        PaymentChannel channels = new PaymentChannel(address(0), 1 days);
        uint256 key = uint256(keccak256("alice"));
        vm.prank(alice);
        bytes32 channel = channels.deposit{value: 1 ether}(bob, "salt", 1 ether);
        gas.snapshotValue("payouts", "channel deposit", gas.lastCallGas().gasTotalUsed);
        uint256 used = 0;
        for (uint256 i = 1; i <= 2; ++i) {
            uint256 cumulative = i * 123_456_789_123_456_789;
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, channels.voucherDigest(channel, cumulative));
            vm.prank(bob, bob);
            channels.settle(alice, bob, "salt", cumulative, abi.encodePacked(r, s, v));
            used = gas.lastCallGas().gasTotalUsed;
            gas.snapshotValue("payouts", i == 1 ? "settle voucher, first" : "settle voucher, repeated", used);
        }
        vm.assertLe(used, 45_000, "45 gas a call for 1000 calls");
    }

    function _claim(uint64 epoch, uint256 cumulative, string memory name) private returns (uint256 used) {
        bytes32[] memory siblings = _activate(epoch, cumulative);
        vm.prank(alice, alice);
        distributor.claim(cumulative, siblings);
        used = gas.lastCallGas().gasTotalUsed;
        gas.snapshotValue("payouts", name, used);
    }

    function _packed(uint64 epoch, uint256 cumulative, string memory name) private returns (uint256 used) {
        bytes32[] memory siblings = _activate(epoch, cumulative);
        bytes memory data = abi.encodePacked(IRewardDistributor.claimPacked.selector, cumulative, siblings);
        uint256 before = alice.balance;
        vm.prank(alice, alice);
        (bool done,) = address(distributor).call(data);
        used = gas.lastCallGas().gasTotalUsed;
        vm.assertTrue(done);
        vm.assertGt(alice.balance, before);
        gas.snapshotValue("payouts", name, used);
    }

    /// @dev A root over one leaf at depth 20 that is nothing but its proof's.
    function _activate(uint64 epoch, uint256 cumulative) private returns (bytes32[] memory siblings) {
        siblings = new bytes32[](DEPTH);
        for (uint256 i = 0; i < DEPTH; ++i) {
            siblings[i] = keccak256(abi.encode(epoch, i));
        }
        _post(distributor, epoch, StandardTree.climb(StandardTree.leaf(alice, cumulative), siblings), uint128(cumulative));
        vm.warp(block.timestamp + DELAY);
        distributor.activate();
    }
}
