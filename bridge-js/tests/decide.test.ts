import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decide, type Failure } from '../src/decide.js'

const usual: Omit<Failure, 'permission'> = { csp: false, policy: false, framed: false, slow: false }

const table: readonly [Failure, code: string, popup: boolean][] = [
  [{ ...usual, permission: 'granted', csp: true }, 'csp_blocked', true],
  [{ ...usual, permission: 'prompt', csp: true, slow: true }, 'csp_blocked', true],
  [{ ...usual, permission: 'denied' }, 'permission_denied', true],
  [{ ...usual, permission: 'denied', policy: undefined }, 'permission_denied', true],
  [{ ...usual, permission: 'denied', policy: true }, 'permission_policy', true],
  // Chromium says that it is not the policy, Firefox says nothing.
  [{ ...usual, permission: 'denied', framed: true }, 'permission_denied', true],
  [{ ...usual, permission: 'denied', framed: true, policy: undefined }, 'permission_policy', true],
  [{ ...usual, permission: 'prompt', slow: true }, 'permission_dismissed', true],
  [{ ...usual, permission: 'prompt' }, 'agent_unreachable', true],
  [{ ...usual, permission: 'granted' }, 'agent_unreachable', false],
  [{ ...usual, permission: 'granted', slow: true }, 'agent_unreachable', false],
  [{ ...usual, permission: 'unknown' }, 'agent_unreachable', false],
  [{ ...usual, permission: 'unknown', slow: true }, 'agent_unreachable', false],
]

for (const [failure, code, popup] of table) {
  test(`${JSON.stringify(failure)} is ${code}, ${popup ? 'and a popup may help' : 'the end'}`, () => {
    const obstacle = decide(failure)

    assert.deepEqual([obstacle.reason.code, obstacle.popup], [code, popup])
  })
}
