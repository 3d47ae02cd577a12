import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basisPoints, byAccount, open, percent, portion } from '../src/amounts.js';

test('amounts are shown in OPEN and cut off, never rounded up', () => {
  assert.equal(open(0n), '0');
  assert.equal(open(10n ** 18n), '1');
  assert.equal(open(1_234_567_890_000_000_000n), '1.234567');
  assert.equal(open(999_999_999_999_999_999n), '0.999999');
  assert.equal(open(12_345n * 10n ** 18n), '12,345');
});

test('what is not nothing never looks like nothing', () => {
  assert.equal(open(1n), '<0.000001');
  assert.equal(open(-1n), '\u2212<0.000001');
});

test('debts have a sign', () => {
  assert.equal(open(-25n * 10n ** 15n), '\u22120.025');
});

test('percent has at most one decimal', () => {
  assert.equal(percent(1n, 3n), '33.3\u00a0%');
  assert.equal(percent(7n, 10n), '70\u00a0%');
  assert.equal(percent(0n, 0n), '0\u00a0%');
  assert.equal(portion(1n, 4n), 25);
});

test('shares are typed in percent with at most two decimals', () => {
  assert.equal(basisPoints('100'), 10000);
  assert.equal(basisPoints(' 33.33 '), 3333);
  assert.equal(basisPoints('12,5'), 1250);
  for (const wrong of ['', 'all', '-1', '1.234', '1e2', '0x10']) {
    assert.ok(Number.isNaN(basisPoints(wrong)), wrong);
  }
});

test('credits are summed by account exactly, beyond 53 bits', () => {
  const big = (2n ** 60n + 1n).toString();
  const sums = byAccount([
    { role: 'CONTRIBUTORS', account: 'a', contribution: 'c:1', amount: big },
    { role: 'TREASURY', account: 'b', amount: '5' },
    { role: 'CONTRIBUTORS', account: 'a', contribution: 'c:2', amount: big },
  ]);
  assert.deepEqual(
    sums.map(({ account, amount, contributions }) => [account, amount, contributions.size]),
    [
      ['a', 2n ** 61n + 2n, 2],
      ['b', 5n, 0],
    ],
  );
});
