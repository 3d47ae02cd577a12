// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPaymentChannel} from "../../../src/payouts/IPaymentChannel.sol";
import {IStaking} from "../../../src/payouts/IStaking.sol";
import {PaymentChannel} from "../../../src/payouts/PaymentChannel.sol";
import {Staking} from "../../../src/payouts/Staking.sol";
import {Test} from "../../support/Test.sol";

/// @title Holders, a bank and a manager of one configuration, in any order
contract StakingHandler is Test {
    Staking public immutable staking;
    address[] public holders;
    uint256 public stakes;
    uint256 public put;
    uint256 public paid;
    uint256 public withdrawals;
    mapping(uint256 stake => uint256) public put_;

    address private immutable _bank;
    address private immutable _manager;

    constructor(Staking staking_) {
        staking = staking_;
        _bank = _account("bank");
        _manager = _account("manager");
        holders.push(_account("ann"));
        holders.push(_account("ben"));
        holders.push(_account("cid"));
        vm.prank(_manager);
        staking_.setBooster(1, address(this), true);
    }

    function fundRewards(uint256 any) external {
        uint256 amount = _bound(any, 1, 50 ether);
        vm.deal(_bank, amount);
        vm.prank(_bank);
        staking.fundRewards{value: amount}(1, amount);
        put += amount;
    }

    function returnRewards(uint256 any) external {
        uint256 amount = _bound(any, 0, staking.configurationOf(1).free);
        vm.prank(_bank);
        staking.returnRewards(1, amount);
        paid += amount;
    }

    function stake(uint256 who, uint256 any, uint256 boost) external {
        uint256 amount = _bound(any, 1 ether, 100 ether);
        vm.deal(address(this), amount);
        try staking.stakeBoosted{value: amount}(1, holders[who % 3], amount, boost % 10_001) returns (uint256 id) {
            vm.assertEq(id, ++stakes);
            put += amount;
            put_[id] = amount;
        } catch {}
    }

    function topUp(uint256 which, uint256 any) external {
        (uint256 id, address holder) = _any(which);
        uint256 amount = _bound(any, 1 ether, 50 ether);
        vm.deal(holder, amount);
        vm.prank(holder);
        try staking.topUp{value: amount}(id, amount) {
            put += amount;
            put_[id] += amount;
        } catch {}
    }

    function requestLeave(uint256 which) external {
        (uint256 id, address holder) = _any(which);
        vm.prank(holder);
        try staking.requestLeave(id) {} catch {}
    }

    function withdraw(uint256 which) external {
        (uint256 id, address holder) = _any(which);
        uint256 before = holder.balance;
        vm.prank(holder);
        try staking.withdraw(id, holder) {
            uint256 got = holder.balance - before;
            vm.assertGe(got, put_[id], "no principal is lost");
            paid += got;
            ++withdrawals;
        } catch {}
    }

    function setTerms(uint16 rate, uint32 duration, bool open) external {
        IStaking.Terms memory terms = staking.configurationOf(1).terms;
        terms.rate = uint16(_bound(rate, 0, 10_000));
        terms.duration = uint32(_bound(duration, 1 days, 1460 days));
        terms.open = open;
        vm.prank(_manager);
        staking.setTerms(1, terms);
    }

    function wait(uint256 any) external {
        vm.warp(block.timestamp + _bound(any, 1, 200 days));
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](8);
        all[0] = this.fundRewards.selector;
        all[1] = this.returnRewards.selector;
        all[2] = this.stake.selector;
        all[3] = this.topUp.selector;
        all[4] = this.requestLeave.selector;
        all[5] = this.withdraw.selector;
        all[6] = this.setTerms.selector;
        all[7] = this.wait.selector;
    }

    function _any(uint256 which) private view returns (uint256 id, address holder) {
        id = stakes == 0 ? 1 : 1 + which % stakes;
        try staking.stakeOf(id) returns (IStaking.Stake memory held) {
            holder = held.holder;
        } catch {
            holder = holders[0];
        }
    }
}

/// @title Payers and payees of a few channels, in any order
contract ChannelHandler is Test {
    PaymentChannel public immutable channels;
    uint256 public put;
    uint256 public paid;
    bytes32[] public ids;
    mapping(bytes32 channel => uint256) public signed;
    mapping(bytes32 channel => uint256) public received;

    address private immutable _payer;
    address[] private _payees;

    constructor(PaymentChannel channels_) {
        channels = channels_;
        _payer = _account("payer");
        for (uint256 i = 0; i < 4; ++i) {
            _payees.push(_account(i % 2 == 0 ? "ann" : "ben"));
            ids.push(channels_.idOf(_payer, _payees[i], bytes32(i)));
        }
    }

    function deposit(uint256 which, uint256 any) external {
        uint256 i = which % 4;
        uint256 amount = _bound(any, 1, 10 ether);
        vm.deal(_payer, _payer.balance + amount);
        vm.prank(_payer);
        try channels.deposit{value: amount}(_payees[i], bytes32(i), amount) {
            put += amount;
        } catch {}
    }

    function settle(uint256 which, uint256 any, bool forged) external {
        uint256 i = which % 4;
        uint256 cumulative = _bound(any, 0, 40 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            uint256(keccak256(forged ? bytes("ann") : bytes("payer"))), channels.voucherDigest(ids[i], cumulative)
        );
        if (!forged && cumulative > signed[ids[i]]) {
            signed[ids[i]] = cumulative;
        }
        uint256 before = _payees[i].balance;
        try channels.settle(_payer, _payees[i], bytes32(i), cumulative, abi.encodePacked(r, s, v)) {
            vm.assertFalse(forged);
            received[ids[i]] += _payees[i].balance - before;
            paid += _payees[i].balance - before;
        } catch {}
    }

    function close(uint256 which) external {
        vm.prank(_payees[which % 4]);
        try channels.close(_payer, bytes32(which % 4)) {} catch {}
    }

    function requestClose(uint256 which) external {
        vm.prank(_payer);
        try channels.requestClose(_payees[which % 4], bytes32(which % 4)) {} catch {}
    }

    function finish(uint256 which) external {
        uint256 before = _payer.balance;
        vm.prank(_payer);
        try channels.finish(_payees[which % 4], bytes32(which % 4)) {
            paid += _payer.balance - before;
        } catch {}
    }

    function wait(uint256 any) external {
        vm.warp(block.timestamp + _bound(any, 1, 1 days));
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](6);
        all[0] = this.deposit.selector;
        all[1] = this.settle.selector;
        all[2] = this.close.selector;
        all[3] = this.requestClose.selector;
        all[4] = this.finish.selector;
        all[5] = this.wait.selector;
    }
}
