// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RewardDistributor} from "../src/payouts/RewardDistributor.sol";

/// @title What is proved of the distributor: read smt.mjs and Ghosts.sol first
/// @dev Each function below is one step. It begins in any state at all, with any arguments; requires what is known of the
///   state; does the step with the distributor's own text; and asserts what holds after it. What is required of the state
///   is an invariant, true of the zeros of the beginning; the steps that end in `Kept` say that what writes it keeps it.
///   No structure in memory is kept here: the checker forgets what it knows of one when another of its type is written.
abstract contract Known is RewardDistributor {
    /// @dev The books: the active root and those that wait are in the ring, and one place is free.
    function _booksKnown() internal view returns (bool) {
        return _books.active <= _books.posted && _books.posted - _books.active <= _MAX_PENDING;
    }

    function _kept(uint64 sequence) internal view returns (bool) {
        return sequence >= _books.active && sequence <= _books.posted;
    }

    /// @dev The active root is the one that the ring has in its place.
    function _activeKnown() internal view returns (bool) {
        return _activeRoot == _ring[_books.active % _RING].root;
    }

    /// @dev Of two kept postings the later has no smaller total, epoch or time, and neither promises what was not put in.
    function _pairKnown(uint64 earlier, uint64 later) internal view returns (bool) {
        if (!_kept(earlier) || !_kept(later) || earlier > later) {
            return true;
        }
        return _ring[earlier % _RING].total <= _ring[later % _RING].total
            && _ring[earlier % _RING].epoch <= _ring[later % _RING].epoch
            && _ring[earlier % _RING].activeAt <= _ring[later % _RING].activeAt
            && _ring[later % _RING].total <= _books.funded;
    }

    /// @dev The constructor refuses another one, and it never changes.
    function _minimumKnown() internal view returns (bool) {
        return minimumClaim >= 1 && minimumClaim <= _MAX_MINIMUM;
    }
}

/// @title The loop of `_due` keeps what is used of it
/// @dev smt.mjs puts `_walked` and the loop's ending in the place of the loop: any number of steps is then one.
contract Loop is Known {
    function aLoopBegins(Books memory books) external view {
        assert(_walked(books, books.active));
    }

    function aLoopGoesOn(Books memory books, uint64 sequence) external view {
        require(_walked(books, sequence));
        uint64 posted = books.posted;
        uint64 next = _stepOfDue(books, sequence);
        assert(_walked(books, next));
        // it ends
        assert(next > sequence && next <= posted);
    }
}

/// @title A claim pays what was not claimed before, to its account, once
contract Claims is Known {
    uint256 private _payments0;
    uint256 private _before;
    uint256 private _others;

    function _begin(address account, address other) private {
        require(_minimumKnown());
        require(account != other);
        (_payments0, _before, _others) = (_payments, _accounts[account].claimed, _accounts[other].claimed);
        // what was claimed was paid, and there are not as many coins
        require(_before < 2 ** 255);
    }

    function _counted(address account, uint256 cumulative) private view returns (bool) {
        return cumulative > _before && cumulative - _before >= minimumClaim && _accounts[account].claimed == cumulative;
    }

    function _paidOnce(address to, uint256 cumulative) private view returns (bool) {
        unchecked {
            return _payments == _payments0 + 1 && _payment == cumulative - _before && _payee == to && _paidAsset == asset;
        }
    }

    function aClaim(address other, uint256 cumulative, bytes32[] calldata proof) external {
        _begin(msg.sender, other);
        claim(cumulative, proof);
        assert(_counted(msg.sender, cumulative));
        assert(_paidOnce(msg.sender, cumulative));
        assert(_accounts[other].claimed == _others);
        assert(_proven == _activeRoot);
    }

    function aPackedClaim(address other, uint256 cumulative) external {
        _begin(msg.sender, other);
        claimPacked(cumulative);
        assert(_counted(msg.sender, cumulative));
        assert(_paidOnce(msg.sender, cumulative));
        assert(_accounts[other].claimed == _others);
        assert(_proven == _activeRoot);
    }

    function aClaimForAnother(address account, address other, uint256 cumulative, bytes32[] calldata proof) external {
        _begin(account, other);
        claimFor(account, cumulative, proof);
        assert(_counted(account, cumulative));
        assert(_paidOnce(account, cumulative));
        assert(_accounts[other].claimed == _others);
        assert(_proven == _activeRoot);
    }

    function aClaimToStake(address other, uint256 configuration, uint256 cumulative, bytes32[] calldata proof) external {
        _begin(msg.sender, other);
        claimToStake(configuration, cumulative, proof);
        assert(_counted(msg.sender, cumulative));
        assert(_paidOnce(staking, cumulative));
        assert(_accounts[other].claimed == _others);
        assert(_proven == _activeRoot);
        assert(staking != address(0));
    }

    /// @dev One round of the loop of claimMany.
    function anItemOfABatch(
        Item[] calldata items,
        bytes32[] calldata siblings,
        uint256 i,
        bytes32 active,
        uint256 from,
        uint256 paid,
        address other
    ) external {
        require(i < items.length && from <= siblings.length);
        address account = items[i].account;
        uint256 cumulative = items[i].cumulative;
        uint256 depth = items[i].depth;
        _begin(account, other);
        bytes32 before = active;
        uint256 start = from;
        uint256 count = paid;
        (active, from, paid) = _anItem(items, siblings, i, active, from, paid);
        assert(from <= siblings.length && from - start == depth);
        assert(_proven == active);
        assert(active == before || active == _activeRoot);
        if (paid != count) {
            assert(paid == count + 1);
            assert(_counted(account, cumulative));
            assert(_paidOnce(account, cumulative));
        } else {
            assert(_accounts[account].claimed == _before);
            assert(_payments == _payments0);
        }
        assert(_accounts[other].claimed == _others);
    }
}

/// @title What is promised only rises, and is never more than was put in
contract Postings is Known {
    function aPosting(uint64 epoch, bytes32 root, uint128 total, bytes32 digest) external payable {
        require(_booksKnown());
        uint64 posted = _books.posted;
        uint128 before = _books.funded;
        uint128 lastTotal = _ring[posted % _RING].total;
        uint64 lastEpoch = _ring[posted % _RING].epoch;
        uint48 lastActiveAt = _ring[posted % _RING].activeAt;
        uint64 sequence = postRoot(epoch, root, total, digest);
        assert(msg.sender == updater);
        assert(sequence == posted + 1 && _books.posted == sequence);
        assert(_ring[sequence % _RING].root == root && root != bytes32(0));
        assert(_ring[sequence % _RING].total == total && total >= lastTotal);
        assert(_ring[sequence % _RING].epoch == epoch && epoch > lastEpoch && epoch - lastEpoch <= _MAX_STEP);
        assert(_books.funded >= before && _books.funded - before == msg.value);
        assert(total <= _books.funded);
        assert(_ring[sequence % _RING].activeAt >= lastActiveAt);
        assert(_ring[sequence % _RING].activeAt >= uint48(block.timestamp) + activationDelay);
    }

    /// @dev The ring's other places stay as they are: neither the active root nor one that waits is overwritten.
    function aPostingBesideAnother(uint64 epoch, bytes32 root, uint128 total, bytes32 digest, uint64 other) external payable {
        require(_booksKnown() && _kept(other));
        bytes32 otherRoot = _ring[other % _RING].root;
        uint128 otherTotal = _ring[other % _RING].total;
        uint64 otherEpoch = _ring[other % _RING].epoch;
        uint48 otherActiveAt = _ring[other % _RING].activeAt;
        postRoot(epoch, root, total, digest);
        // one that became due at this moment was the last use of those before it
        if (_kept(other)) {
            assert(_ring[other % _RING].root == otherRoot && _ring[other % _RING].total == otherTotal);
            assert(_ring[other % _RING].epoch == otherEpoch && _ring[other % _RING].activeAt == otherActiveAt);
        }
    }

    function aPostingKept(uint64 epoch, bytes32 root, uint128 total, bytes32 digest, uint64 earlier, uint64 later)
        external
        payable
    {
        require(_booksKnown() && _activeKnown());
        // of the pairs of before, these are the ones that the new pair rests on
        require(_pairKnown(earlier, later) && _pairKnown(earlier, _books.posted) && _pairKnown(_books.posted, _books.posted));
        postRoot(epoch, root, total, digest);
        assert(_booksKnown());
        assert(_activeKnown());
        assert(_pairKnown(earlier, later));
    }
}

/// @title A root becomes active when it is due, not before, and never goes back
contract Activations is Known {
    function anActivation(address account, uint256 place) external {
        require(_booksKnown());
        uint256 amount = _accounts[account].claimed;
        uint256 payments = _payments;
        bytes32 beside = _ring[place].root;
        uint64 posted = _books.posted;
        uint64 active = _books.active;
        uint128 before = _books.funded;
        bytes32 root = _activeRoot;
        activate();
        assert(_books.active >= active && _books.posted == posted && _books.funded == before);
        assert(_accounts[account].claimed == amount && _payments == payments && _ring[place].root == beside);
        if (_books.active == active) {
            assert(_activeRoot == root);
        } else {
            assert(_activeRoot == _ring[_books.active % _RING].root);
            assert(_ring[_books.active % _RING].activeAt <= block.timestamp);
        }
        unchecked {
            assert(_books.active == posted || _ring[(_books.active + 1) % _RING].activeAt > block.timestamp);
        }
    }

    /// @dev All that other steps use of it, whatever the books say.
    function aRootBecomesDue(Books memory books, address account, uint256 place) external {
        uint64 active = books.active;
        uint64 posted = books.posted;
        require(active <= posted);
        bytes32 root = _activeRoot;
        uint256 amount = _accounts[account].claimed;
        uint256 payments = _payments;
        bytes32 beside = _ring[place].root;
        uint64 kept = _books.posted;
        uint64 sequence = _activateDue(books);
        assert(sequence >= active && sequence <= posted);
        assert(_activeRoot == (sequence == active ? root : _ring[sequence % _RING].root));
        assert(_accounts[account].claimed == amount && _payments == payments && _ring[place].root == beside);
        assert(_books.posted == kept);
    }

    /// @dev What the active root promises never falls.
    function anActivationOfNoLess(uint64 any) external {
        require(_booksKnown());
        uint128 total = _ring[_books.active % _RING].total;
        require(_pairKnown(_books.active, any));
        activate();
        if (any == _books.active) {
            assert(_ring[_books.active % _RING].total >= total);
        }
    }

    function anActivationKept(uint64 earlier, uint64 later) external {
        require(_booksKnown() && _activeKnown() && _pairKnown(earlier, later));
        activate();
        assert(_booksKnown());
        assert(_activeKnown());
        assert(_pairKnown(earlier, later));
    }

    function aChallenge(uint64 sequence, bytes32 root, bytes32 reason, uint64 other, uint64 next) external {
        require(_booksKnown() && _pairKnown(next, sequence));
        uint64 posted = _books.posted;
        uint64 active = _books.active;
        uint128 before = _books.funded;
        bytes32 named = _ring[sequence % _RING].root;
        bytes32 otherRoot = _ring[other % _RING].root;
        challenge(sequence, root, reason);
        assert(msg.sender == guardian);
        assert(named == root);
        // only such as wait are dropped: from the named one on
        assert(_books.posted == sequence - 1 && _books.posted < posted && _books.posted >= _books.active);
        unchecked {
            // the times rise: what is true of the first that waits is true of this one
            assert(next != _books.active + 1 || _ring[sequence % _RING].activeAt > block.timestamp);
        }
        assert(_books.active >= active && _books.funded == before);
        assert(_ring[other % _RING].root == otherRoot);
    }

    function aChallengeKept(uint64 sequence, bytes32 root, bytes32 reason, uint64 earlier, uint64 later) external {
        require(_booksKnown() && _activeKnown() && _pairKnown(earlier, later));
        challenge(sequence, root, reason);
        assert(_booksKnown());
        assert(_activeKnown());
        assert(_pairKnown(earlier, later));
    }
}

/// @title What is held is what came in and was not paid; a claim of a right tree is there
/// @dev `held` is what the distributor has of its asset, `paid` the sum of what all accounts have claimed, `forced` what
///   came past `fund` and `postRoot` (coins can be forced upon a contract). Of sums over all accounts the checker knows
///   nothing: that a sum rises by what one of its terms rises, all others being left alone (`Claims`), is said here.
contract Solvency is Known {
    function _accountsKnown(uint256 held, uint256 paid, uint256 forced) private view returns (bool) {
        // there are not as many coins
        require(held < 2 ** 250 && paid < 2 ** 250 && forced < 2 ** 250);
        return held + paid == _books.funded + forced;
    }

    /// @dev Whatever the tree: what is paid is what is counted as paid.
    function aClaimKept(address account, uint256 cumulative, bytes32[] calldata proof, uint256 held, uint256 paid, uint256 forced)
        external
    {
        require(_minimumKnown() && _accountsKnown(held, paid, forced));
        uint256 before = _accounts[account].claimed;
        // a term of the sum
        require(before <= paid);
        claimFor(account, cumulative, proof);
        // who has less cannot pay
        require(_payment <= held);
        assert(_accountsKnown(held - _payment, paid - before + _accounts[account].claimed, forced));
    }

    /// @dev The tree is right if its leaves are in sum no more than its total, and none is below what its account has
    ///   claimed. What one account has open is then no more than what all have open.
    function aClaimIsThere(
        address account,
        uint256 cumulative,
        bytes32[] calldata proof,
        uint256 held,
        uint256 paid,
        uint256 forced,
        uint256 leaves,
        uint64 any
    ) external {
        require(_minimumKnown() && _accountsKnown(held, paid, forced));
        uint256 before = _accounts[account].claimed;
        require(before <= paid);
        claimFor(account, cumulative, proof);
        require(any == _books.active && _kept(any) && _pairKnown(any, any));
        require(leaves <= _ring[any % _RING].total && leaves >= paid && cumulative - before <= leaves - paid);
        assert(_payment <= held);
    }

    /// @dev What the active root promises is there or was paid; so of every root that waits.
    function aPromiseIsThere(uint64 any, uint256 held, uint256 paid, uint256 forced) external view {
        require(_accountsKnown(held, paid, forced) && _kept(any) && _pairKnown(any, any));
        assert(_ring[any % _RING].total <= held + paid);
    }

    function aPostingKept(uint64 epoch, bytes32 root, uint128 total, bytes32 digest, uint256 held, uint256 paid, uint256 forced)
        external
        payable
    {
        require(_accountsKnown(held, paid, forced));
        postRoot(epoch, root, total, digest);
        assert(_accountsKnown(held + msg.value, paid, forced));
    }

    function aFundingKept(uint256 amount, uint256 held, uint256 paid, uint256 forced) external payable {
        require(_accountsKnown(held, paid, forced));
        uint128 before = _books.funded;
        fund(amount);
        assert(amount > 0 && _books.funded > before);
        assert(_accountsKnown(held + amount, paid, forced));
    }
}
