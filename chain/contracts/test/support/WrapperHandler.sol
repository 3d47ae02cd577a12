// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IWrapper} from "./Receivers.sol";
import {Test} from "./Test.sol";

/// @title Holders who wrap, unwrap, transfer and force coins, in any order
/// @dev Keeps books of its own: what each holder has is added and subtracted here, and compared with the token.
contract WrapperHandler is Test {
    address public immutable wrapper;
    address[] public holders;
    mapping(address holder => uint256) public expected;
    uint256 public expectedSupply;
    uint256 public forced;

    constructor(address wrapper_) {
        wrapper = wrapper_;
        string[4] memory names = ["ann", "ben", "cid", "dot"];
        for (uint256 i = 0; i < names.length; ++i) {
            holders.push(_account(names[i]));
        }
    }

    function deposit(uint256 who, uint256 any) external {
        _wrap(who, any, false);
    }

    function send(uint256 who, uint256 any) external {
        _wrap(who, any, true);
    }

    function withdraw(uint256 who, uint256 any) external {
        address holder = _holder(who);
        if (expected[holder] == 0) {
            return;
        }
        uint256 amount = _bound(any, 1, expected[holder]);
        uint256 before = holder.balance;
        vm.prank(holder);
        IWrapper(wrapper).withdraw(amount);
        vm.assertEq(holder.balance, before + amount, "an unwrapped amount arrives");
        expected[holder] -= amount;
        expectedSupply -= amount;
    }

    function transfer(uint256 from, uint256 to, uint256 any) external {
        uint256 amount = _bound(any, 0, expected[_holder(from)]);
        vm.prank(_holder(from));
        IERC20(wrapper).transfer(_holder(to), amount);
        expected[_holder(from)] -= amount;
        expected[_holder(to)] += amount;
    }

    function force(uint256 any) external {
        uint256 amount = _bound(any, 1, 10 ether);
        // as a block's fees or a self-destructing contract would: nothing of the wrapper's is called
        vm.deal(wrapper, wrapper.balance + amount);
        forced += amount;
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](5);
        all[0] = this.deposit.selector;
        all[1] = this.send.selector;
        all[2] = this.withdraw.selector;
        all[3] = this.transfer.selector;
        all[4] = this.force.selector;
    }

    function holderCount() external view returns (uint256) {
        return holders.length;
    }

    function _wrap(uint256 who, uint256 any, bool plainly) private {
        address holder = _holder(who);
        uint256 amount = _bound(any, 1, 1_000 ether);
        vm.deal(holder, holder.balance + amount);
        vm.prank(holder);
        if (plainly) {
            (bool taken,) = wrapper.call{value: amount}("");
            vm.assertTrue(taken, "coins without data are wrapped");
        } else {
            IWrapper(wrapper).deposit{value: amount}();
        }
        expected[holder] += amount;
        expectedSupply += amount;
    }

    function _holder(uint256 who) private view returns (address) {
        return holders[who % holders.length];
    }
}
