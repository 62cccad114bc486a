/** The package as it is published, and what the agent and the portal embed. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'

function files(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  return new Map(
    paths.sort().map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  )
}

test('dist is what the sources give', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'chop-bridge-'))
  try {
    execFileSync(process.execPath, ['build.mjs', fresh], { stdio: 'inherit' })

    assert.deepEqual(files('dist'), files(fresh), 'run `npm run build` and commit dist/')
  } finally {
    rmSync(fresh, { recursive: true })
  }
})

test('what a page loads is under 6 kB, minified and gzipped', () => {
  const { code } = transformSync(readFileSync('dist/index.js', 'utf8'), {
    minify: true,
    format: 'esm',
    target: 'es2022',
  })

  assert.ok(gzipSync(code, { level: 9 }).length < 6000)
})

test('the package exports its API and nothing else', () => {
  // In a process of its own, because this file runs from another folder.
  const script = `console.log(Object.keys(await import('@chop/bridge')).sort().join())`
  const names = execFileSync(process.execPath, ['--input-type=module', '-e', script])

  assert.deepEqual(String(names).trim().split(','), [
    'AGENT_CODES',
    'BRIDGE_CODES',
    'BridgeError',
    'CODES',
    'certificates',
    'decrypt',
    'detect',
    'sign',
    'signIn',
  ])
})

test('the package needs no other at run time', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

  assert.equal(manifest.dependencies, undefined)
  assert.doesNotMatch(readFileSync('dist/index.js', 'utf8'), /^\s*import\b|\brequire\(/m)
})

test('the agent’s scripts can stand in HTML pages and touch nothing that could run text', () => {
  for (const name of ['page', 'hipki-page', 'hipki-add-domain']) {
    const script = readFileSync(`dist/${name}.js`, 'utf8')

    assert.doesNotMatch(script, /<\/script|<!--|\{\{/i, name)
    assert.doesNotMatch(script, /\beval\b|\bFunction\(|innerHTML|document\.write|Storage/, name)
    // The popups read nothing from their address.
    if (name !== 'hipki-add-domain') assert.doesNotMatch(script, /\blocation\b/, name)
  }
})

test('the lock file names no registry', () => {
  assert.doesNotMatch(readFileSync('package-lock.json', 'utf8'), /"resolved"|https?:\/\/registry/)
})
