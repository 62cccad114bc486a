import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { AGENT_CODES, BRIDGE_CODES, CODES } from '../src/codes.js'
import { parseAssertion } from '../src/parse-assertion.js'
import { parseProblem } from '../src/parse-problem.js'

interface Problem {
  readonly code: string
  readonly tries_left?: number | null
  readonly retry_after?: number
}

// Tests run in the package's folder.
const golden = (name: string) =>
  JSON.parse(readFileSync(`../agent/protocol/vectors/${name}.json`, 'utf8'))
const problems = golden('problems') as Problem[]

test('agent and bridge have the same codes', () => {
  assert.deepEqual([...new Set(problems.map(({ code }) => code))], [...AGENT_CODES])
})

test('every problem of the agent is read with its data', () => {
  for (const { code, tries_left, retry_after } of problems) {
    const error = parseProblem({ code, tries_left, retry_after })

    assert.equal(error.code, code)
    assert.equal(error.triesLeft, tries_left)
    assert.equal(error.retryAfter, retry_after)
    assert.ok(error.message.startsWith(`${code}: `))
  }
})

test('an assertion of the agent is read and not changed', () => {
  const assertion = golden('assertion')

  assert.equal(parseAssertion(assertion), assertion)
})

test('no code is there twice', () => {
  assert.equal(new Set(CODES).size, AGENT_CODES.length + BRIDGE_CODES.length)
})

test('tries that are no number are unknown', () => {
  for (const tries_left of ['3', -1, 1.5, {}, undefined]) {
    assert.equal(parseProblem({ code: 'pin_wrong', tries_left }).triesLeft, null)
  }
})

test('data of another code is dropped', () => {
  const error = parseProblem({ code: 'busy', tries_left: 1, retry_after: 1 })

  assert.ok(!('triesLeft' in error) && !('retryAfter' in error))
})

test('unknown codes and other things are an invalid answer', () => {
  for (const problem of [null, undefined, 'busy', {}, { code: 'brand_new' }, { code: 1 }]) {
    assert.equal(parseProblem(problem).code, 'invalid_answer')
  }
})

test('the README explains every code', () => {
  const readme = readFileSync('README.md', 'utf8')

  assert.deepEqual(
    CODES.filter((code) => !readme.includes(`\`${code}\``)),
    [],
  )
})
