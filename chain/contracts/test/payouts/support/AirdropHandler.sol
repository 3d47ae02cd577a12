// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimOrStakeAirdrop} from "../../../src/payouts/ClaimOrStakeAirdrop.sol";
import {IClaimOrStakeAirdrop} from "../../../src/payouts/IClaimOrStakeAirdrop.sol";
import {Staking} from "../../../src/payouts/Staking.sol";
import {Test} from "../../support/Test.sol";
import {CallingBack} from "./Payees.sol";
import {StandardTree} from "./StandardTree.sol";

/// @title Accounts that claim and stake, their own and others' amounts, once and again, while they are paid too
/// @dev Its tree sums up to more than the airdrop's total, which is what an airdrop must not pay for.
contract AirdropHandler is Test {
    ClaimOrStakeAirdrop public immutable airdrop;
    uint256 public put;
    uint256 public returned;
    bool public opened;
    address[] public accounts;
    uint256[] public amounts;
    mapping(address account => uint256) public paid;
    mapping(address account => uint256) public staked;

    address private immutable _owner;
    bytes32[] private _tree;

    constructor(address owner, Staking staking, uint128 total, uint48 deadline) {
        _owner = owner;
        string[3] memory names = ["ann", "ben", "cid"];
        for (uint256 i = 0; i < 3; ++i) {
            accounts.push(_account(names[i]));
            amounts.push((i + 1) * 2 ether);
        }
        accounts.push(address(new CallingBack()));
        amounts.push(3 ether);
        _tree = StandardTree.nodes(accounts, amounts);
        airdrop = new ClaimOrStakeAirdrop(
            owner,
            ClaimOrStakeAirdrop.Beginning({
                root: _tree[0],
                total: total,
                deadline: deadline,
                asset: address(0),
                staking: address(staking),
                configuration: 1,
                boost: 5000
            })
        );
        vm.prank(_account("manager"));
        staking.setBooster(1, address(airdrop), true);
    }

    function putIn(uint256 any) external {
        uint256 amount = _bound(any, 1 ether, 8 ether);
        vm.deal(address(this), amount);
        (bool taken,) = address(airdrop).call{value: amount}("");
        vm.assertTrue(taken);
        put += amount;
    }

    function open() external {
        try airdrop.open() {
            vm.assertFalse(opened, "once");
            opened = true;
        } catch {}
    }

    function claim(uint256 who, uint256 whose) external {
        (address account, uint256 amount, bytes32[] memory proof) = _asked(who, whose);
        if (who % accounts.length == 3) {
            CallingBack(payable(account)).arm(
                address(airdrop), abi.encodeCall(IClaimOrStakeAirdrop.claim, (amount, proof))
            );
        }
        uint256 before = account.balance;
        vm.prank(account);
        try airdrop.claim(amount, proof) {
            paid[account] += account.balance - before;
        } catch {}
    }

    function stake(uint256 who, uint256 whose) external {
        (address account, uint256 amount, bytes32[] memory proof) = _asked(who, whose);
        vm.prank(account);
        try airdrop.stake(amount, proof) {
            staked[account] += amount;
        } catch {}
    }

    function returnRemainder() external {
        uint256 before = _owner.balance;
        vm.prank(_owner);
        try airdrop.returnRemainder(_owner) {
            vm.assertGt(block.timestamp, airdrop.deadline());
            returned += _owner.balance - before;
        } catch {}
    }

    function wait(uint256 any) external {
        vm.warp(block.timestamp + _bound(any, 1, 5 days));
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](6);
        all[0] = this.putIn.selector;
        all[1] = this.open.selector;
        all[2] = this.claim.selector;
        all[3] = this.stake.selector;
        all[4] = this.returnRemainder.selector;
        all[5] = this.wait.selector;
    }

    /// @dev Mostly an account's own amount; the proof is that of the amount's account.
    function _asked(uint256 who, uint256 whose)
        private
        view
        returns (address account, uint256 amount, bytes32[] memory proof)
    {
        uint256 i = who % accounts.length;
        uint256 j = whose % 4 == 0 ? (whose / 4) % accounts.length : i;
        (account, amount) = (accounts[i], amounts[j]);
        proof = StandardTree.proof(_tree, StandardTree.leaf(accounts[j], amount));
    }
}
