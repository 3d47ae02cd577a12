import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbers, segments, unmatchedPassage } from '../src/segments.js';

const span = (start, end, tokens, owner) => ({ start, end, tokens, owner });

test('a text without spans is one stretch that nothing covers', () => {
  assert.deepEqual(segments('abc', []), [{ start: 0, end: 3, text: 'abc', covers: [], lead: -1 }]);
});

test('an empty text has no stretches', () => {
  assert.deepEqual(segments('', []), []);
});

test('overlapping spans share a stretch, and the longer one leads it', () => {
  const cut = segments('abcdefghij', [span(0, 6, 6, 'a'), span(4, 10, 7, 'b')]);
  assert.deepEqual(
    cut.map(({ text, covers, lead }) => [text, covers, lead]),
    [
      ['abcd', [0], 0],
      ['ef', [0, 1], 1],
      ['ghij', [1], 1],
    ],
  );
});

test('of equally long spans the earlier one leads', () => {
  const cut = segments('abcdef', [span(2, 6, 4, 'late'), span(0, 4, 4, 'early')]);
  assert.equal(cut[1].lead, 1);
});

test('spans beyond the text are cut off and empty ones are left out', () => {
  const cut = segments('abc', [span(1, 99, 9, 'a'), span(2, 2, 1, 'b'), span(50, 60, 3, 'c')]);
  assert.deepEqual(
    cut.map(({ text, lead }) => [text, lead]),
    [
      ['a', -1],
      ['bc', 0],
    ],
  );
});

test('owners are numbered by their first appearance, one number for all of their spans', () => {
  const spans = [span(0, 2, 2, 'x'), span(3, 5, 2, 'y'), span(6, 8, 2, 'x')];
  assert.deepEqual([...numbers(segments('aa bb cc', spans), spans)], [['x', 1], ['y', 2]]);
});

test('an owner that leads nowhere has a number all the same', () => {
  const spans = [span(0, 6, 6, 'a'), span(2, 4, 2, 'inner')];
  assert.deepEqual([...numbers(segments('abcdef', spans), spans).keys()], ['a', 'inner']);
});

test('random spans: stretches tile the text and agree with a letter by letter count', () => {
  const seed = Number(process.env.SEED ?? 20261121);
  let state = seed;
  const random = (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random(60) }, () => 'abc '[random(4)]).join('');
    const spans = Array.from({ length: random(8) }, (_, i) => {
      const start = random(60);
      return span(start, start + 1 + random(20), 1 + random(9), `o${i % 3}`);
    });
    const cut = segments(text, spans);
    assert.equal(cut.map((s) => s.text).join(''), text, `seed ${seed}, round ${round}`);
    for (const segment of cut) {
      for (let at = segment.start; at < segment.end; at++) {
        const covers = spans.flatMap((s, i) => (s.start <= at && at < s.end ? [i] : []));
        assert.deepEqual(segment.covers, covers, `seed ${seed}, round ${round}, letter ${at}`);
        const longest = Math.max(...covers.map((i) => spans[i].tokens));
        const led = covers
          .filter((i) => spans[i].tokens === longest)
          .sort((a, b) => spans[a].start - spans[b].start || a - b)[0];
        assert.equal(segment.lead, led ?? -1, `seed ${seed}, round ${round}, letter ${at}`);
      }
    }
  }
});

test('the unmatched passage is the longest one, on whole words', () => {
  const text = 'The party keeps it safe, and every day the others count it again twice';
  const spans = [span(0, 12, 3, 'a'), span(66, text.length, 2, 'b')];
  assert.equal(
    unmatchedPassage(segments(text, spans), 6),
    'it safe, and every day the others count it again',
  );
});

test('a passage of too few words is none', () => {
  assert.equal(unmatchedPassage(segments('only four words here', []), 6), '');
});

test('a text that is covered whole has no unmatched passage', () => {
  assert.equal(unmatchedPassage(segments('all of this is covered', [span(0, 22, 5, 'a')]), 1), '');
});
