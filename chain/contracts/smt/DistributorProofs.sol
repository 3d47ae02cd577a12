// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RewardDistributor} from "../src/payouts/RewardDistributor.sol";

/// @title What is proved of the distributor: read smt.mjs first
/// @dev The distributor here is its own source with its functions made internal, so that the functions below are all that
///   can happen. `any…` puts it into any state at all; each other function requires what is known of the state, does one
///   step, and asserts what holds after it. What is required of the books (`_known`) is asserted after every step that
///   writes them: it holds always.
abstract contract AnyState is RewardDistributor {
    constructor(address updater_, address guardian_, uint48 delay, address asset_, address staking_, uint256 minimum)
        RewardDistributor(address(1), updater_, guardian_, delay, asset_, staking_, minimum)
    {}

    function anyBooks(Books calldata books, bytes32 root, uint48 delay) external {
        _books = books;
        _activeRoot = root;
        activationDelay = delay;
    }

    function anyPosting(uint256 place, Posting calldata posting) external {
        _ring[place] = posting;
    }

    function anyAccount(address account, uint256 amount) external {
        _accounts[account].claimed = amount;
    }

    /// @dev The active root and those that wait are in the ring, and one place is free.
    function _known() internal view returns (bool) {
        return _books.active <= _books.posted && _books.posted - _books.active <= _MAX_PENDING;
    }
}

/// @title A claim pays what was not claimed before, and pays it once
contract Claims is AnyState {
    constructor(address updater_, address guardian_, uint48 delay, address asset_, address staking_, uint256 minimum)
        AnyState(updater_, guardian_, delay, asset_, staking_, minimum)
    {
        assert(minimumClaim >= 1);
        assert(minimumClaim <= _MAX_MINIMUM);
    }

    function aClaim(address account, uint256 cumulative, bytes32[] calldata proof) external {
        uint256 before = _accounts[account].claimed;
        // what was claimed was paid, and no asset has as much
        require(before < 2 ** 255);
        uint256 amount = _claim(account, cumulative, proof);
        assert(cumulative > before);
        assert(amount >= minimumClaim);
        assert(_accounts[account].claimed == cumulative);
        unchecked {
            assert(amount == cumulative - before);
        }
    }

    function aClaimOfAnother(address account, address other, uint256 cumulative, bytes32[] calldata proof) external {
        uint256 before = _accounts[other].claimed;
        require(account != other);
        _claim(account, cumulative, proof);
        assert(_accounts[other].claimed == before);
    }

    function anItemOfABatch(address account, address other, uint256 cumulative) external {
        uint256 before = _accounts[account].claimed;
        uint256 others = _accounts[other].claimed;
        require(account != other);
        if (_tryPay(account, cumulative)) {
            assert(cumulative > before && cumulative - before >= minimumClaim);
            assert(_accounts[account].claimed == cumulative);
        } else {
            assert(_accounts[account].claimed == before);
        }
        assert(_accounts[other].claimed == others);
    }
}

/// @title What is promised only rises, and is never more than was put in
contract Postings is AnyState {
    constructor(address updater_, address guardian_, uint48 delay, address asset_, address staking_, uint256 minimum)
        AnyState(updater_, guardian_, delay, asset_, staking_, minimum)
    {
        assert(_known());
    }

    function aPosting(uint64 epoch, bytes32 root, uint128 total, bytes32 digest) external payable {
        require(_known());
        Books memory before = _books;
        Posting memory last = _ring[before.posted % _RING];
        uint64 sequence = postRoot(epoch, root, total, digest);
        Books memory books = _books;
        Posting memory posting = _ring[sequence % _RING];
        assert(msg.sender == updater);
        assert(_known());
        assert(sequence == before.posted + 1 && books.posted == sequence);
        assert(posting.root == root && posting.total == total && posting.epoch == epoch);
        assert(root != bytes32(0) && epoch > last.epoch && total >= last.total);
        assert(books.funded >= before.funded && books.funded - before.funded == msg.value);
        assert(total <= books.funded);
        assert(posting.activeAt >= last.activeAt && posting.activeAt >= uint48(block.timestamp) + activationDelay);
    }

    /// @dev The ring's other places stay as they are: neither the active root nor one that waits is overwritten.
    function aPostingBesideAnother(uint64 epoch, bytes32 root, uint128 total, bytes32 digest, uint64 other) external payable {
        require(_known());
        require(other >= _books.active && other <= _books.posted);
        Posting memory before = _ring[other % _RING];
        postRoot(epoch, root, total, digest);
        Posting memory posting = _ring[other % _RING];
        // one that became due at this moment was the last use of those before it
        if (other >= _books.active) {
            assert(posting.root == before.root && posting.total == before.total);
            assert(posting.epoch == before.epoch && posting.activeAt == before.activeAt);
        }
    }

    function aFunding(uint256 amount) external payable {
        uint128 before = _books.funded;
        _fund(amount);
        assert(amount > 0);
        assert(_books.funded > before && _books.funded - before == amount);
    }
}

/// @title A root becomes active when it is due, not before, and never goes back
contract Activations is AnyState {
    constructor(address updater_, address guardian_, uint48 delay, address asset_, address staking_, uint256 minimum)
        AnyState(updater_, guardian_, delay, asset_, staking_, minimum)
    {}

    function anActivation() external {
        require(_known());
        Books memory before = _books;
        bytes32 root = _activeRoot;
        activate();
        Books memory books = _books;
        assert(_known());
        assert(books.active >= before.active && books.posted == before.posted && books.funded == before.funded);
        if (books.active == before.active) {
            assert(_activeRoot == root);
        } else {
            assert(_activeRoot == _ring[books.active % _RING].root);
            assert(_ring[books.active % _RING].activeAt <= block.timestamp);
        }
        if (books.active < books.posted) {
            assert(_ring[(books.active + 1) % _RING].activeAt > block.timestamp);
        }
    }

    function aChallenge(uint64 sequence, bytes32 root, bytes32 reason) external {
        require(_known());
        Books memory before = _books;
        challenge(sequence, root, reason);
        Books memory books = _books;
        assert(msg.sender == guardian);
        assert(_known());
        assert(books.posted == sequence - 1 && books.posted < before.posted);
        assert(books.active >= before.active && books.funded == before.funded);
    }
}
