// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The trees that the ledger publishes, in the form standard-v1: 2n − 1 nodes in one array, leaves falling at the end
library StandardTree {
    function leaf(address account, uint256 amount) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(account, amount))));
    }

    function nodes(address[] memory accounts, uint256[] memory amounts) internal pure returns (bytes32[] memory all) {
        uint256 n = accounts.length;
        all = new bytes32[](2 * n - 1);
        for (uint256 i = 0; i < n; ++i) {
            // sorted in as they come, the greatest first
            bytes32 item = leaf(accounts[i], amounts[i]);
            uint256 place = n - 1 + i;
            for (; place > n - 1 && all[place - 1] < item; --place) {
                all[place] = all[place - 1];
            }
            all[place] = item;
        }
        for (uint256 i = n - 1; i > 0; --i) {
            all[i - 1] = pair(all[2 * i - 1], all[2 * i]);
        }
    }

    function proof(bytes32[] memory all, bytes32 item) internal pure returns (bytes32[] memory siblings) {
        uint256 start = all.length - 1;
        while (all[start] != item) {
            --start;
        }
        uint256 depth = 0;
        for (uint256 i = start; i > 0; i = (i - 1) / 2) {
            ++depth;
        }
        siblings = new bytes32[](depth);
        uint256 node = start;
        for (uint256 i = 0; i < depth; ++i) {
            siblings[i] = node % 2 == 1 ? all[node + 1] : all[node - 1];
            node = (node - 1) / 2;
        }
    }

    function climb(bytes32 node, bytes32[] memory siblings) internal pure returns (bytes32) {
        for (uint256 i = 0; i < siblings.length; ++i) {
            node = pair(node, siblings[i]);
        }
        return node;
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
    }
}
