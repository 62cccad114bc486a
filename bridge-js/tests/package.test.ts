/** The package as it is published, and what the agent and the portal embed. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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

test('what a page loads is under 6 kB, minified and gzipped; with the vendor’s way under 7', () => {
  for (const [name, most] of [
    ['index', 6000],
    ['hipki', 7000],
  ] as const) {
    const { code } = transformSync(readFileSync(`dist/${name}.js`, 'utf8'), {
      minify: true,
      format: 'esm',
      target: 'es2022',
    })

    assert.ok(gzipSync(code, { level: 9 }).length < most, name)
  }
})

test('the package exports its API and nothing else, both ways', () => {
  for (const name of ['@chop/bridge', '@chop/bridge/hipki']) {
    // In a process of its own, because this file runs from another folder.
    const script = `console.log(Object.keys(await import('${name}')).sort().join())`
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
  }
})

test('a site in TypeScript has the types of both, whichever way it resolves modules', () => {
  const site = mkdtempSync(join(process.cwd(), 'node_modules/.cache/site-'))
  const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc')
  const check = (text: string, resolution: string): void => {
    writeFileSync(join(site, 'site.mts'), text)
    const module = resolution === 'bundler' ? 'esnext' : resolution
    const strict = ['--ignoreConfig', '--strict', '--noEmit']
    const options = [...strict, '--target', 'es2022', '--lib', 'es2022,dom']
    const how = ['--module', module, '--moduleResolution', resolution]
    const words = [tsc, ...options, ...how, 'site.mts']
    execFileSync(process.execPath, words, { cwd: site, stdio: 'pipe' })
  }
  const good = `
    import { signIn as native, type Assertion } from '@chop/bridge'
    import { signIn, sign, BridgeError } from '@chop/bridge/hipki'
    import type { SignInAnswer, HipkiState } from '@chop/bridge/hipki'
    const assertion: Assertion = await native('a')
    const show = (update: HipkiState): void => void (update.state === 'component')
    const pin = async () => prompt() ?? undefined
    const answer: SignInAnswer = await signIn('a', { pin, onState: show })
    const text: string = answer.form === 'cms' ? answer.signature : answer.assertion.signature
    const document = { name: 'a', content: new Uint8Array() }
    const signed: readonly string[] = await sign([document], { pin: () => '1' })
    export default [assertion, text, signed, BridgeError]
  `
  try {
    for (const resolution of ['bundler', 'nodenext']) {
      check(good, resolution)
      const noPin = `import { signIn } from '@chop/bridge/hipki'\nawait signIn('a', {})`
      assert.throws(() => check(noPin, resolution))
    }
  } finally {
    rmSync(site, { recursive: true })
  }
})

test('the package needs no other at run time', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

  assert.equal(manifest.dependencies, undefined)
  for (const name of ['index', 'hipki']) {
    assert.doesNotMatch(readFileSync(`dist/${name}.js`, 'utf8'), /^\s*import\b|\brequire\(/m)
  }
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
