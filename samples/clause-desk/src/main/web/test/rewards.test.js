import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followed, rootFor, stageOf, waiting } from '../src/rewards.js';

const standing = (closed, claimable, claimed) => ({ closed, claimable, claimed });
const root = (epoch, stands = true) => ({ epoch, stands });

test('each stage is reached by its own total', () => {
  assert.equal(stageOf(9n, standing('8', '0', '0'), [], undefined), 0);
  assert.equal(stageOf(9n, standing('9', '0', '0'), [], 3), 1);
  assert.equal(stageOf(9n, standing('9', '0', '0'), [root(3)], 3), 2);
  assert.equal(stageOf(9n, standing('9', '9', '0'), [root(3)], 3), 3);
  assert.equal(stageOf(9n, standing('9', '4', '5'), [root(3)], 3), 3);
  assert.equal(stageOf(9n, standing('9', '0', '9'), [root(3)], 3), 4);
});

test('what was paid for earlier answers is no payment of this one', () => {
  assert.equal(stageOf(9n, standing('8', '0', '8'), [root(2)], undefined), 0);
  assert.equal(stageOf(9n, standing('9', '0', '8'), [root(2)], 3), 1);
});

test('a dropped root is none, and a later one does', () => {
  assert.equal(stageOf(9n, standing('9', '0', '0'), [root(3, false)], 3), 1);
  assert.equal(stageOf(9n, standing('9', '0', '0'), [root(4), root(3, false)], 3), 2);
  assert.deepEqual(rootFor([root(5), root(4), root(3, false)], 3), root(4));
  assert.deepEqual(rootFor([root(3, false), root(2)], 3), root(3, false));
  assert.equal(rootFor([root(2)], 3), undefined);
  assert.equal(rootFor([root(2)], undefined), undefined);
});

test('a server without a chain comes as far as the epoch', () => {
  assert.equal(stageOf(9n, { closed: '9' }, [], 1), 1);
  assert.equal(stageOf(9n, undefined, [], undefined), 0);
});

test('accounts of one address wait for what they earned together', () => {
  const accounts = [
    { id: 'contributor:a', earned: '3', address: '0x1' },
    { id: 'contributor:b', earned: '4', address: '0x1' },
    { id: 'contributor:c', earned: '5' },
  ];
  assert.deepEqual(
    followed(
      [
        { account: 'contributor:a', amount: 2n },
        { account: 'contributor:c', amount: 1n },
        { account: 'protocol:new', amount: 1n },
      ],
      accounts,
    ),
    [
      { id: 'contributor:a', amount: 2n, address: '0x1', target: 7n },
      { id: 'contributor:c', amount: 1n },
      { id: 'protocol:new', amount: 1n },
    ],
  );
});

test('times to wait are told in words', () => {
  assert.equal(waiting(-5), '0 s');
  assert.equal(waiting(900), '1 s');
  assert.equal(waiting(61_000), '1 min 1 s');
  assert.equal(waiting(3_600_000), '1 h 0 min');
});
