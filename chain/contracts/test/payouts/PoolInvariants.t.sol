// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPaymentChannel} from "../../src/payouts/IPaymentChannel.sol";
import {IStaking} from "../../src/payouts/IStaking.sol";
import {ClaimOrStakeAirdrop} from "../../src/payouts/ClaimOrStakeAirdrop.sol";
import {PaymentChannel} from "../../src/payouts/PaymentChannel.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {AirdropHandler} from "./support/AirdropHandler.sol";
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

contract AirdropInvariantTest is Payouts {
    uint128 private constant TOTAL = 12 ether;

    Staking private staking;
    ClaimOrStakeAirdrop private airdrop;
    AirdropHandler private handler;

    function setUp() external {
        _names();
        staking = _staking(address(0));
        vm.deal(address(this), 100 ether);
        staking.fundRewards{value: 100 ether}(1, 100 ether);
        handler = new AirdropHandler(owner, staking, TOTAL, uint48(START + 40 days));
        airdrop = handler.airdrop();
        _target(address(handler), handler.selectors());
    }

    function invariant_everyoneGetsTheirsOnceOrNothing() external view {
        uint256 paid = 0;
        uint256 staked = 0;
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            uint256 got = handler.paid(account) + handler.staked(account);
            vm.assertEq(got, airdrop.isClaimed(account) ? handler.amounts(i) : 0);
            paid += handler.paid(account);
            staked += handler.staked(account);
        }
        vm.assertEq(airdrop.taken(), paid + staked);
        vm.assertLe(airdrop.taken(), TOTAL);
        vm.assertEq(staking.configurationOf(1).staked, staked);
    }

    function invariant_nothingIsMadeOrLost() external view {
        vm.assertEq(address(airdrop).balance + airdrop.taken() + handler.returned(), handler.put());
    }

    function invariant_whatIsGivenIsThereUntilTheDeadline() external view {
        vm.assertEq(airdrop.isOpen(), handler.opened());
        if (airdrop.isOpen() && block.timestamp <= airdrop.deadline()) {
            vm.assertGe(address(airdrop).balance, TOTAL - airdrop.taken());
        }
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
