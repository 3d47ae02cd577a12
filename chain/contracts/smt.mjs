// Proves what smt/DistributorProofs.sol asserts of the distributor, for all states and arguments, with solc's model checker
// (BMC) and z3: `node smt.mjs`. z3 is a package of most systems; nothing is downloaded. Exit status 1 if an assertion is
// refuted or not decided in time.
//
// What is checked is the text of src/payouts/RewardDistributor.sol as it is deployed, with the replacements of REPLACED;
// each must be found, so that a changed source is noticed, by `--fits` also without z3. They put in the place of what the
// checker cannot read or need not something that may do all the same and more (smt/Ghosts.sol): the asset, the hashes, a
// cast that returns its number or reverts. The two loops are taken apart: what holds before a round holds after it.
// Each step is a question of its own, with those functions alone that it calls: the checker's own time is what is short.
// BMC begins each function in any state, and without loops all that can happen is in one question. That the end of a step
// can be reached at all is asked too: what is required could otherwise contradict itself and prove anything.
//
// node smt.mjs [contract | contract.function]... [--seconds N] [--z3 PATH] [--broken | --fits]
//   --broken  breaks the distributor in a different way for each step (BROKEN), and looks whether that step is refuted
//   --fits    asks nothing, but looks whether all replacements fit and all steps compile
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = path.dirname(fileURLToPath(import.meta.url));
const PROOFS = 'smt/DistributorProofs.sol';
const GHOSTS = 'smt/Ghosts.sol';
const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const seconds = Number(option('--seconds', '60'));
const broken = args.includes('--broken');
const fits = args.includes('--fits');
const z3 = option('--z3', 'z3');
const named = args.filter((a, i) => !a.startsWith('--') && !args[i - 1]?.startsWith('--'));

/** Replaces what must be there. */
function change(text, ...changes) {
  for (const [from, to] of changes) {
    if (text.search(from) < 0) throw new Error(`smt.mjs no longer fits the source: ${from} is not there`);
    text = text.replace(from, to);
  }
  return text;
}
const REASONS = [/\brevert \w+\([^;]*\);/g, 'revert();'];
const EVENTS = [/ *emit \w+\([^()]*\);\n/g, ''];
const DOCUMENTATION = [/ *\/\/\/.*\n/g, ''];

const REPLACED = {
  'src/payouts/RewardDistributor.sol': (text) =>
    change(
      text,
      DOCUMENTATION,
      REASONS,
      EVENTS,
      // what is called outside
      [/import .*(IERC20|SafeERC20|SafeCast|AmountProof|Asset).*\n/g, ''],
      [/(import .*IStaking.*\n)/, '$1import {Ghosts} from "../../smt/Ghosts.sol";\n'],
      [/contract RewardDistributor is IRewardDistributor, Ownable2Step/, 'abstract contract RewardDistributor is IRewardDistributor, Ghosts, Ownable2Step'],
      [/\b([\w.]+)\.toUint128\(\)/g, '_toUint128($1)'],
      [/ {4}using SafeCast for uint256;\n/, ''],
      [/AmountProof\.root\(/g, '_rootOf('],
      [/Asset\.take\(/g, '_take('],
      [/Asset\.send\(/g, '_send('],
      [/Asset\.trySend\(/g, '_trySend('],
      [/SafeERC20\.forceApprove\(IERC20\(asset\), /, 'approved = _approve('],
      [/(uint256 value = amount;\n)/, '$1        uint256 approved = 0;\n'],
      [/IStaking\(staking\)\.stakeFor\{value: value\}\(/, '_stakeFor(asset, staking, value, approved, '],
      [/ view(?= returns| \{)/g, ''],
      // loops
      [/while \(([^\n]*)\) \{\n([\s\S]*?)\n {12}\}/, 'sequence = _anySequence();\n            require(_walked(books, sequence) && !($1));'],
      [/ {8}for \(uint256 i = 0; i < items\.length; \+\+i\) \{\n[\s\S]*?\n {8}\}\n/, ''],
      [/\n}\n$/, `
    function _walked(Books memory books, uint64 sequence) internal view returns (bool) {
        return sequence >= books.active
            && (sequence == books.active || (sequence <= books.posted && _ring[sequence % _RING].activeAt <= block.timestamp));
    }

    function _stepOfDue(Books memory books, uint64 sequence) internal view returns (uint64) {
        unchecked {
            require(${text.match(/while \(([^\n]*)\) \{\n/)[1]});
            ${text.match(/while \(([^\n]*)\) \{\n([\s\S]*?)\n {12}\}/)[2]}
        }
        return sequence;
    }

    function _anItem(Item[] calldata items, bytes32[] calldata siblings, uint256 i, bytes32 active, uint256 from, uint256 paid)
        internal
        returns (bytes32, uint256, uint256)
    {
        ${change(text.match(/ {8}for \(uint256 i = 0; i < items\.length; \+\+i\) \{\n([\s\S]*?)\n {8}\}\n/)[1], REASONS, [/AmountProof\.root\(/, '_rootOf('])}
        return (active, from, paid);
    }
}
`],
      // callable from the proofs
      [/(?<=function[^;{]*\))(\s+)external\b/g, '$1public'],
      [/\bprivate\b/g, 'internal'],
      // the checker knows no references into mappings
      [/ +Account storage state = _accounts\[account\];\n/g, ''],
      [/\bstate\.claimed\b/g, '_accounts[account].claimed'],
      [/Posting storage last/, 'Posting memory last'],
    ),
  'src/payouts/IRewardDistributor.sol': (text) => change(text, DOCUMENTATION, [/\n {4}function [^;]*;/g, '']),
};

function read(name) {
  const text = readFileSync(path.join(name.startsWith('@') ? path.join(here, 'node_modules') : here, name), 'utf8');
  return REPLACED[name]?.(text) ?? text;
}

if (!fits) {
  const { stdout: version, error } = spawnSync(z3, ['--version'], { encoding: 'utf8' });
  if (error) {
    console.error(`${z3} does not run (${error.code}): install z3, or name it with --z3`);
    process.exit(1);
  }
  console.log(`solc ${solc.version()}, ${version.trim()}, ${seconds} s an assertion`);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'smt-'));
function solve(query) {
  const file = path.join(folder, 'query.smt2');
  writeFileSync(file, query);
  const { stdout } = spawnSync(z3, ['-smt2', `-T:${seconds}`, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { contents: stdout.startsWith('timeout') ? 'unknown\n' : stdout };
}

const DISTRIBUTOR = 'src/payouts/RewardDistributor.sol';
const FUNCTION = /\n {4}function (\w+)\([\s\S]*?\n {4}\}\n/g;
const functions = (text) => new Map([...text.matchAll(FUNCTION)].map(([whole, name]) => [name, whole]));
const proofs = read(PROOFS);
const ghosts = read(GHOSTS);
const known = proofs.match(/abstract contract Known [\s\S]*?\n}\n/)[0];

/**
 * What is used of activations in the steps of other contracts: less than Activations proves of them, so more may happen.
 * A claim may activate any root; a posting activates a kept one, and what it leaves in the books is its own.
 */
const ACTIVATIONS = {
  activate: `
    function activate() public {
        _books.active = _anySequence();
        _activeRoot = _anyRoot();
    }
`,
  _activateDue: `
    function _activateDue(Books memory books) internal returns (uint64 sequence) {
        sequence = _anySequence();
        require(sequence >= books.active && sequence <= books.posted);
        if (sequence != books.active) {
            _activeRoot = _ring[sequence % _RING].root;
        }
    }
`,
};

/** The steps: contract, function, text. */
const steps = [...proofs.matchAll(/^contract (\w+) [\s\S]*?\n}\n/gm)].flatMap(([whole, contract]) =>
  [...functions(whole)].filter(([, text]) => /\bexternal\b/.test(text)).map(([name]) => ({ contract, name, whole })));

/** What a step needs of the distributor and of the proofs, and nothing else: the checker looks at each function that there is. */
function reduced({ contract, name, whole }, distributor) {
  if (contract !== 'Activations') {
    for (const [n, text] of Object.entries(ACTIVATIONS)) distributor = change(distributor, [new RegExp(`\\n {4}function ${n}\\([\\s\\S]*?\\n {4}\\}\\n`), text]);
  }
  const all = new Map([...functions(ghosts), ...functions(distributor), ...functions(known), ...functions(whole)]);
  const needed = new Set();
  const open = [name];
  while (open.length > 0) {
    const next = open.pop();
    if (needed.has(next)) continue;
    needed.add(next);
    for (const [, called] of all.get(next).replace(/function \w+/, '').matchAll(/\b(\w+)\(/g)) if (all.has(called)) open.push(called);
  }
  const only = (text) => text.replace(FUNCTION, (function_, n) => (needed.has(n) ? function_ : '\n'));
  const owned = [...needed].some((n) => /\bonlyOwner\b/.test(all.get(n)));
  let source = only(distributor)
    .replace(/ {4}constructor\([\s\S]*?\n {4}\}\n/, `    constructor(address a, address s, uint256 m)${owned ? ' Ownable(address(1))' : ''} {\n        (asset, staking, minimumClaim) = (a, s, m);\n    }\n`)
    .replace(/ {4}receive\([\s\S]*?\n {4}\}\n/, '')
    .replace(/import .*IStaking.*\n/, '');
  if (!owned) source = source.replace(/import .*Ownable2Step.*\n/, '').replace(/, Ownable2Step/, '');
  const start = '    constructor(address a, address s, uint256 m) RewardDistributor(a, s, m) {}\n';
  // the end must be reached in some way, or the step says nothing
  const ending = only(whole).replace(new RegExp(`(\\n {4}function ${name}\\([\\s\\S]*?)\\n {4}\\}\\n`), (w, body) => `${body}\n        assert(false);\n    }\n`).replace(/ is Known \{\n/, ` is Known {\n${start}`);
  const text = `${proofs.slice(0, proofs.indexOf('/// @title'))}${only(known)}\n${ending}`;
  // so are variables: each is written down again at each branch
  const parts = [text, source, only(ghosts)];
  const used = (variable) => parts.join('').match(new RegExp(`\\b${variable}\\b`, 'g')).length > 1;
  const [, d, g] = parts.map((part) => part.replace(/\n {4}(?:mapping\(.*\)|Books|\w+\d+|address) (?:internal|public) (\w+);/g, (line, variable) => (used(variable) ? line : '')));
  return { [PROOFS]: text, [DISTRIBUTOR]: d, [GHOSTS]: g };
}

function asked(step, distributor, divModNoSlacks) {
  const sources = reduced(step, distributor);
  const text = sources[PROOFS];
  const input = {
    language: 'Solidity',
    sources: { [PROOFS]: { content: text } },
    settings: {
      evmVersion: 'prague',
      outputSelection: { '*': { '': [] } },
      modelChecker: { engine: 'bmc', contracts: { [PROOFS]: [step.contract] }, targets: ['assert'], solvers: ['smtlib2'], showProvedSafe: true, showUnproved: true, divModNoSlacks },
    },
  };
  if (fits) delete input.settings.modelChecker;
  const imported = (name) => ({ contents: sources[name] ?? read(name) });
  const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), { import: imported, smtSolver: solve }));
  const wrong = errors.find((e) => e.severity === 'error');
  if (wrong) throw new Error(`${step.contract}.${step.name}: ${wrong.formattedMessage}`);
  // solc counts bytes
  const bytes = Buffer.from(text);
  return errors.filter((e) => e.message.startsWith('BMC: Assertion')).map(({ message, sourceLocation: { start, end } }) => ({
    said: message.includes('is safe') ? 'proved' : message.includes('happens here') ? 'REFUTED' : 'open', claim: bytes.subarray(start, end).toString().trim(), start,
  })).sort((a, b) => a.start - b.start);
}

/** What is said of each assertion of a step, the last of which is its end: proved if it is proved in one of two encodings of division. */
function check(step, distributor) {
  const first = asked(step, distributor, true);
  if (first.every(({ said }) => said !== 'open')) return first;
  return asked(step, distributor, false).map((one, i) => (one.said === 'open' ? first[i] : one));
}

/** Of each step a change of the distributor that it must notice. */
const BROKEN = {
  'Loop.aLoopGoesOn': [/(\) % _RING\]\.activeAt) <= block/, '$1 >= block'],
  'Claims.aClaim': [/amount = cumulative - before;/, 'amount = cumulative;'],
  'Claims.aPackedClaim': [/cumulative < before \+ minimumClaim/, 'cumulative < before'],
  'Claims.aClaimForAnother': [/Asset\.send\(asset, account, /, 'Asset.send(asset, msg.sender, '],
  'Claims.aClaimToStake': [/state\.claimed = cumulative;\n(?= {8}emit)/, ''],
  'Claims.anItemOfABatch': [/state\.claimed = before;/, ''],
  'Postings.aPosting': [/total > books\.funded\b/, 'total > books.funded + 1'],
  'Postings.aPostingBesideAnother': [/_MAX_PENDING = _RING - 2/, '_MAX_PENDING = _RING'],
  'Postings.aPostingKept': [/total < lastTotal/, 'total + 1 < lastTotal'],
  'Activations.anActivation': [/\.activeAt <= block\.timestamp\)/, '.activeAt < block.timestamp)'],
  'Activations.anActivationOfNoLess': [/_books\.active = active;/, '_books.active = books.active - 1;'],
  'Activations.anActivationKept': [/_activeRoot = root;/, ''],
  'Activations.aChallenge': [/sequence <= books\.active \|\| /, ''],
  'Activations.aChallengeKept': [/_books\.posted = sequence - 1;/, '_books.posted = sequence - 2;'],
  'Solvency.aClaimKept': [/amount = cumulative - before;/, 'amount = cumulative - before + 1;'],
  'Solvency.aClaimIsThere': [/amount = cumulative - before;/, 'amount = cumulative;'],
  'Solvency.aPostingKept': [/books\.funded \+= msg\.value\.toUint128\(\);/, 'books.funded += 2 * msg.value.toUint128();'],
  'Solvency.aFundingKept': [/_books\.funded \+= amount\.toUint128\(\);/, '_books.funded += amount.toUint128() / 2;'],
};

const original = readFileSync(path.join(here, DISTRIBUTOR), 'utf8');
const count = { proved: 0, REFUTED: 0, open: 0 };
let wrong = 0;
for (const step of steps.filter(({ contract, name }) => named.length === 0 || named.includes(contract) || named.includes(`${contract}.${name}`))) {
  const name = `${step.contract}.${step.name}`;
  if (fits) {
    asked(step, REPLACED[DISTRIBUTOR](original));
    if (BROKEN[name]) asked(step, REPLACED[DISTRIBUTOR](change(original, BROKEN[name])));
    continue;
  }
  const begun = Date.now();
  if (broken) {
    if (!BROKEN[name]) continue;
    const found = check(step, REPLACED[DISTRIBUTOR](change(original, BROKEN[name]))).slice(0, -1).filter(({ said }) => said === 'REFUTED');
    if (found.length === 0) wrong++;
    console.log(`${found.length > 0 ? 'noticed    ' : 'NOT NOTICED'}  ${name}  ${BROKEN[name]}  ${found.map(({ claim }) => claim).join(' ')}`);
    continue;
  }
  const found = check(step, REPLACED[DISTRIBUTOR](original));
  const end = found.pop();
  if (end?.claim !== 'assert(false)' || end.said === 'proved' || found.length === 0) throw new Error(`${name} says nothing: its end cannot be reached`);
  for (const { said, claim } of found) {
    count[said]++;
    console.log(`${said.padEnd(7)}  ${name}  ${claim}`);
  }
  console.log(`${end.said === 'REFUTED' ? 'reached' : 'open   '}  ${name}  its end, ${Math.round((Date.now() - begun) / 1000)} s`);
}
rmSync(folder, { recursive: true });
if (!broken && !fits) console.log(`${count.proved} proved, ${count.REFUTED} refuted, ${count.open} not decided in time`);
process.exit(wrong + count.REFUTED + count.open > 0 ? 1 : 0);
