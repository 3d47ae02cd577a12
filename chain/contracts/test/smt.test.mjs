// That what is proved of the distributor is said of its present text; the proofs themselves need z3 and minutes (smt.mjs).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

test('the proofs fit the distributor', () => {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), '../smt.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--fits'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
