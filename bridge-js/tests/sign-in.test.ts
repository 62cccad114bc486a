import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signIn, signInWith } from '../src/sign-in.js'
import { AGENT, ASSERTION, CHALLENGE, FakePermission, FakeWindow } from './fake-window.js'
import { Scene } from './scene.js'

const INFO = `${AGENT}/v1/info`
const SIGN_IN = `${AGENT}/v1/sign-in`

function asking(): FakeWindow {
  const win = new FakeWindow()
  win.permission = new FakePermission('prompt')
  return win
}

test('with the permission granted the assertion comes without a question', async () => {
  const scene = new Scene(new FakeWindow().withAgent())

  await scene.win.tick(0)

  assert.deepEqual(scene.outcome, ASSERTION)
  assert.deepEqual(scene.names, ['connecting', 'waiting_for_person'])
})

test('the request is JSON with the challenge and the issuers, and carries no cookies', async () => {
  const scene = new Scene(new FakeWindow().withAgent(), {}, signInWith(CHALLENGE, ['MAA=']))

  await scene.win.tick(0)

  const { init } = scene.win.requests.find(({ url }) => url === SIGN_IN)!
  assert.equal(init.body, JSON.stringify({ challenge: CHALLENGE, issuers: ['MAA='] }))
  assert.deepEqual(init.headers, { 'content-type': 'application/json' })
  assert.deepEqual([init.method, init.credentials, init.redirect], ['POST', 'omit', 'error'])
})

test('an agent at another of its ports is found', async () => {
  const scene = new Scene(new FakeWindow().withAgent('https://localhost:21445'))

  await scene.win.tick(0)

  assert.deepEqual(scene.outcome, ASSERTION)
})

test('another program at the first port is passed over', async () => {
  const win = new FakeWindow().withAgent('https://localhost:21444')
  win.reply(INFO, { json: { hello: 'world' } })

  const scene = new Scene(win)
  await win.tick(0)

  assert.deepEqual(scene.outcome, ASSERTION)
})

test('where the browser has no such permission the agent is asked at once', async () => {
  const win = new FakeWindow().withAgent()
  win.permission = undefined

  const scene = new Scene(win)
  await win.tick(0)

  assert.deepEqual(scene.outcome, ASSERTION)
})

test('the permission is known by its older name too', async () => {
  const win = new FakeWindow()
  win.permissionNames = ['local-network-access']
  win.permission = new FakePermission('denied')

  const scene = new Scene(win)
  await win.tick(0)

  assert.equal(scene.reason, 'permission_denied')
  assert.deepEqual(win.asked, [])
})

test('the browser’s question is waited for, and said after 400 ms', async () => {
  const win = asking().reply(INFO, 'pending')
  win.reply(SIGN_IN, { json: ASSERTION })
  const scene = new Scene(win)
  await win.tick(399)
  assert.deepEqual(scene.names, ['connecting'])
  await win.tick(60_000)
  assert.deepEqual(scene.names, ['connecting', 'waiting_for_permission'])

  win.permission!.become('granted')
  await win.release(INFO, { json: { agent: 'chop', protocol: [1, 1] } })

  assert.deepEqual(scene.names, ['connecting', 'waiting_for_permission', 'waiting_for_person'])
  assert.deepEqual(scene.outcome, ASSERTION)
})

test('once the person has allowed it, the agent has three seconds', async () => {
  const win = asking().reply(INFO, 'pending')
  const scene = new Scene(win)
  await win.tick(10_000)

  win.permission!.become('granted')
  await win.tick(2999)
  assert.equal(scene.outcome, undefined)
  await win.tick(1)

  assert.equal(scene.outcome, 'agent_unreachable')
})

test('Block leads to the popup', async () => {
  const win = asking().reply(INFO, 'pending')
  const scene = new Scene(win)
  await win.tick(10_000)

  win.permission!.become('denied')
  await win.release(INFO, undefined)
  await win.tick(0)

  assert.equal(scene.reason, 'permission_denied')
})

test('a question that was closed leads to the popup', async () => {
  const win = asking().reply(INFO, 'pending')
  const scene = new Scene(win)
  await win.tick(2000)

  await win.release(INFO, undefined)
  await win.tick(0)

  assert.equal(scene.reason, 'permission_dismissed')
})

test('ports that are all slow to refuse, as on Windows, are no closed question', async () => {
  const win = asking()
  const addresses = [21443, 21444, 21445].map((port) => `https://localhost:${port}/v1/info`)
  for (const address of addresses) win.reply(address, 'pending')
  const scene = new Scene(win)
  await win.tick(2000)

  for (const address of addresses) await win.release(address, undefined)
  await win.tick(0)

  assert.equal(scene.reason, 'agent_unreachable')
})

test('with one address alone, a late failure is a closed question', async () => {
  const win = asking().reply(INFO, 'pending')
  const scene = new Scene(win, { agent: AGENT })
  await win.tick(2000)

  await win.release(INFO, undefined)
  await win.tick(0)

  assert.equal(scene.reason, 'permission_dismissed')
})

test('a fast failure without a permission leads to the popup, because it may be either', async () => {
  const scene = new Scene(asking())

  await scene.win.tick(0)

  assert.equal(scene.reason, 'agent_unreachable')
  assert.equal(scene.outcome, undefined)
})

test('an agent that is absent for sure is said at once', async () => {
  const scene = new Scene(new FakeWindow())

  await scene.win.tick(0)

  assert.equal(scene.outcome, 'agent_unreachable')
  assert.deepEqual(scene.names, ['connecting'])
})

test('a question that nobody answers ends after five minutes', async () => {
  const win = asking().reply(INFO, 'pending')
  const scene = new Scene(win)

  await win.tick(300_000)

  assert.equal(scene.outcome, 'unanswered')
})

test('a permission that is denied already sends nothing', async () => {
  const win = new FakeWindow().withAgent()
  win.permission = new FakePermission('denied')

  const scene = new Scene(win)
  await win.tick(0)

  assert.deepEqual(win.asked, [])
  assert.equal(scene.reason, 'permission_denied')
})

test('a Permissions-Policy is named as the reason', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  win.document.featurePolicy = {
    features: () => ['loopback-network'],
    allowsFeature: () => false,
  }

  const scene = new Scene(win)
  await win.tick(0)

  assert.equal(scene.reason, 'permission_policy')
})

test('the page’s own CSP is named as the reason', async () => {
  const win = new FakeWindow().reply(INFO, 'pending')
  const scene = new Scene(win)
  await win.tick(0)

  const violation = { blockedURI: INFO, disposition: 'enforce' }
  win.document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), violation))
  await win.release(INFO, undefined)
  await win.tick(0)

  assert.equal(scene.reason, 'csp_blocked')
})

test('violations that are only reported, or name others, do not count', async () => {
  const win = new FakeWindow().reply(INFO, 'pending')
  const scene = new Scene(win)
  await win.tick(0)

  for (const violation of [
    { blockedURI: INFO, disposition: 'report' },
    { blockedURI: 'https://ads.example/', disposition: 'enforce' },
  ]) {
    win.document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), violation))
  }
  await win.release(INFO, undefined)
  await win.tick(0)

  assert.equal(scene.outcome, 'agent_unreachable')
})

test('without onState the reason for a click is the error', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')

  const outcome = await new Promise((resolve) => {
    const scene = new Scene(win, { onState: undefined } as never)
    void win.tick(0).then(() => resolve(scene.outcome))
  })

  assert.equal(outcome, 'permission_denied')
})

test('the agent’s refusal comes with its data', async () => {
  const win = new FakeWindow().withAgent()
  win.reply(SIGN_IN, { status: 409, json: { code: 'pin_wrong', tries_left: 2 } })

  const scene = new Scene(win)
  await win.tick(0)

  assert.equal(scene.outcome, 'pin_wrong')
  assert.equal((scene.error as { triesLeft: number }).triesLeft, 2)
})

test('a refusal to be greeted is the outcome', async () => {
  const win = new FakeWindow().reply(INFO, { status: 403, json: { code: 'origin_refused' } })

  const scene = new Scene(win)
  await win.tick(0)

  assert.equal(scene.outcome, 'origin_refused')
})

test('an agent of another version is said to be one', async () => {
  for (const [protocol, older] of [
    [[2, 3], 'bridge'],
    [[0, 0], 'agent'],
    [undefined, 'agent'],
  ]) {
    const win = new FakeWindow().reply(INFO, { json: { agent: 'chop', protocol } })

    const scene = new Scene(win)
    await win.tick(0)

    assert.equal(scene.outcome, 'protocol_unsupported')
    assert.match(String(scene.error), new RegExp(`update the ${older}`))
  }
})

test('an answer that is not an assertion is refused', async () => {
  for (const json of [null, [], 'yes', {}, { ...ASSERTION, format: 'web-eid:10' }]) {
    const win = new FakeWindow().withAgent().reply(SIGN_IN, { json })

    const scene = new Scene(win)
    await win.tick(0)

    assert.equal(scene.outcome, 'invalid_answer', JSON.stringify(json))
  }
})

test('an agent that goes away is asked only once', async () => {
  const win = new FakeWindow().withAgent().reply(SIGN_IN, undefined)

  const scene = new Scene(win)
  await win.tick(0)

  assert.equal(scene.outcome, 'agent_unreachable')
  assert.equal(win.asked.filter((path) => path === '/v1/sign-in').length, 1)
})

test('an agent that never answers is given up after five minutes', async () => {
  const scene = new Scene(new FakeWindow().withAgent().reply(SIGN_IN, 'pending'))

  await scene.win.tick(300_000)

  assert.equal(scene.outcome, 'unanswered')
})

test('the page’s signal ends what waits, whatever it waits for, with its own reason', async () => {
  const waits: [string, FakeWindow][] = [
    ['the agent’s greeting', new FakeWindow().reply(INFO, 'pending')],
    ['the browser’s question', asking().reply(INFO, 'pending')],
    ['the person', new FakeWindow().withAgent().reply(SIGN_IN, 'pending')],
    ['a click', asking()],
  ]
  for (const [what, win] of waits) {
    const scene = new Scene(win)
    await win.tick(1000)
    assert.equal(scene.outcome, undefined, what)

    scene.abort.abort('enough')
    await win.tick(0)

    assert.equal(scene.outcome, 'enough', what)
    assert.ok(
      win.requests.every(({ init }) => init.signal?.aborted),
      what,
    )
    assert.equal(win.timers, 0, what)
  }
})

test('a signal that has fired already sends nothing', async () => {
  const win = new FakeWindow().withAgent()

  const scene = new Scene(win, { signal: AbortSignal.abort('enough') })
  await win.tick(0)

  assert.equal(scene.outcome, 'enough')
  assert.deepEqual(win.asked, [])
})

test('nothing is left running after a sign-in', async () => {
  const scene = new Scene(new FakeWindow().withAgent())

  await scene.win.tick(0)

  assert.equal(scene.win.timers, 0)
})

test('pages that can never work are told why, and nothing is sent', async () => {
  const insecure = new FakeWindow()
  insecure.isSecureContext = false
  const sandboxed = new FakeWindow()
  sandboxed.origin = 'null'
  for (const [win, code] of [
    [insecure, 'insecure_page'],
    [sandboxed, 'origin_refused'],
  ] as const) {
    const scene = new Scene(win)
    await win.tick(0)

    assert.equal(scene.outcome, code)
    assert.deepEqual(win.asked, [])
  }
})

test('what is not a challenge is refused before anything is sent', () => {
  for (const text of ['', 'A'.repeat(43), 'A'.repeat(129), `${'A'.repeat(44)}-`, '='.repeat(44)]) {
    assert.throws(() => signInWith(text), { code: 'invalid_request' }, text)
  }
})

test('outside of a page it says so', async () => {
  await assert.rejects(signIn(CHALLENGE), { name: 'BridgeError', code: 'invalid_request' })
})
