#!/usr/bin/env node
// The solc that forge calls: the compiler of node_modules behind the command line of the native one.
'use strict';
const solc = require('solc');

const [version] = solc.version().split('.Emscripten');

if (process.argv.includes('--version')) {
  // forge reads the platform too, and knows no Emscripten
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}.Linux.g++\n`);
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(require('node:fs').readFileSync(0, 'utf8')));
} else {
  process.stderr.write(`solc.cjs was called with "${process.argv.slice(2).join(' ')}"; it knows --version and --standard-json\n`);
  process.exitCode = 1;
}
