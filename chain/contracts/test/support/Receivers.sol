// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A wrapper of the native coin, as the receivers below see it
interface IWrapper {
    function deposit() external payable;
    function withdraw(uint256 amount) external;
}

/// @notice Wraps and unwraps, and takes no coins back.
contract RefusingReceiver {
    function run(IWrapper wrapper) external payable {
        wrapper.deposit{value: msg.value}();
        wrapper.withdraw(msg.value);
    }
}

/// @notice Calls back while it is being paid, and lets its call's failure be the payment's failure.
contract GreedyReceiver {
    function run(IWrapper wrapper) external payable {
        wrapper.deposit{value: msg.value}();
        wrapper.withdraw(msg.value);
    }

    receive() external payable {
        IWrapper(msg.sender).withdraw(msg.value);
    }
}

/// @notice Calls back while it is being paid, and takes its coins whether or not that succeeded.
contract PatientReceiver {
    uint256 public failures;

    function run(IWrapper wrapper) external payable {
        wrapper.deposit{value: msg.value}();
        wrapper.withdraw(msg.value);
    }

    receive() external payable {
        try IWrapper(msg.sender).withdraw(msg.value) {}
        catch {
            ++failures;
        }
    }
}
