// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Asset} from "../../src/payouts/Asset.sol";
import {IStaking} from "../../src/payouts/IStaking.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {CallingBack, Refusing} from "./support/Payees.sol";
import {Payouts} from "./support/Payouts.sol";
import {CallbackToken, FeeToken, PlainToken} from "./support/Tokens.sol";

contract StakingTest is Payouts {
    Staking private staking;
    address private bank;
    address private manager;

    function setUp() external {
        _names();
        bank = _account("bank");
        manager = _account("manager");
        staking = _staking(address(0));
        vm.deal(alice, 1000 ether);
        vm.deal(bob, 1000 ether);
        vm.deal(bank, 1000 ether);
        vm.prank(bank);
        staking.fundRewards{value: 20 ether}(1, 20 ether);
    }

    function test_createsConfigurations() external {
        vm.expectEmit(address(staking));
        emit IStaking.ConfigurationCreated(2, alice, bob);
        vm.expectEmit(address(staking));
        emit IStaking.TermsChanged(2, _terms());
        vm.prank(owner);
        vm.assertEq(staking.createConfiguration(alice, bob, _terms()), 2);
        vm.assertEq(staking.configurations(), 2);
        IStaking.Configuration memory made = staking.configurationOf(2);
        vm.assertEq(made.bank, alice);
        vm.assertEq(made.manager, bob);
        vm.assertEq(keccak256(abi.encode(made.terms)), keccak256(abi.encode(_terms())));
    }

    function test_hasAThousandConfigurationsAtMost() external {
        vm.startPrank(owner);
        for (uint256 i = 2; i <= 1000; ++i) {
            vm.assertEq(staking.createConfiguration(bank, manager, _terms()), i);
        }
        IStaking.Terms memory terms = _terms();
        vm.expectRevert(abi.encodeWithSelector(IStaking.TooManyConfigurations.selector, 1000));
        staking.createConfiguration(bank, manager, terms);
        vm.stopPrank();
    }

    function test_refusesStrangersInEveryRole() external {
        bytes memory notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(notOwner);
        staking.createConfiguration(bank, manager, _terms());
        vm.expectRevert(notOwner);
        staking.setBank(1, stranger);
        vm.expectRevert(notOwner);
        staking.setManager(1, stranger);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotManager.selector, 1, stranger));
        staking.setTerms(1, _terms());
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotManager.selector, 1, stranger));
        staking.setBooster(1, stranger, true);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotBank.selector, 1, stranger));
        staking.returnRewards(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotBooster.selector, 1, stranger));
        staking.stakeBoosted(1, stranger, 1 ether, 1);
        vm.stopPrank();
    }

    function test_refusesTheZeroAddress() external {
        bytes memory refusal = abi.encodeWithSelector(IStaking.ZeroAddress.selector);
        vm.startPrank(owner);
        vm.expectRevert(refusal);
        staking.createConfiguration(address(0), manager, _terms());
        vm.expectRevert(refusal);
        staking.createConfiguration(bank, address(0), _terms());
        vm.expectRevert(refusal);
        staking.setBank(1, address(0));
        vm.expectRevert(refusal);
        staking.setManager(1, address(0));
        vm.stopPrank();
        vm.prank(manager);
        vm.expectRevert(refusal);
        staking.setBooster(1, address(0), true);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        staking.stakeFor{value: 1 ether}(1, address(0), 1 ether);
        staking.stake{value: 1 ether}(1, 1 ether);
        staking.requestLeave(1);
        vm.warp(START + 7 days);
        vm.expectRevert(refusal);
        staking.withdraw(1, address(0));
        vm.stopPrank();
    }

    function test_refusesConfigurationsThatAreNone() external {
        bytes memory zero = abi.encodeWithSelector(IStaking.UnknownConfiguration.selector, 0);
        bytes memory two = abi.encodeWithSelector(IStaking.UnknownConfiguration.selector, 2);
        vm.expectRevert(zero);
        staking.configurationOf(0);
        vm.expectRevert(two);
        staking.configurationOf(2);
        vm.expectRevert(two);
        staking.rewardOf(2, 1, 0);
        vm.startPrank(owner);
        vm.expectRevert(two);
        staking.setBank(2, bank);
        vm.expectRevert(two);
        staking.setManager(2, bank);
        vm.stopPrank();
        vm.startPrank(alice);
        vm.expectRevert(two);
        staking.setTerms(2, _terms());
        vm.expectRevert(two);
        staking.fundRewards{value: 1}(2, 1);
        vm.expectRevert(two);
        staking.returnRewards(2, 0);
        vm.expectRevert(two);
        staking.stake{value: 1 ether}(2, 1 ether);
        vm.expectRevert(two);
        staking.stakeBoosted{value: 1 ether}(2, alice, 1 ether, 0);
        vm.stopPrank();
    }

    function test_keepsTermsInTheirRanges() external {
        IStaking.Terms memory terms = _terms();
        terms.rate = 10_000;
        terms.maximumBoost = 50_000;
        terms.duration = 1460 days;
        terms.cooldown = 90 days;
        terms.minimum = 1;
        terms.maximum = 1;
        _accepts(terms);
        terms.duration = 1 days;
        terms.cooldown = 0;
        terms.rate = 0;
        terms.maximumBoost = 0;
        _accepts(terms);

        terms = _terms();
        terms.rate = 10_001;
        _refuses(terms, "rate", 10_001, 0, 10_000);
        terms = _terms();
        terms.maximumBoost = 50_001;
        _refuses(terms, "maximumBoost", 50_001, 0, 50_000);
        terms = _terms();
        terms.duration = 1 days - 1;
        _refuses(terms, "duration", 1 days - 1, 1 days, 1460 days);
        terms.duration = 1460 days + 1;
        _refuses(terms, "duration", 1460 days + 1, 1 days, 1460 days);
        terms = _terms();
        terms.cooldown = 90 days + 1;
        _refuses(terms, "cooldown", 90 days + 1, 0, 90 days);
        terms = _terms();
        terms.minimum = 0;
        _refuses(terms, "minimum", 0, 1, type(uint128).max);
        terms = _terms();
        terms.maximum = terms.minimum - 1;
        _refuses(terms, "maximum", terms.minimum - 1, terms.minimum, type(uint128).max);
    }

    function test_letsTheOwnerAppoint() external {
        vm.startPrank(owner);
        vm.expectEmit(address(staking));
        emit IStaking.BankChanged(1, alice);
        staking.setBank(1, alice);
        vm.expectEmit(address(staking));
        emit IStaking.ManagerChanged(1, bob);
        staking.setManager(1, bob);
        vm.stopPrank();
        vm.prank(bob);
        vm.expectEmit(address(staking));
        emit IStaking.BoosterChanged(1, carol, true);
        staking.setBooster(1, carol, true);
        vm.assertTrue(staking.isBooster(1, carol));
        vm.assertFalse(staking.isBooster(1, bob));
        vm.prank(alice);
        staking.returnRewards(1, 1);
    }

    function test_stakesAndPaysAtMaturity() external {
        vm.expectEmit(address(staking));
        emit IStaking.Staked(1, 1, alice, 10 ether, 1 ether, 0, uint48(START + 365 days));
        vm.prank(alice);
        vm.assertEq(staking.stake{value: 10 ether}(1, 10 ether), 1);
        _assertBooks(10 ether, 19 ether, 1 ether);
        IStaking.Stake memory held = staking.stakeOf(1);
        vm.assertEq(held.holder, alice);
        vm.assertEq(held.principal, 10 ether);
        vm.assertEq(held.reward, 1 ether);
        vm.assertEq(held.maturity, START + 365 days);
        vm.assertEq(held.withdrawableAt, 0);
        vm.assertEq(held.cooldown, 7 days);
        vm.assertEq(held.configuration, 1);

        vm.warp(START + 365 days);
        vm.expectEmit(address(staking));
        emit IStaking.LeaveRequested(1, 0, uint48(START + 372 days));
        vm.prank(alice);
        staking.requestLeave(1);
        _assertBooks(0, 19 ether, 1 ether);
        vm.warp(START + 372 days);
        vm.expectEmit(address(staking));
        emit IStaking.Withdrawn(1, alice, 10 ether, 1 ether);
        vm.prank(alice);
        staking.withdraw(1, alice);
        vm.assertEq(alice.balance, 1001 ether);
        _assertBooks(0, 19 ether, 0);
        vm.assertEq(address(staking).balance, 19 ether);
    }

    function test_paysNoRewardASecondBeforeMaturity() external {
        vm.startPrank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.warp(START + 365 days - 1);
        vm.expectEmit(address(staking));
        emit IStaking.LeaveRequested(1, 1 ether, uint48(START + 372 days - 1));
        staking.requestLeave(1);
        _assertBooks(0, 20 ether, 0);
        vm.warp(START + 372 days);
        staking.withdraw(1, alice);
        vm.stopPrank();
        vm.assertEq(alice.balance, 1000 ether);
    }

    function test_paysNothingTwiceOrTooEarlyOrToOthers() external {
        vm.startPrank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotWithdrawable.selector, 1, 0));
        staking.withdraw(1, alice);
        staking.requestLeave(1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.AlreadyLeaving.selector, 1, START + 7 days));
        staking.requestLeave(1);
        vm.warp(START + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotWithdrawable.selector, 1, START + 7 days));
        staking.withdraw(1, alice);
        vm.stopPrank();
        vm.warp(START + 7 days);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotHolder.selector, 1, bob));
        staking.withdraw(1, bob);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotHolder.selector, 1, bob));
        staking.requestLeave(1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotHolder.selector, 1, bob));
        staking.topUp{value: 1 ether}(1, 1 ether);
        vm.stopPrank();
        vm.startPrank(alice);
        staking.withdraw(1, alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.UnknownStake.selector, 1));
        staking.withdraw(1, alice);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IStaking.UnknownStake.selector, 1));
        staking.stakeOf(1);
    }

    function test_stakesForAnotherWhoAloneHoldsIt() external {
        vm.prank(alice);
        staking.stakeFor{value: 2 ether}(1, bob, 2 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotHolder.selector, 1, alice));
        staking.requestLeave(1);
        vm.startPrank(bob);
        staking.requestLeave(1);
        vm.warp(START + 7 days);
        staking.withdraw(1, carol);
        vm.stopPrank();
        vm.assertEq(carol.balance, 2 ether);
    }

    function test_refusesAmountsOutOfTheLimits() external {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.AmountOutOfRange.selector, 1 ether - 1, 1 ether, 100 ether));
        staking.stake{value: 1 ether - 1}(1, 1 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.AmountOutOfRange.selector, 100 ether + 1, 1 ether, 100 ether));
        staking.stake{value: 100 ether + 1}(1, 100 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1 ether, 2 ether));
        staking.stake{value: 1 ether}(1, 2 ether);
        staking.stake{value: 1 ether}(1, 1 ether);
        staking.stake{value: 100 ether}(1, 100 ether);
        vm.stopPrank();
    }

    function test_refusesMoreThanTheCapacity() external {
        IStaking.Terms memory terms = _terms();
        terms.capacity = 15 ether;
        _accepts(terms);
        vm.warp(START + 1 hours);
        vm.startPrank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.CapacityExceeded.selector, 1, 15 ether + 1, 15 ether));
        staking.stake{value: 5 ether + 1}(1, 5 ether + 1);
        staking.stake{value: 5 ether}(1, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.CapacityExceeded.selector, 1, 16 ether, 15 ether));
        staking.topUp{value: 1 ether}(1, 1 ether);
        staking.requestLeave(1);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.stopPrank();
    }

    function test_promisesNoRewardThatIsNotThere() external {
        vm.startPrank(bank);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RewardsMissing.selector, 1, 20 ether + 1, 20 ether));
        staking.returnRewards(1, 20 ether + 1);
        vm.expectEmit(address(staking));
        emit IStaking.RewardsReturned(1, bank, 19 ether);
        staking.returnRewards(1, 19 ether);
        vm.stopPrank();
        vm.assertEq(bank.balance, 999 ether);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RewardsMissing.selector, 1, 1.1 ether, 1 ether));
        staking.stake{value: 11 ether}(1, 11 ether);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.stopPrank();
        vm.prank(bank);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RewardsMissing.selector, 1, 1, 0));
        staking.returnRewards(1, 1);
    }

    function test_keepsTheTermsOfAStakeWhenTheyChange() external {
        vm.prank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        IStaking.Terms memory terms = _terms();
        terms.rate = 0;
        terms.open = false;
        terms.cooldown = 90 days;
        terms.duration = 1460 days;
        _accepts(terms);
        IStaking.Stake memory held = staking.stakeOf(1);
        vm.assertEq(held.reward, 1 ether);
        vm.assertEq(held.maturity, START + 365 days);
        vm.assertEq(held.cooldown, 7 days);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Closed.selector, 1));
        staking.stake{value: 1 ether}(1, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.Closed.selector, 1));
        staking.topUp{value: 1 ether}(1, 1 ether);
        vm.stopPrank();
    }

    function test_stakesNothingOnTermsThatNobodyCanHaveSeen() external {
        vm.prank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        IStaking.Terms memory terms = _terms();
        terms.rate = 0;
        terms.duration = 1460 days;
        // before alice's next transaction, which was sent under a rate of a tenth
        _accepts(terms);
        vm.assertEq(staking.configurationOf(1).termsSince, START);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.TermsTooNew.selector, 1, START + 1 hours));
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.TermsTooNew.selector, 1, START + 1 hours));
        staking.topUp{value: 10 ether}(1, 10 ether);
        vm.warp(START + 1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.TermsTooNew.selector, 1, START + 1 hours));
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.warp(START + 1 hours);
        vm.assertEq(staking.stake{value: 10 ether}(1, 10 ether), 2);
        staking.topUp{value: 10 ether}(1, 10 ether);
        // nothing keeps the holder from leaving meanwhile
        vm.stopPrank();
        _accepts(terms);
        vm.prank(alice);
        staking.requestLeave(1);
    }

    function test_addsToAStakeForTheTimeThatIsLeft() external {
        vm.startPrank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.warp(START + 73 days);
        vm.expectEmit(address(staking));
        emit IStaking.ToppedUp(1, 10 ether, 0.8 ether);
        staking.topUp{value: 10 ether}(1, 10 ether);
        IStaking.Stake memory held = staking.stakeOf(1);
        vm.assertEq(held.principal, 20 ether);
        vm.assertEq(held.reward, 1.8 ether);
        vm.assertEq(held.maturity, START + 365 days);
        _assertBooks(20 ether, 18.2 ether, 1.8 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.AmountOutOfRange.selector, 1 ether - 1, 1 ether, 100 ether));
        staking.topUp{value: 1 ether - 1}(1, 1 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.AmountOutOfRange.selector, 100 ether + 1, 1 ether, 100 ether));
        staking.topUp{value: 80 ether + 1}(1, 80 ether + 1);
        staking.topUp{value: 80 ether}(1, 80 ether);
        vm.stopPrank();
    }

    function test_addsNothingWhereThatIsOver() external {
        vm.startPrank(alice);
        staking.stake{value: 10 ether}(1, 10 ether);
        staking.stake{value: 10 ether}(1, 10 ether);
        staking.requestLeave(2);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NoTopUp.selector, 2));
        staking.topUp{value: 1 ether}(2, 1 ether);
        vm.warp(START + 365 days - 1);
        staking.topUp{value: 1 ether}(1, 1 ether);
        vm.warp(START + 365 days);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NoTopUp.selector, 1));
        staking.topUp{value: 1 ether}(1, 1 ether);
        staking.stake{value: 10 ether}(1, 10 ether);
        vm.stopPrank();
        IStaking.Terms memory terms = _terms();
        terms.topUp = false;
        _accepts(terms);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NoTopUp.selector, 3));
        staking.topUp{value: 1 ether}(3, 1 ether);
    }

    function test_boostsForBoosters() external {
        vm.prank(manager);
        staking.setBooster(1, bob, true);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStaking.BoostTooHigh.selector, 10_001, 10_000));
        staking.stakeBoosted{value: 10 ether}(1, alice, 10 ether, 10_001);
        vm.expectEmit(address(staking));
        emit IStaking.Staked(1, 1, alice, 10 ether, 2 ether, 10_000, uint48(START + 365 days));
        staking.stakeBoosted{value: 10 ether}(1, alice, 10 ether, 10_000);
        vm.stopPrank();
        vm.prank(manager);
        staking.setBooster(1, bob, false);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotBooster.selector, 1, bob));
        staking.stakeBoosted{value: 10 ether}(1, alice, 10 ether, 0);
    }

    function test_roundsRewardsDown(uint256 amount, uint256 boost) external view {
        amount = _bound(amount, 0, type(uint128).max);
        boost = _bound(boost, 0, 50_000);
        uint256 reward = staking.rewardOf(1, amount, boost);
        // a tenth, times (1 + boost)
        vm.assertLe(reward * 100_000, amount * (10_000 + boost));
        vm.assertGt((reward + 1) * 100_000, amount * (10_000 + boost));
    }

    function test_countsWhatIsPutInForRewards() external {
        vm.startPrank(alice);
        vm.expectRevert(IStaking.NothingSent.selector);
        staking.fundRewards(1, 0);
        vm.expectEmit(address(staking));
        emit IStaking.RewardsFunded(1, alice, 5);
        staking.fundRewards{value: 5}(1, 5);
        vm.stopPrank();
        _assertBooks(0, 20 ether + 5, 0);
    }

    function test_takesNoCoinsWithoutAReason() external {
        (bool taken,) = address(staking).call{value: 1}("");
        vm.assertFalse(taken);
    }

    function test_paysNothingTwiceWhoCallsBack() external {
        CallingBack caller = new CallingBack();
        caller.run{value: 0}(address(staking), abi.encodeWithSelector(IStaking.configurations.selector));
        vm.deal(address(this), 100 ether);
        caller.run{value: 10 ether}(address(staking), abi.encodeCall(IStaking.stake, (1, 10 ether)));
        caller.run(address(staking), abi.encodeCall(IStaking.requestLeave, (1)));
        vm.warp(START + 7 days);
        bytes memory call = abi.encodeCall(IStaking.withdraw, (1, address(caller)));
        caller.arm(address(staking), call);
        vm.prank(alice);
        staking.stake{value: 50 ether}(1, 50 ether);
        caller.run(address(staking), call);
        vm.assertEq(caller.calls(), 1);
        vm.assertFalse(caller.succeeded());
        vm.assertEq(address(caller).balance, 10 ether);
    }

    function test_paysElsewhereForWhoTakesNoCoins() external {
        address refusing = address(new Refusing());
        vm.prank(alice);
        staking.stakeFor{value: 2 ether}(1, refusing, 2 ether);
        vm.startPrank(refusing);
        staking.requestLeave(1);
        vm.warp(START + 7 days);
        vm.expectRevert(abi.encodeWithSelector(Asset.NativeTransferFailed.selector, refusing, 2 ether));
        staking.withdraw(1, refusing);
        staking.withdraw(1, bob);
        vm.stopPrank();
        vm.assertEq(bob.balance, 1002 ether);
    }

    function test_stakesTokens() external {
        PlainToken token = new PlainToken();
        staking = _staking(address(token));
        token.mint(alice, 100 ether);
        vm.startPrank(alice);
        token.approve(address(staking), 100 ether);
        staking.fundRewards(1, 10 ether);
        staking.stake(1, 20 ether);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        staking.stake{value: 1}(1, 20 ether);
        vm.warp(START + 365 days);
        staking.requestLeave(1);
        vm.warp(START + 372 days);
        staking.withdraw(1, bob);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(bob), 22 ether);
        vm.assertEq(token.balanceOf(address(staking)), 8 ether);
        FeeToken fee = new FeeToken();
        staking = _staking(address(fee));
        fee.mint(alice, 100 ether);
        vm.startPrank(alice);
        fee.approve(address(staking), 100 ether);
        vm.expectRevert(abi.encodeWithSelector(Asset.InexactTransfer.selector, 99, 100));
        staking.fundRewards(1, 100);
        vm.stopPrank();
    }

    function test_addsNothingToAStakeThatATokenCallsBackToLeave() external {
        CallbackToken hooked = new CallbackToken();
        staking = _staking(address(hooked));
        hooked.mint(address(hooked), 100 ether);
        vm.startPrank(address(hooked));
        hooked.approve(address(staking), 100 ether);
        staking.fundRewards(1, 10 ether);
        staking.stake(1, 10 ether);
        hooked.arm(address(staking), abi.encodeCall(IStaking.requestLeave, (1)));
        vm.expectRevert(abi.encodeWithSelector(IStaking.NoTopUp.selector, 1));
        staking.topUp(1, 10 ether);
        vm.stopPrank();
        _assertBooks(10 ether, 9 ether, 1 ether);
    }

    function _accepts(IStaking.Terms memory terms) private {
        vm.prank(manager);
        vm.expectEmit(address(staking));
        emit IStaking.TermsChanged(1, terms);
        staking.setTerms(1, terms);
    }

    function _refuses(IStaking.Terms memory terms, bytes32 term, uint256 value, uint256 least, uint256 most) private {
        vm.prank(manager);
        vm.expectRevert(abi.encodeWithSelector(IStaking.TermOutOfRange.selector, term, value, least, most));
        staking.setTerms(1, terms);
    }

    function _assertBooks(uint256 staked, uint256 free, uint256 reserved) private view {
        IStaking.Configuration memory made = staking.configurationOf(1);
        vm.assertEq(made.staked, staked, "staked");
        vm.assertEq(made.free, free, "free");
        vm.assertEq(made.reserved, reserved, "reserved");
    }
}
