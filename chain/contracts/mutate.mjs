// Changes the contracts one place at a time and looks whether the tests notice: `node mutate.mjs src/registry`.
// Works on a copy in ../target/mutants. Prints each change that no test noticed, and at the end how many were noticed; a
// change that does not compile is counted as none. Exit status 1 below 95 %, unless equivalent ones are listed in
// equivalent.txt beside this file (one a line, as they are printed, and why).
//
// node mutate.mjs <folder or file> [--sample N] [--seed S]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const copy = path.join(here, '../target/mutants/contracts');
const WANTED = 0.95;

/** What is replaced by what, where it stands in code. */
const RULES = [
  [/(?<![<=])<(?![<=])/, '<='], [/<=/, '<'], [/(?<![>=-])>(?![>=])/, '>='], [/>=/, '>'],
  [/==/, '!='], [/!=/, '=='], [/&&/, '||'], [/\|\|/, '&&'],
  [/ \+ /, ' - '], [/ - /, ' + '], [/ \* /, ' / '], [/ \/ /, ' * '], [/ \+= /, ' -= '], [/ -= /, ' += '],
  [/ % /, ' + '], [/ \? /, ' || true ? '],
  [/\btrue\b/, 'false'], [/\bfalse\b/, 'true'], [/!(?=[\w(])/, ''],
  [/\b([1-9][\d_]*)(?=( days| hours| minutes|e18)?\b)(?!\])/, (n) => String(BigInt(n.replaceAll('_', '')) + 1n)],
  [/\bonlyOwner\b/, ''], [/\bonlyGovernance\b/, ''], [/Math\.max\(/, 'Math.min('],
];
/** Statements that are left out. */
const STATEMENTS = [/^\s*(revert|emit)\b.*;$/, /^\s*_(require|known|registered|keep)\w*\(.*\);$/, /^\s*[\w.[\]()]+ (=|\+=|-=) .*;$/, /^\s*_?\w+(\.\w+)*\(.*\);$/, /^\s*super\..*;$/];

const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise);
const root = args[0];
const sample = option('--sample', Infinity);
let state = option('--seed', 20261126);
const random = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648);

const files = (name) =>
  statSync(path.join(here, name)).isDirectory()
    ? readdirSync(path.join(here, name)).sort().flatMap((f) => files(`${name}/${f}`))
    : [name];

function* mutants(file) {
  const lines = readFileSync(path.join(here, file), 'utf8').split('\n');
  for (const [i, line] of lines.entries()) {
    if (/^\s*(\/\/|\*|import|pragma|using|event|error|struct|mapping|interface|abstract|contract|function|\{|\})/.test(line)) continue;
    const put = (text) => ({ file, number: i + 1, was: line.trim(), is: text.trim(), text: lines.with(i, text).join('\n') });
    for (const [pattern, replacement] of RULES) {
      for (const match of line.matchAll(new RegExp(pattern.source, 'g'))) {
        const before = line.slice(0, match.index);
        if ((before.match(/"/g) ?? []).length % 2 === 1 || before.includes('//')) continue;
        const text = typeof replacement === 'function' ? replacement(match[0]) : replacement;
        yield put(before + text + line.slice(match.index + match[0].length));
      }
    }
    if (STATEMENTS.some((pattern) => pattern.test(line))) yield put('');
  }
}

let all = files(root).filter((f) => !/\/I[A-Z]\w*\.sol$/.test(f)).flatMap((f) => [...mutants(f)]);
if (all.length > sample) {
  all = all.map((m) => [random(), m]).sort(([a], [b]) => a - b).slice(0, sample).map(([, m]) => m);
}

const equivalents = path.join(here, 'equivalent.txt');
const equivalent = new Set(existsSync(equivalents) ? readFileSync(equivalents, 'utf8').split('\n').filter((l) => l && !l.startsWith('#')) : []);

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
for (const name of ['src', 'test', 'foundry.toml', 'solc.cjs', 'package.json']) cpSync(path.join(here, name), path.join(copy, name), { recursive: true });
symlinkSync(path.join(here, 'node_modules'), path.join(copy, 'node_modules'));

const forge = path.join(here, 'node_modules/.bin/forge');
const folder = path.dirname(files(root)[0]).split('/')[1];
function tests() {
  const run = spawnSync(forge, ['test', '--match-path', `test/${folder}/**`, '--fail-fast'], { cwd: copy, encoding: 'utf8', timeout: 600_000 });
  if (run.status === 0) return 'survived';
  const said = run.stdout + run.stderr;
  if (/Compiler run failed/.test(said)) return 'invalid';
  // a loop without end is noticed too; anything else that ends a run says nothing about the tests
  if (/\[FAIL/.test(said) || run.error?.code === 'ETIMEDOUT') return 'killed';
  console.error(`forge did not run: status ${run.status}, signal ${run.signal}\n${said}`);
  process.exit(1);
}

if (tests() !== 'survived') {
  console.error('The tests fail without any change; nothing was measured');
  process.exit(1);
}
const count = { killed: 0, survived: 0, invalid: 0, equivalent: 0 };
for (const mutant of all) {
  const name = `${mutant.file}:${mutant.number}  ${mutant.was}  →  ${mutant.is || '(left out)'}`;
  if (equivalent.has(name.replace(/:\d+ /, ' '))) {
    count.equivalent++;
    continue;
  }
  const original = readFileSync(path.join(copy, mutant.file));
  writeFileSync(path.join(copy, mutant.file), mutant.text);
  const outcome = tests();
  writeFileSync(path.join(copy, mutant.file), original);
  count[outcome]++;
  if (outcome === 'survived') console.log(`survived  ${name}`);
}
const share = count.killed / (count.killed + count.survived);
console.log(`${count.killed} noticed, ${count.survived} not, ${count.equivalent} equivalent, ${count.invalid} do not compile: ${(100 * share).toFixed(1)} %`);
process.exit(share >= WANTED ? 0 : 1);
