// Proves what smt/DistributorProofs.sol asserts of the distributor, for all states and arguments, with solc's model checker
// (CHC) and z3: `node smt.mjs`. z3 is a package of most systems; nothing is downloaded. Exit status 1 if an assertion is
// not proved in time.
//
// What is checked is the text of src/payouts/RewardDistributor.sol as it is deployed, with the replacements of REPLACED;
// each must be found, so that a changed source is noticed. They leave out what the checker cannot read or need not:
// who may call the setters, the reasons of reverts, what the asset does when it is moved, and which root a proof leads
// to (any function of its inputs).
//
// node smt.mjs [contract]... [--seconds N] [--z3 PATH]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = path.dirname(fileURLToPath(import.meta.url));
const PROOFS = 'smt/DistributorProofs.sol';
const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const seconds = Number(option('--seconds', '60'));
const z3 = option('--z3', 'z3');
const named = args.filter((a, i) => !a.startsWith('--') && !args[i - 1]?.startsWith('--'));
const contracts = named.length > 0 ? named : ['Claims', 'Postings', 'Activations'];

/** Replaces what must be there. */
function change(text, ...changes) {
  for (const [from, to] of changes) {
    if (text.search(from) < 0) throw new Error(`smt.mjs no longer fits the source: ${from} is not there`);
    text = text.replace(from, to);
  }
  return text;
}
const without = (name) => [new RegExp(`\\n    function ${name}\\([\\s\\S]*?\\n    }\\n`), '\n'];
const REASONS = [/\brevert \w+\([^;]*\);/g, 'revert();'];
const DOCUMENTATION = [/ *\/\/\/.*\n/g, ''];
const library = (name, body) => `// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\nlibrary ${name} {\n${body}}\n`;

const REPLACED = {
  'src/payouts/RewardDistributor.sol': (text) =>
    change(
      text,
      // they call other contracts, or contain assembly or a loop over call data; they write through _claim and _tryPay alone
      without('claimPacked'),
      without('claimMany'),
      without('claimToStake'),
      [/import .*(Ownable|IERC20|SafeERC20).*\n/g, ''],
      [/contract RewardDistributor is IRewardDistributor, Ownable2Step/, 'abstract contract RewardDistributor is IRewardDistributor'],
      [/ {4}\) Ownable\(owner_\) \{/, '    ) {'],
      [/ {4}receive\(\) external payable \{\s*_fund\(msg\.value\);\s*\}\n/, ''],
      DOCUMENTATION,
      // what may happen is said by the proofs alone
      [/\bexternal (payable |view )?onlyOwner\b/g, 'internal'],
      [/(\n +)external\s+payable\b/g, '$1internal'],
      [/\bexternal payable\b/g, 'internal'],
      [/(?<=function[^;{]*\))(\s+)(external|public|private)\b/g, '$1internal'],
      [/\bprivate\b/g, 'internal'],
      // the checker knows no references into mappings
      [/ +Account storage state = _accounts\[account\];\n/g, ''],
      [/\bstate\.claimed\b/g, '_accounts[account].claimed'],
      [/Posting storage last/, 'Posting memory last'],
      REASONS,
    ),
  'src/payouts/IRewardDistributor.sol': (text) => change(text, DOCUMENTATION, [/\n {4}function [^;]*;/g, '']),
  'src/payouts/AmountProof.sol': () =>
    library('AmountProof', `    function root(address account, uint256 amount, bytes32[] calldata siblings) internal pure returns (bytes32) {
        return keccak256(abi.encode(account, amount, siblings));
    }
`),
  'src/payouts/Asset.sol': () =>
    library('Asset', `    function take(address asset, uint256 amount) internal view {
        require(asset == address(0) ? msg.value == amount : msg.value == 0);
    }
    function send(address, address, uint256) internal pure {}
    function trySend(address asset, address to, uint256 amount, uint256 limit) internal view returns (bool) {
        return uint256(keccak256(abi.encode(asset, to, amount, limit, block.timestamp))) % 2 == 0;
    }
`),
  // the one function of it that is used
  '@openzeppelin/contracts/utils/math/SafeCast.sol': (text) => {
    const [cast] = text.match(/ {4}function toUint128\([\s\S]*?\n {4}}\n/);
    return library('SafeCast', change(cast, REASONS));
  },
};

function read(name) {
  const text = readFileSync(path.join(name.startsWith('@') ? path.join(here, 'node_modules') : here, name), 'utf8');
  return REPLACED[name]?.(text) ?? text;
}

const { stdout: version, error } = spawnSync(z3, ['--version'], { encoding: 'utf8' });
if (error) {
  console.error(`${z3} does not run (${error.code}): install z3, or name it with --z3`);
  process.exit(1);
}
console.log(`solc ${solc.version()}, ${version.trim()}, ${seconds} s an assertion`);

const folder = mkdtempSync(path.join(os.tmpdir(), 'smt-'));
function solve(query) {
  const file = path.join(folder, 'query.smt2');
  writeFileSync(file, query);
  const { stdout } = spawnSync(
    z3,
    ['-smt2', `-T:${seconds}`, 'rewriter.pull_cheap_ite=true', 'fp.spacer.q3.use_qgen=true', 'fp.spacer.mbqi=false', 'fp.spacer.ground_pobs=false', file],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return { contents: stdout.startsWith('timeout') ? 'unknown' : stdout };
}

const source = read(PROOFS);
let open = 0;
for (const contract of contracts) {
  const input = {
    language: 'Solidity',
    sources: { [PROOFS]: { content: source } },
    settings: {
      evmVersion: 'prague',
      outputSelection: { '*': { '': [] } },
      modelChecker: { engine: 'chc', contracts: { [PROOFS]: [contract] }, targets: ['assert'], solvers: ['smtlib2'], showProvedSafe: true, showUnproved: true },
    },
  };
  const imported = (name) => {
    try {
      return { contents: read(name) };
    } catch (e) {
      return { error: String(e) };
    }
  };
  const result = JSON.parse(solc.compile(JSON.stringify(input), { import: imported, smtSolver: solve }));
  let said = 0;
  for (const { severity, message, formattedMessage, sourceLocation } of result.errors ?? []) {
    if (severity === 'error') {
      console.error(formattedMessage);
      process.exit(1);
    }
    if (!message.startsWith('CHC: Assertion')) continue;
    said++;
    const proved = message.includes('is safe');
    // solc counts bytes
    const bytes = Buffer.from(source);
    const text = bytes.subarray(sourceLocation.start, sourceLocation.end).toString().trim();
    const refuted = message.includes('happens here');
    if (!proved) open++;
    console.log(`${proved ? 'proved     ' : refuted ? 'REFUTED    ' : 'not in time'}  ${contract}:${bytes.subarray(0, sourceLocation.start).toString().split('\n').length}  ${text}`);
  }
  if (said === 0) throw new Error(`nothing was checked in ${contract}`);
}
rmSync(folder, { recursive: true });
process.exit(open > 0 ? 1 : 0);
