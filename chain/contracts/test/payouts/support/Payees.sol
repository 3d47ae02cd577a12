// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Takes no coins.
contract Refusing {}

/// @notice Takes what it gets and, while it is being paid, makes a call; says whether that succeeded.
contract CallingBack {
    address private _target;
    bytes private _data;
    bool public succeeded;
    uint256 public calls;

    function arm(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function run(address target, bytes calldata data) external payable returns (bytes memory) {
        (bool done, bytes memory result) = target.call{value: msg.value}(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
        return result;
    }

    receive() external payable {
        if (_target != address(0)) {
            ++calls;
            (bool done,) = _target.call(_data);
            succeeded = succeeded || done;
        }
    }
}

/// @notice Burns all gas that it gets.
contract Burning {
    receive() external payable {
        while (true) {}
    }
}

/// @notice Fails with a megabyte of reasons.
contract Verbose {
    receive() external payable {
        assembly {
            revert(0, 20000)
        }
    }
}

/// @notice An account with code whose signatures are whatever its owner's key signed (ERC-1271).
contract SigningAccount {
    address private immutable _key;

    constructor(address key) {
        _key = key;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        return ecrecover(digest, uint8(signature[64]), r, s) == _key ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }

    function run(address target, bytes calldata data) external payable {
        (bool done,) = target.call{value: msg.value}(data);
        require(done, "the call failed");
    }

    receive() external payable {}
}
