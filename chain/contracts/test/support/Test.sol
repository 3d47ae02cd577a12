// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @title What every test of the contracts begins with
/// @dev Written here because the library of the same purpose is no package of any registry that the build uses.
///   A test contract's functions `test…` are run one by one, each after `setUp`; those with parameters are fuzzed with
///   the seed of foundry.toml. Functions `invariant…` are checked after each call of a random sequence of calls.
abstract contract Test {
    /// @notice The functions of a contract that random sequences of calls may use.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    address[] private _targetContracts;
    FuzzSelector[] private _targetSelectors;

    /// @notice Read by forge: what random sequences of calls may call.
    function targetContracts() external view returns (address[] memory) {
        return _targetContracts;
    }

    /// @notice Read by forge: which functions of it.
    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _targetSelectors;
    }

    /// @dev Random sequences of calls consist of these functions of the handler.
    function _target(address handler, bytes4[] memory selectors) internal {
        _targetContracts.push(handler);
        _targetSelectors.push(FuzzSelector({addr: handler, selectors: selectors}));
    }

    /// @dev A number of the range, any of them, made of any number.
    function _bound(uint256 any, uint256 minimum, uint256 maximum) internal pure returns (uint256) {
        require(minimum <= maximum, "an empty range");
        if (any >= minimum && any <= maximum) {
            return any;
        }
        uint256 size = maximum - minimum;
        return size == type(uint256).max ? any : minimum + any % (size + 1);
    }

    /// @dev An address without code that shows its name in traces.
    function _account(string memory name) internal returns (address account) {
        account = vm.addr(uint256(keccak256(bytes(name))));
        vm.label(account, name);
    }
}
