// Bundles the page into the folder that is named on the command line. No network, no plugins.
import { build } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, '../../../target/web'));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await cp(path.join(here, 'static'), out, { recursive: true });
await build({
  entryPoints: [
    { in: path.join(here, 'src/main.js'), out: 'app' },
    { in: path.join(here, 'src/style.css'), out: 'app' },
  ],
  outdir: out,
  bundle: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
  minify: true,
  legalComments: 'eof',
  logLevel: 'warning',
});
