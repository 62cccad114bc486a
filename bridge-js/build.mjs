// Builds dist/, or the same into the folder given: `node build.mjs [FOLDER]`.
//
// dist/ is committed, because the agent and the portal embed what is in it and build without Node;
// a test checks that a new build makes no difference.

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname
const out = resolve(process.argv[2] ?? join(here, 'dist'))
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

// Readable on purpose: people who decide whether to trust it read what runs. UTF-8 for the same
// reason; both are served as such.
const common = {
  absWorkingDir: here,
  bundle: true,
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
}

// What login pages import, each of them whole: a page serves one file.
await build({
  ...common,
  entryPoints: ['src/index.ts', 'src/hipki.ts'],
  format: 'esm',
  outdir: out,
})

// The agent's own pages: one script each, nothing global.
await build({
  ...common,
  entryPoints: ['page', 'hipki-page', 'hipki-add-domain'].map((name) => `src/${name}.ts`),
  format: 'iife',
  outdir: out,
})

execFileSync(
  process.execPath,
  [
    join(here, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(here, 'tsconfig.types.json'),
    '--outDir',
    join(out, 'types'),
  ],
  { stdio: 'inherit' },
)
