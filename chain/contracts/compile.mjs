// Compiles src/ with solcjs into one JSON file a contract, in the folder that is named on the command line
// (default: ../target/contracts). No network, no path of this machine in the output: the same sources give the same
// bytes anywhere. A warning is an error, but for those of libraries. Exit status 1 with solc's own message when something does not compile.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, '../target/contracts'));

/** Contracts of the library that are deployed as they are. */
const LIBRARY = ['@openzeppelin/contracts/governance/TimelockController.sol'];

/** The version of the files' format, see README.md. */
const FORMAT = 1;

async function sources(folder) {
  const found = [];
  for (const entry of await readdir(path.join(here, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await sources(name)));
    else if (entry.name.endsWith('.sol')) found.push(name);
  }
  return found.sort();
}

function read(name) {
  const root = name.startsWith('@') ? path.join(here, 'node_modules') : here;
  return readFileSync(path.join(root, name), 'utf8').replaceAll('\r\n', '\n');
}

/** Everything that is compiled, by name: the roots and what they import, found the way solc asks for it. */
function closure(roots) {
  const all = {};
  const open = [...roots];
  while (open.length > 0) {
    const name = open.pop();
    if (all[name]) continue;
    const content = read(name);
    all[name] = { content };
    for (const [, imported] of content.matchAll(/^\s*(?:import|\}\s*from)\b[^;"']*["']([^"']+)["']\s*;/gm)) {
      open.push(imported.startsWith('.') ? path.posix.join(path.posix.dirname(name), imported) : imported);
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function artifact(source, name, contract, settings, { sha3, version }) {
  const deployed = contract.evm.deployedBytecode;
  return {
    format: FORMAT,
    contract: name,
    source,
    compiler: version,
    settings,
    abi: contract.abi,
    bytecode: `0x${contract.evm.bytecode.object}`,
    deployedBytecode: `0x${deployed.object}`,
    // of the code with zeros where a constructor writes its immutables; where those are stands beside it
    deployedCodeHash: `0x${sha3.keccak256(Buffer.from(deployed.object, 'hex'))}`,
    immutables: Object.values(deployed.immutableReferences ?? {}).flat().sort((a, b) => a.start - b.start),
  };
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const settings = JSON.parse(await readFile(path.join(here, 'settings.json'), 'utf8'));
const own = await sources('src');
const input = {
  language: 'Solidity',
  sources: closure([...own, ...LIBRARY]),
  settings: {
    ...settings,
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'] } },
  },
};
// the version of the package stands for the compiler's: loading the compiler takes longer than everything else here
const { version: compiler } = JSON.parse(await readFile(path.join(here, 'node_modules/solc/package.json'), 'utf8'));
const digest = createHash('sha256').update(`${FORMAT}\n${compiler}\n${JSON.stringify(input)}`).digest('hex');

const index = path.join(out, 'index.json');
const before = await readFile(index, 'utf8').then(JSON.parse, () => ({}));
if (before.inputs === digest) {
  console.log(`${Object.keys(before.contracts).length} contracts are up to date`);
  process.exit(0);
}

const { default: sha3 } = await import('js-sha3');
const { default: solc } = await import('solc');
const version = solc.version();
const result = JSON.parse(solc.compile(JSON.stringify(input)));
// the library's own warnings are not ours to mend
const complaints = (result.errors ?? []).filter(
  (e) => e.severity === 'error' || (e.severity === 'warning' && !e.sourceLocation?.file.startsWith('@')),
);
if (complaints.length > 0) {
  for (const complaint of complaints) console.error(complaint.formattedMessage);
  process.exit(1);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const contracts = {};
for (const source of [...own, ...LIBRARY]) {
  for (const [name, contract] of Object.entries(result.contracts[source] ?? {})) {
    if (contract.evm.bytecode.object === '') continue; // an interface or an abstract contract
    if (contracts[name]) {
      console.error(`${name} is in ${contracts[name].source} and in ${source}; a name stands for one contract`);
      process.exit(1);
    }
    const file = artifact(source, name, contract, settings, { sha3, version });
    contracts[name] = { source, deployedCodeHash: file.deployedCodeHash, bytes: (file.deployedBytecode.length - 2) / 2 };
    await writeFile(path.join(out, `${name}.json`), json(file));
  }
}
// last: a folder without it is an unfinished one
await writeFile(index, json({ format: FORMAT, compiler: version, inputs: digest, contracts }));
for (const [name, { bytes }] of Object.entries(contracts)) console.log(`${String(bytes).padStart(6)} bytes  ${name}`);
