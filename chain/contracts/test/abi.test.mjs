// What others know of the public contracts of the same names, and that what forge tested is what is deployed.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const target = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../target');
const read = (...name) => JSON.parse(readFileSync(path.join(target, ...name), 'utf8'));
const artifact = (name) => read('contracts', `${name}.json`);

/** `function name(types) returns (types) mutability`, `event name(types with indexed)`, `error name(types)`. */
function signatures(abi) {
  const type = (p) => (p.type.startsWith('tuple') ? `(${p.components.map(type)})${p.type.slice(5)}` : p.type);
  const list = (ps) => ps.map(type).join(',');
  return abi.map((e) => {
    switch (e.type) {
      case 'function': return `function ${e.name}(${list(e.inputs)}) returns (${list(e.outputs)}) ${e.stateMutability}`;
      case 'event': return `event ${e.name}(${e.inputs.map((p) => (p.indexed ? `${type(p)} indexed` : type(p))).join(',')})`;
      case 'error': return `error ${e.name}(${list(e.inputs)})`;
      case 'constructor': return `constructor(${list(e.inputs)})`;
      default: return `${e.type} ${e.stateMutability}`;
    }
  });
}

const erc20 = [
  'function name() returns (string) view',
  'function symbol() returns (string) view',
  'function decimals() returns (uint8) view',
  'function totalSupply() returns (uint256) view',
  'function balanceOf(address) returns (uint256) view',
  'function allowance(address,address) returns (uint256) view',
  'function approve(address,uint256) returns (bool) nonpayable',
  'function transfer(address,uint256) returns (bool) nonpayable',
  'function transferFrom(address,address,uint256) returns (bool) nonpayable',
  'event Transfer(address indexed,address indexed,uint256)',
  'event Approval(address indexed,address indexed,uint256)',
];
const wrapper = [
  'function deposit() returns () payable',
  'function withdraw(uint256) returns () nonpayable',
  'event Deposit(address indexed,uint256)',
  'event Withdrawal(address indexed,uint256)',
  'receive payable',
];
const permit = [
  'function permit(address,address,uint256,uint256,uint8,bytes32,bytes32) returns () nonpayable',
  'function nonces(address) returns (uint256) view',
  'function DOMAIN_SEPARATOR() returns (bytes32) view',
  'function eip712Domain() returns (bytes1,string,string,uint256,address,bytes32,uint256[]) view',
];
const known = {
  OpenToken: [
    ...erc20,
    'constructor(address)',
    'function burn(uint256) returns () nonpayable',
    'function burnFrom(address,uint256) returns () nonpayable',
    'error ERC20InsufficientBalance(address,uint256,uint256)',
    'error ERC20InsufficientAllowance(address,uint256,uint256)',
  ],
  WOPEN: [...erc20, ...wrapper],
  GOPEN: [
    ...erc20,
    ...wrapper,
    ...permit,
    'function clock() returns (uint48) view',
    'function CLOCK_MODE() returns (string) pure',
    'function delegate(address) returns () nonpayable',
    'function delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32) returns () nonpayable',
    'function delegates(address) returns (address) view',
    'function getVotes(address) returns (uint256) view',
    'function getPastVotes(address,uint256) returns (uint256) view',
    'function getPastTotalSupply(uint256) returns (uint256) view',
    'function numCheckpoints(address) returns (uint32) view',
    'function checkpoints(address,uint32) returns ((uint48,uint208)) view',
    'error ZeroValueNotAllowed()',
    'error ERC20InsufficientBalance(address,uint256,uint256)',
    'event DelegateChanged(address indexed,address indexed,address indexed)',
    'event DelegateVotesChanged(address indexed,uint256,uint256)',
  ],
  OpenLedgerGovernor: [
    'constructor(address,address)',
    'function name() returns (string) view',
    'function token() returns (address) view',
    'function timelock() returns (address) view',
    'function votingDelay() returns (uint256) view',
    'function votingPeriod() returns (uint256) view',
    'function proposalThreshold() returns (uint256) view',
    'function quorum(uint256) returns (uint256) view',
    'function quorumNumerator() returns (uint256) view',
    'function quorumDenominator() returns (uint256) view',
    'function getVotes(address,uint256) returns (uint256) view',
    'function hasVoted(uint256,address) returns (bool) view',
    'function state(uint256) returns (uint8) view',
    'function proposalSnapshot(uint256) returns (uint256) view',
    'function proposalDeadline(uint256) returns (uint256) view',
    'function proposalProposer(uint256) returns (address) view',
    'function proposalEta(uint256) returns (uint256) view',
    'function proposalNeedsQueuing(uint256) returns (bool) view',
    'function proposalVotes(uint256) returns (uint256,uint256,uint256) view',
    'function proposalDetails(uint256) returns (address[],uint256[],bytes[],bytes32) view',
    'function hashProposal(address[],uint256[],bytes[],bytes32) returns (uint256) pure',
    'function propose(address[],uint256[],bytes[],string) returns (uint256) nonpayable',
    'function queue(address[],uint256[],bytes[],bytes32) returns (uint256) nonpayable',
    'function queue(uint256) returns () nonpayable',
    'function execute(address[],uint256[],bytes[],bytes32) returns (uint256) payable',
    'function execute(uint256) returns () payable',
    'function cancel(address[],uint256[],bytes[],bytes32) returns (uint256) nonpayable',
    'function cancel(uint256) returns () nonpayable',
    'function castVote(uint256,uint8) returns (uint256) nonpayable',
    'function castVoteWithReason(uint256,uint8,string) returns (uint256) nonpayable',
    'function castVoteBySig(uint256,uint8,address,bytes) returns (uint256) nonpayable',
    'function setVotingDelay(uint48) returns () nonpayable',
    'function setVotingPeriod(uint32) returns () nonpayable',
    'function setProposalThreshold(uint256) returns () nonpayable',
    'function updateQuorumNumerator(uint256) returns () nonpayable',
    'function updateTimelock(address) returns () nonpayable',
    'event ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)',
    'event ProposalQueued(uint256,uint256)',
    'event ProposalExecuted(uint256)',
    'event ProposalCanceled(uint256)',
    'event VoteCast(address indexed,uint256,uint8,uint256,string)',
    'error GovernorOnlyExecutor(address)',
  ],
};

for (const [name, expected] of Object.entries(known)) {
  test(`${name} has what the public contract has`, () => {
    const has = new Set(signatures(artifact(name).abi));
    assert.deepEqual(expected.filter((signature) => !has.has(signature)), []);
  });
}

test('no contract is larger than a block chain takes', () => {
  for (const [name, { bytes }] of Object.entries(read('contracts', 'index.json').contracts)) {
    assert.ok(bytes > 0 && bytes <= 24_576, `${name} has ${bytes} bytes`);
  }
});

/** Code without the metadata at its end, whose last two bytes are its length: it names settings that do not change code. */
function code(hex) {
  const digits = hex.replace(/^0x/, '');
  return digits.slice(0, digits.length - 2 * (parseInt(digits.slice(-4), 16) + 2));
}

test('what forge tested is what is deployed', () => {
  let compared = 0;
  for (const file of readdirSync(path.join(target, 'contracts'))) {
    const { contract, source, bytecode } = file === 'index.json' ? {} : read('contracts', file);
    if (!source?.startsWith('src/')) continue;
    const tested = read('forge/out', path.basename(source), `${contract}.json`);
    assert.equal(code(tested.bytecode.object), code(bytecode), contract);
    compared++;
  }
  assert.ok(compared > 0);
});
