// Builds the tests and runs them: `node test.mjs [WORDS of node --test]`.

import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname
const out = join(here, 'node_modules/.cache/chop-bridge')
rmSync(out, { recursive: true, force: true })

const tests = readdirSync(join(here, 'tests')).filter((name) => name.endsWith('.test.ts'))
await build({
  absWorkingDir: here,
  entryPoints: tests.map((name) => `tests/${name}`),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
})

const files = readdirSync(out).map((name) => join(out, name))
const words = ['--enable-source-maps', '--test', ...process.argv.slice(2), ...files]
const { status } = spawnSync(process.execPath, words, { cwd: here, stdio: 'inherit' })
process.exit(status ?? 1)
