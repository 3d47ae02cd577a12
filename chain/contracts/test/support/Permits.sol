// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Test} from "./Test.sol";

/// @title What holds for every token with signed approvals (ERC-2612)
/// @dev The digests are made here from the standard's text, not by the token's own functions.
abstract contract Permits is Test {
    bytes32 private constant _DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant _PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    uint256 private constant _KEY = 0xA11CE;
    uint256 private constant _OTHER_KEY = 0xB0B;

    function _domain(address token, string memory name) internal view returns (bytes32) {
        return keccak256(abi.encode(_DOMAIN, keccak256(bytes(name)), keccak256("1"), block.chainid, token));
    }

    function _typed(bytes32 domain, bytes32 structure) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", domain, structure));
    }

    function _permit(bytes32 domain, address owner, address spender, uint256 value, uint256 nonce, uint256 deadline)
        internal
        pure
        returns (bytes32)
    {
        return _typed(domain, keccak256(abi.encode(_PERMIT, owner, spender, value, nonce, deadline)));
    }

    function _checkPermit(address token, string memory name) internal {
        address owner = vm.addr(_KEY);
        address spender = _account("spender");
        uint256 deadline = block.timestamp;
        bytes32 digest = _permit(_domain(token, name), owner, spender, 5, 0, deadline);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_KEY, digest);
        ERC20Permit(token).permit(owner, spender, 5, deadline, v, r, s);
        vm.assertEq(IERC20(token).allowance(owner, spender), 5);
        vm.assertEq(ERC20Permit(token).nonces(owner), 1);
        vm.assertEq(ERC20Permit(token).DOMAIN_SEPARATOR(), _domain(token, name));

        // the same signature again recovers somebody else, because the nonce has moved on
        vm.expectRevert();
        ERC20Permit(token).permit(owner, spender, 5, deadline, v, r, s);
        vm.assertEq(IERC20(token).allowance(owner, spender), 5);
    }

    function _checkLatePermit(address token) internal {
        vm.warp(1_000);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, 999));
        ERC20Permit(token).permit(vm.addr(_KEY), address(this), 5, 999, 27, bytes32(0), bytes32(0));
    }

    function _checkForgedPermit(address token) internal {
        address owner = vm.addr(_KEY);
        bytes32 digest =
            _permit(ERC20Permit(token).DOMAIN_SEPARATOR(), owner, address(this), 5, 0, block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_OTHER_KEY, digest);
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, vm.addr(_OTHER_KEY), owner)
        );
        ERC20Permit(token).permit(owner, address(this), 5, block.timestamp, v, r, s);
    }
}
