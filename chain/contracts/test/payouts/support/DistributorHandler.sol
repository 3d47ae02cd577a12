// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRewardDistributor} from "../../../src/payouts/IRewardDistributor.sol";
import {RewardDistributor} from "../../../src/payouts/RewardDistributor.sol";
import {Test} from "../../support/Test.sol";
import {CallingBack, Refusing} from "./Payees.sol";
import {StandardTree} from "./StandardTree.sol";

/// @title An updater who lies at times, a guardian who may be there, payees who call back or refuse, in any order
/// @dev Keeps books of its own: what each account has earned in the honest trees, and what it was paid by its balance.
contract DistributorHandler is Test {
    RewardDistributor public immutable distributor;
    address private immutable _updater;
    address private immutable _guardian;

    /// @notice Whether someone drops what the updater invents.
    bool public immutable guarded;

    address[] public accounts;
    uint256[] public earned;
    uint256 public funded;
    uint256 public forced;
    uint256 public largestTotal;
    uint256 public claims;
    uint256 public lies;
    mapping(address account => uint256) public largestClaimed;
    mapping(bytes32 root => bool) public honest;

    uint64 private _epoch;
    uint256[][] private _history;
    mapping(bytes32 root => uint256) private _treeOf;

    constructor(RewardDistributor distributor_, address updater, address guardian, bool guarded_) {
        distributor = distributor_;
        _updater = updater;
        _guardian = guardian;
        guarded = guarded_;
        accounts.push(_account("ann"));
        accounts.push(_account("ben"));
        accounts.push(_account("cid"));
        accounts.push(address(new CallingBack()));
        accounts.push(address(new Refusing()));
        for (uint256 i = 0; i < accounts.length; ++i) {
            earned.push(i + 1);
        }
        _history.push(earned);
    }

    function fund(uint256 any) external {
        uint256 amount = _bound(any, 1, 100 ether);
        vm.deal(address(this), amount);
        distributor.fund{value: amount}(amount);
        funded += amount;
    }

    function force(uint256 any) external {
        uint256 amount = _bound(any, 1, 1 ether);
        vm.deal(address(distributor), address(distributor).balance + amount);
        forced += amount;
    }

    function earn(uint256 who, uint256 any) external {
        earned[who % accounts.length] += _bound(any, 0, 10 ether);
    }

    function wait(uint256 any) external {
        vm.warp(block.timestamp + _bound(any, 1, 2 days));
    }

    function activate() external {
        distributor.activate();
    }

    /// @dev The honest tree over all that was earned; funded as it is posted.
    function post() external {
        uint256 sum = 0;
        for (uint256 i = 0; i < earned.length; ++i) {
            sum += earned[i];
        }
        (, IRewardDistributor.Posting memory latest) = distributor.latestRoot();
        // after a lie that promised more nothing honest can be posted until earnings catch up, or the lie is dropped
        if (sum < latest.total || _isFull()) {
            return;
        }
        uint256 missing = sum > funded ? sum - funded : 0;
        bytes32 root = StandardTree.nodes(accounts, earned)[0];
        _keep(root);
        honest[root] = true;
        vm.deal(_updater, missing);
        vm.prank(_updater);
        distributor.postRoot{value: missing}(++_epoch, root, uint128(sum), 0);
        funded += missing;
    }

    /// @dev A tree with invented amounts, and any total that the contract lets pass.
    function lie(uint256 seed, uint256 any) external {
        (, IRewardDistributor.Posting memory latest) = distributor.latestRoot();
        if (_isFull()) {
            return;
        }
        uint256[] memory invented = new uint256[](accounts.length);
        for (uint256 i = 0; i < invented.length; ++i) {
            invented[i] = uint256(keccak256(abi.encode(seed, i))) % 200 ether;
        }
        bytes32 root = StandardTree.nodes(accounts, invented)[0];
        uint256 sum = _bound(any, latest.total, funded);
        uint256[] memory kept = earned;
        earned = invented;
        _keep(root);
        earned = kept;
        vm.prank(_updater);
        uint64 sequence = distributor.postRoot(++_epoch, root, uint128(sum), 0);
        ++lies;
        if (guarded) {
            vm.prank(_guardian);
            distributor.challenge(sequence, root, 0);
        }
    }

    /// @dev The guardian drops even what is right: it may delay, and take from nobody.
    function challenge(uint256 any) external {
        (uint64 active,) = distributor.activeRoot();
        (uint64 posted,) = distributor.latestRoot();
        if (posted == active) {
            return;
        }
        uint64 sequence = uint64(_bound(any, active + 1, posted));
        bytes32 root = distributor.pendingRoot(sequence).root;
        vm.prank(_guardian);
        distributor.challenge(sequence, root, 0);
    }

    /// @dev A claim by anyone's proof from any tree that was ever posted, the active one mostly.
    function claim(uint256 who, uint256 any, bool old) external {
        address account = accounts[who % accounts.length];
        (, IRewardDistributor.Posting memory active) = distributor.activeRoot();
        uint256[] memory amounts = _history[old ? any % _history.length : _treeOf[active.root]];
        uint256 amount = amounts[who % accounts.length];
        bytes32[] memory all = StandardTree.nodes(accounts, amounts);
        bytes32[] memory proof = StandardTree.proof(all, StandardTree.leaf(account, amount));
        if (who % accounts.length == 3) {
            // tries it again while it is paid
            CallingBack(payable(account)).arm(
                address(distributor), abi.encodeCall(IRewardDistributor.claimFor, (account, amount, proof))
            );
        }
        uint256 before = account.balance;
        uint256 claimed = distributor.claimed(account);
        try distributor.claimFor(account, amount, proof) {
            ++claims;
            vm.assertEq(all[0], active.root, "only the active root pays");
            vm.assertEq(account.balance - before, amount - claimed, "the difference is paid");
            vm.assertEq(distributor.claimed(account), amount);
        } catch {
            vm.assertEq(account.balance, before);
            vm.assertEq(distributor.claimed(account), claimed);
        }
        largestClaimed[account] = distributor.claimed(account);
    }

    function claimMany() external {
        (, IRewardDistributor.Posting memory active) = distributor.activeRoot();
        if (active.root == 0) {
            return;
        }
        uint256[] memory amounts = _history[_treeOf[active.root]];
        bytes32[] memory all = StandardTree.nodes(accounts, amounts);
        IRewardDistributor.Item[] memory items = new IRewardDistributor.Item[](accounts.length);
        bytes32[] memory siblings = new bytes32[](accounts.length * 3);
        uint256 place = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            bytes32[] memory proof = StandardTree.proof(all, StandardTree.leaf(accounts[i], amounts[i]));
            items[i] = IRewardDistributor.Item(accounts[i], amounts[i], proof.length);
            for (uint256 j = 0; j < proof.length; ++j) {
                siblings[place++] = proof[j];
            }
        }
        assembly ("memory-safe") {
            mstore(siblings, place)
        }
        claims += distributor.claimMany(items, siblings);
        for (uint256 i = 0; i < accounts.length; ++i) {
            largestClaimed[accounts[i]] = distributor.claimed(accounts[i]);
        }
    }

    function noteTotal() external {
        (, IRewardDistributor.Posting memory active) = distributor.activeRoot();
        vm.assertGe(active.total, largestTotal, "totals that hold do not fall");
        largestTotal = active.total;
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function selectors() external pure returns (bytes4[] memory all) {
        all = new bytes4[](11);
        all[0] = this.fund.selector;
        all[1] = this.force.selector;
        all[2] = this.earn.selector;
        all[3] = this.wait.selector;
        all[4] = this.activate.selector;
        all[5] = this.post.selector;
        all[6] = this.lie.selector;
        all[7] = this.challenge.selector;
        all[8] = this.claim.selector;
        all[9] = this.claimMany.selector;
        all[10] = this.noteTotal.selector;
    }

    function _keep(bytes32 root) private {
        _treeOf[root] = _history.length;
        _history.push(earned);
    }

    function _isFull() private view returns (bool) {
        (uint64 active,) = distributor.activeRoot();
        (uint64 posted,) = distributor.latestRoot();
        return posted - active >= 62;
    }
}
