// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRewardDistributor} from "../../../src/payouts/IRewardDistributor.sol";

/// @notice Activates the next root while it is being paid.
contract Activating {
    IRewardDistributor private immutable _distributor;

    constructor(IRewardDistributor distributor) {
        _distributor = distributor;
    }

    receive() external payable {
        _distributor.activate();
    }
}

/// @notice Claims once more while it is being paid, within the gas of a batch.
contract ClaimingMore {
    IRewardDistributor private _distributor;
    uint256 private _cumulative;
    bytes32[] private _proof;

    function arm(IRewardDistributor distributor, uint256 cumulative, bytes32[] calldata proof) external {
        _distributor = distributor;
        _cumulative = cumulative;
        _proof = proof;
    }

    receive() external payable {
        uint256 cumulative = _cumulative;
        if (cumulative != 0) {
            _cumulative = 0;
            _distributor.claim(cumulative, _proof);
        }
    }
}

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

/// @notice Remembers how much gas it had when it was paid.
contract Measuring {
    uint256 public had;

    receive() external payable {
        had = gasleft();
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
