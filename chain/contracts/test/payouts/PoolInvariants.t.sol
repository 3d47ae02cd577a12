// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPaymentChannel} from "../../src/payouts/IPaymentChannel.sol";
import {IStaking} from "../../src/payouts/IStaking.sol";
import {PaymentChannel} from "../../src/payouts/PaymentChannel.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {Payouts} from "./support/Payouts.sol";
import {ChannelHandler, StakingHandler} from "./support/PoolHandlers.sol";

contract StakingInvariantTest is Payouts {
    Staking private staking;
    StakingHandler private handler;

    function setUp() external {
        _names();
        staking = _staking(address(0));
        handler = new StakingHandler(staking);
        _target(address(handler), handler.selectors());
    }

    function invariant_everyPromiseIsCovered() external view {
        IStaking.Configuration memory made = staking.configurationOf(1);
        uint256 principal = 0;
        uint256 staying = 0;
        uint256 rewards = 0;
        for (uint256 id = 1; id <= handler.stakes(); ++id) {
            try staking.stakeOf(id) returns (IStaking.Stake memory held) {
                principal += held.principal;
                rewards += held.reward;
                staying += held.withdrawableAt == 0 ? held.principal : 0;
            } catch {}
        }
        vm.assertEq(made.staked, staying);
        vm.assertEq(made.reserved, rewards);
        vm.assertEq(address(staking).balance, principal + rewards + made.free);
        vm.assertLe(made.staked, made.terms.capacity);
    }

    function invariant_nothingIsMadeOrLost() external view {
        vm.assertEq(address(staking).balance + handler.paid(), handler.put());
    }
}

contract PaymentChannelInvariantTest is Payouts {
    PaymentChannel private channels;
    ChannelHandler private handler;

    function setUp() external {
        _names();
        channels = new PaymentChannel(address(0), 1 days);
        handler = new ChannelHandler(channels);
        _target(address(handler), handler.selectors());
    }

    function invariant_everyChannelIsCovered() external view {
        uint256 open = 0;
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 id = handler.ids(i);
            IPaymentChannel.State memory state = channels.stateOf(id);
            vm.assertLe(state.settled, state.deposit);
            vm.assertLe(state.settled, handler.signed(id), "nobody gets more than was signed");
            vm.assertEq(state.settled, handler.received(id));
            open += state.finished ? 0 : state.deposit - state.settled;
        }
        vm.assertEq(address(channels).balance, open);
        vm.assertEq(address(channels).balance + handler.paid(), handler.put());
    }
}
