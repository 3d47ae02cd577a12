import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines, MAX_LINE } from '../src/lines.js';

async function read(chunks) {
  const stream = new ReadableStream({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(chunk));
      controller.close();
    },
  });
  const objects = [];
  for await (const one of jsonLines(stream)) {
    objects.push(one);
  }
  return objects;
}

test('lines and characters may be cut anywhere', async () => {
  const objects = [{ delta: 'Prüfung § 1' }, { delta: '🖋' }, { type: 'final' }];
  const bytes = new TextEncoder().encode(objects.map((o) => `${JSON.stringify(o)}\n`).join(''));
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) {
      chunks.push(bytes.slice(at, at + size));
    }
    assert.deepEqual(await read(chunks), objects, `pieces of ${size} bytes`);
  }
});

test('a last line without an end counts, blank lines do not', async () => {
  assert.deepEqual(await read([new TextEncoder().encode('\n{"a":1}\n\n{"b":2}')]), [
    { a: 1 },
    { b: 2 },
  ]);
});

test('what is not JSON is an error', async () => {
  await assert.rejects(read([new TextEncoder().encode('<html>\n')]), SyntaxError);
});

test('a line without end is refused', async () => {
  await assert.rejects(read([new Uint8Array(MAX_LINE + 1).fill(97)]), /characters arrived/);
});
