// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What stands in the proofs where the distributor calls other code, and what is remembered of it
/// @dev smt.mjs replaces the distributor's calls of `AmountProof`, `Asset`, `Staking` and tokens by these. Each allows all
///   that the code it stands for can do, and more.
abstract contract Ghosts {
    mapping(uint256 question => bytes32) internal _roots;
    mapping(uint256 question => uint64) internal _sequences;
    mapping(uint256 question => uint128) internal _amounts;
    mapping(uint256 question => bool) internal _facts;
    uint256 internal _question;

    /// @dev The root that the last proof led to.
    bytes32 internal _proven;

    /// @dev How many payments were made, and the last of them.
    uint256 internal _payments;
    address internal _paidAsset;
    address internal _payee;
    uint256 internal _payment;

    /// @dev A question that was not asked before: nothing is known of the answer.
    function _ask() private returns (uint256 question) {
        question = _question;
        unchecked {
            ++_question;
        }
    }

    function _anyRoot() internal returns (bytes32) {
        return _roots[_ask()];
    }

    function _anySequence() internal returns (uint64) {
        return _sequences[_ask()];
    }

    /// @dev For `SafeCast.toUint128`, which returns the same number or reverts.
    function _toUint128(uint256 value) internal returns (uint128 same) {
        same = _amounts[_ask()];
        require(same == value);
    }

    /// @dev For `AmountProof.root`: any root at all, so nothing rests on what is hashed.
    function _rootOf(address, uint256, bytes32[] calldata) internal returns (bytes32) {
        _proven = _anyRoot();
        return _proven;
    }

    /// @dev For `Asset.take`, which returns only if the amount has come in.
    function _take(address asset_, uint256 amount) internal view {
        require(msg.value == (asset_ == address(0) ? amount : 0));
    }

    /// @dev For `Asset.send`, which returns only if the amount was sent.
    function _send(address asset_, address to, uint256 amount) internal {
        _remember(asset_, to, amount);
    }

    /// @dev For `Asset.trySend`.
    function _trySend(address asset_, address to, uint256 amount, uint256) internal returns (bool sent) {
        sent = _facts[_ask()];
        if (sent) {
            _remember(asset_, to, amount);
        }
    }

    /// @dev For `SafeERC20.forceApprove` and `IStaking.stakeFor`, which takes what was approved or sent along.
    function _approve(address, uint256 amount) internal pure returns (uint256) {
        return amount;
    }

    function _stakeFor(address asset_, address staking_, uint256 value, uint256 approved, uint256, address, uint256 amount)
        internal
        returns (uint256)
    {
        // either way what it may take is what it is told
        require(value == (asset_ == address(0) ? amount : 0));
        _remember(asset_, staking_, asset_ == address(0) ? value : approved);
        return _ask();
    }

    function _remember(address asset_, address to, uint256 amount) private {
        (_paidAsset, _payee, _payment) = (asset_, to, amount);
        unchecked {
            ++_payments;
        }
    }
}
