// Changes the contracts one place at a time and looks whether the tests notice: `node mutate.mjs src/registry`.
// Prints each change that no test noticed, and at the end how many were noticed, by file; a change that does not compile
// is counted as none. Exit status 1 below 95 %. Changes that change nothing are listed in equivalent.txt beside this file
// (as they are printed, without the line's number; lines above say why); one that is listed and noticed is an error.
//
// node mutate.mjs <folder or file>... [--sample N] [--seed S] [--quick] [--again FILE]
//   --quick  asks only the tests that name the contract, without invariants
//   --again  only what FILE, the output of a run before, tells as survived
//
// A change costs a second or two, because the tests are compiled once, in a copy in ../target/mutants, where `new` of a
// contract is a creation of the code that stands in forge's artifact (forge's own dynamic_test_linking does as much, but a
// test ends silently at its first expected revert of a constructor). solc compiles what contains the changed file, and the
// code is put into the artifacts. forge asks for the compiler's answer at each start; what it asked before is answered
// from a file. Tests that name the contract run first; what they did not notice is shown to all tests of the folder.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = path.dirname(fileURLToPath(import.meta.url));
const work = path.join(here, '../target/mutants');
const copy = path.join(work, 'contracts');
const artifacts = path.join(work, 'target/forge/out');
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
  // in assembly
  [/\bgt\(/, 'lt('], [/\blt\(/, 'gt('], [/\badd\(/, 'sub('], [/\bsub\(/, 'add('], [/\bxor\(/, 'or('], [/\biszero\(/, '('],
  [/\b0x[\da-f]+\b/, (n) => `0x${(BigInt(n) + 1n).toString(16)}`],
];
/** Those of a line that declares a function. */
const MODIFIERS = RULES.filter(([pattern]) => /only/.test(pattern.source));
/** Statements that are left out. */
const STATEMENTS = [/^\s*(revert|emit)\b/, /^\s*_(require|known|registered|keep)\w*\(.*\);$/, /^\s*[\w.[\]()]+ (=|\+=|-=) .*;$/, /^\s*_?\w+(\.\w+)*\(.*\);$/, /^\s*super\..*;$/];

const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise);
const roots = args.slice(0, args.findIndex((a) => a.startsWith('--')) < 0 ? args.length : args.findIndex((a) => a.startsWith('--')));
const sample = option('--sample', Infinity);
let state = option('--seed', 20261126);
const random = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648);

const files = (name, base = here) =>
  statSync(path.join(base, name)).isDirectory()
    ? readdirSync(path.join(base, name)).sort().flatMap((f) => files(`${name}/${f}`, base))
    : [name];
const text = (name) => readFileSync(path.join(name.startsWith('@') ? path.join(here, 'node_modules') : here, name), 'utf8');

function* mutants(file) {
  const lines = text(file).split('\n');
  for (const [i, line] of lines.entries()) {
    if (/^\s*(\/\/|\*|import|pragma|using|event|error|struct|mapping|interface|library|abstract|contract|\{$|\}$)/.test(line)) continue;
    const declares = /^\s*function\b/.test(line);
    const put = (is, until = i) => ({
      file, number: i + 1, was: line.trim(), is: is.trim(), text: [...lines.slice(0, i), is, ...lines.slice(until + 1)].join('\n'),
    });
    for (const [pattern, replacement] of declares ? MODIFIERS : RULES) {
      for (const match of line.matchAll(new RegExp(pattern.source, 'g'))) {
        const before = line.slice(0, match.index);
        if ((before.match(/"/g) ?? []).length % 2 === 1 || before.includes('//')) continue;
        const is = typeof replacement === 'function' ? replacement(match[0]) : replacement;
        yield put(before + is + line.slice(match.index + match[0].length));
      }
    }
    if (!declares && STATEMENTS.some((pattern) => pattern.test(line))) yield put('', lines.findIndex((l, n) => n >= i && /;\s*$/.test(l)));
  }
}

/** As `new`: what creates reverts with what the constructor reverted with. */
const MADE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface Codes {
    function getCode(string calldata artifact) external view returns (bytes memory);
}

function createdFrom(string memory artifact, bytes memory arguments) returns (address payable created) {
    bytes memory code = bytes.concat(Codes(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D).getCode(artifact), arguments);
    assembly {
        created := create(0, add(code, 0x20), mload(code))
        if iszero(created) {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}
`;

/** Makes the copy of a test file create contracts of src/ by their artifact's name. */
function linked(name) {
  const of = Object.fromEntries(files('src').flatMap((f) => contractsOf(f).map((c) => [c, f])));
  let from = 0;
  let code = readFileSync(path.join(copy, name), 'utf8');
  for (let match; (match = /\bnew (\w+)\(/g.exec(code.slice(from))); ) {
    const start = from + match.index;
    const open = start + match[0].length;
    from = open;
    if (!of[match[1]]) continue;
    let end = open;
    for (let depth = 1; depth > 0; end++) depth += { '(': 1, ')': -1 }[code[end]] ?? 0;
    const given = code.slice(open, end - 1).trim();
    code = `${code.slice(0, start)}${match[1]}(createdFrom("${of[match[1]]}:${match[1]}", ${given ? `abi.encode(${given})` : '""'}))${code.slice(end)}`;
  }
  if (from > 0) code = code.replace(/^import /m, `import {createdFrom} from "${path.posix.relative(path.posix.dirname(name), 'test/support')}/Made.sol";\n$&`.replace('"support', '"./support').replace('"/', '"./'));
  writeFileSync(path.join(copy, name), code);
}

/** Starts the copy anew: sources, tests without those of gas, and a compiler that remembers. */
function prepare() {
  rmSync(copy, { recursive: true, force: true });
  rmSync(path.join(work, 'target'), { recursive: true, force: true });
  mkdirSync(path.join(work, 'answers'), { recursive: true });
  for (const name of ['src', 'test', 'package.json']) cpSync(path.join(here, name), path.join(copy, name), { recursive: true });
  rmSync(path.join(copy, 'test/gas'), { recursive: true });
  symlinkSync(path.join(here, 'node_modules'), path.join(copy, 'node_modules'));
  writeFileSync(path.join(copy, 'foundry.toml'), text('foundry.toml').replace(/^deny = .*$/m, ''));
  for (const name of files('test', copy).filter((f) => f.endsWith('.sol'))) linked(name);
  writeFileSync(path.join(copy, 'test/support/Made.sol'), MADE);
  writeFileSync(
    path.join(copy, 'solc.cjs'),
    `#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const question = process.argv.includes('--standard-json') ? fs.readFileSync(0) : Buffer.from(process.argv.slice(2).join(' '));
const file = ${JSON.stringify(path.join(work, 'answers'))} + '/' + require('node:crypto').createHash('sha256').update(question).digest('hex');
if (!fs.existsSync(file)) {
  const answer = require('node:child_process').execFileSync(
    process.execPath, [${JSON.stringify(path.join(here, 'solc.cjs'))}, ...process.argv.slice(2)], { input: question, maxBuffer: 1 << 30 });
  fs.writeFileSync(file, answer);
}
process.stdout.write(fs.readFileSync(file));
`,
    { mode: 0o755 },
  );
}

const forge = path.join(here, 'node_modules/.bin/forge');
// what one change made fail is not tried first with the next; a failing sequence is not made shorter
const environment = { ...process.env, FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0' };
let compiled = false;
function run(...filter) {
  rmSync(path.join(work, 'target/forge/failures'), { recursive: true, force: true });
  const forged = spawnSync(forge, ['test', '-j', '1', '--fail-fast', ...filter], {
    cwd: copy, encoding: 'utf8', timeout: 600_000, env: environment, maxBuffer: 1 << 28,
  });
  const said = forged.stdout + forged.stderr;
  compiled = /Compiling \d+ files/.test(said);
  if (forged.status === 0 && /[1-9]\d* tests passed/.test(said)) return 'survived';
  // a loop without end is noticed too; anything else that ends a run says nothing about the tests
  if (/\[FAIL/.test(said) || forged.error?.code === 'ETIMEDOUT') return 'killed';
  console.error(`forge did not run: status ${forged.status}, signal ${forged.signal}\n${said}`);
  process.exit(1);
}

const folder = (file) => file.split('/')[1];
const named = (file) => path.basename(file, '.sol');
const contractsOf = (file) => [...text(file).matchAll(/^contract (\w+)/gm)].map((m) => m[1]);
const uses = (file, test) => new RegExp(`\\b${named(file)}\\b`).test(text(test));

/** Of which tests forge is told, one call after the other: those that name the contract, then all of its folder. */
function filters(file) {
  const quick = files(`test/${folder(file)}`).filter((t) => t.endsWith('.t.sol') && uses(file, t)).flatMap(contractsOf)
    .filter((c) => c.endsWith('Test') && !c.includes('Invariant'));
  const all = ['--match-path', `test/${folder(file)}/**`];
  if (args.includes('--quick') && quick.length > 0) return [['--match-contract', `^(${quick.join('|')})$`]];
  return quick.length > 0 ? [['--match-contract', `^(${quick.join('|')})$`], all] : [all];
}

function tests(file) {
  for (const filter of filters(file)) {
    const outcome = run(...filter);
    if (compiled) throw new Error(`forge compiled the contracts again for ${filter}: what was tested is not what was changed`);
    if (outcome === 'killed') return 'killed';
  }
  return 'survived';
}

/** The artifacts whose code contains a file's: those of contracts, and of tests that call a library of that file. */
function containing(file) {
  const library = new RegExp(`\\b${named(file)}\\.\\w+\\(`);
  return built.filter(({ source, sources }) => sources.includes(file) && (source.startsWith('src/') || (/^library /m.test(text(file)) && library.test(text(source)))));
}

let built;
function artifactsBuilt() {
  return files('.', artifacts).filter((f) => f.endsWith('.json') && !f.includes('build-info')).flatMap((f) => {
    const artifact = JSON.parse(readFileSync(path.join(artifacts, f), 'utf8'));
    if (!artifact.metadata || artifact.bytecode.object === '0x') return [];
    const [[source, name]] = Object.entries(artifact.metadata.settings.compilationTarget);
    return [{ file: path.join(artifacts, f), source, name, sources: Object.keys(artifact.metadata.sources).map((s) => s.replace(/^node_modules\//, '')) }];
  });
}

const settings = JSON.parse(text('settings.json'));
/** Compiles these artifacts' contracts with one file's text changed and puts their code into the artifacts: false if it does not compile. */
function compile(targets, file, changed) {
  const sources = {};
  for (const name of targets.flatMap((t) => t.sources)) sources[name] ??= { content: name === file ? changed : text(name) };
  const outputSelection = {};
  for (const { source, name } of targets) (outputSelection[source] ??= {})[name] = ['evm.bytecode.object', 'evm.deployedBytecode.object'];
  const result = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings: { ...settings, outputSelection } })));
  if ((result.errors ?? []).some((e) => e.severity === 'error')) return false;
  for (const target of targets) {
    const { bytecode, deployedBytecode } = result.contracts[target.source][target.name].evm;
    const artifact = JSON.parse(readFileSync(target.file, 'utf8'));
    artifact.bytecode.object = `0x${bytecode.object}`;
    artifact.deployedBytecode.object = `0x${deployedBytecode.object}`;
    writeFileSync(target.file, JSON.stringify(artifact));
  }
  return true;
}

const told = ({ file, number, was, is }) => `${file}:${number}  ${was}  →  ${is || '(left out)'}`;
let all = roots.flatMap((r) => files(r)).filter((f) => !/\/I[A-Z]\w*\.sol$/.test(f)).flatMap((f) => [...mutants(f)]);
if (all.length > sample) {
  all = all.map((m) => [random(), m]).sort(([a], [b]) => a - b).slice(0, sample).map(([, m]) => m);
}
if (args.includes('--again')) {
  const before = new Set(readFileSync(args[args.indexOf('--again') + 1], 'utf8').split('\n').map((l) => l.replace(/^survived {2}(\S+?):\d+/, '$1')));
  all = all.filter((m) => before.has(told(m).replace(/:\d+/, '')));
}
const equivalents = path.join(here, 'equivalent.txt');
const equivalent = new Set(existsSync(equivalents) ? readFileSync(equivalents, 'utf8').split('\n').filter((l) => l && !l.startsWith('#')) : []);

prepare();
if (spawnSync(forge, ['build'], { cwd: copy, stdio: 'inherit', env: environment }).status !== 0) process.exit(1);
// forge compiles once more what a filter selects when it meets that filter first
const every = [...new Map([...new Set(all.map((m) => m.file))].flatMap(filters).map((f) => [f.join(' '), f])).values()];
for (let again = true, round = 0; again; round++) {
  again = false;
  for (const filter of every) {
    if (run(...filter) !== 'survived') {
      console.error(`The tests fail without any change (${filter}); nothing was measured`);
      process.exit(1);
    }
    again ||= compiled;
  }
  if (again && round > 3) throw new Error('forge compiles again at each start');
}
built = artifactsBuilt();

const counts = {};
for (const file of new Set(all.map((m) => m.file))) {
  counts[file] = { killed: 0, survived: 0, equivalent: 0, invalid: 0 };
  const targets = containing(file);
  const saved = targets.map((t) => readFileSync(t.file));
  // the code that is put in by hand, without any change, must pass
  if (!compile(targets, file, text(file)) || tests(file) !== 'survived') {
    console.error(`The tests of ${file} fail without any change; nothing was measured`);
    process.exit(1);
  }
  for (const mutant of all.filter((m) => m.file === file)) {
    const name = told(mutant);
    const listed = equivalent.has(name.replace(/:\d+/, ''));
    let outcome = compile(targets, file, mutant.text) ? tests(file) : 'invalid';
    if (listed && outcome === 'killed') {
      console.error(`equivalent.txt is wrong, a test noticed ${name}`);
      process.exitCode = 1;
    } else if (listed && outcome === 'survived') {
      outcome = 'equivalent';
    }
    counts[file][outcome]++;
    if (outcome === 'survived') console.log(`survived  ${name}`);
    if (process.env.MUTATE_TELL) console.log(`${outcome}  ${name}`);
  }
  targets.forEach((t, i) => writeFileSync(t.file, saved[i]));
  console.log(file, counts[file]);
}

const sum = (what) => Object.values(counts).reduce((n, c) => n + c[what], 0);
const share = sum('killed') / (sum('killed') + sum('survived'));
console.log(`${sum('killed')} noticed, ${sum('survived')} not, ${sum('equivalent')} equivalent, ${sum('invalid')} do not compile: ${(100 * share).toFixed(1)} %`);
if (!(share >= WANTED)) process.exitCode = 1;
