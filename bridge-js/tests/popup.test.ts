import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AGENT, ASSERTION, CHALLENGE, FakePermission, FakeWindow } from './fake-window.js'
import { Scene } from './scene.js'

const READY = { chop: 'ready', protocol: 1 }

/** A sign-in whose popup is open and not yet ready. */
async function opened(): Promise<Scene> {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  const scene = new Scene(win)
  await win.tick(0)
  await scene.click()
  return scene
}

/** A sign-in whose popup has the request. */
async function asked(): Promise<Scene> {
  const scene = await opened()
  await scene.win.hear(scene.win.popup, AGENT, READY)
  return scene
}

test('the click itself opens the agent’s page in a new window', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  const scene = new Scene(win)
  await win.tick(0)

  const state = scene.states.at(-1)!
  if (state.state === 'needs_click') state.proceed()

  // Without waiting: after the click's own turn a browser blocks it.
  assert.deepEqual(win.popup.visited, [`${AGENT}/v1/bridge`])
  assert.equal(win.popup.target, '_blank')
  assert.doesNotMatch(win.popup.features, /noopener|noreferrer/)
})

test('the popup’s answer is the assertion, and the popup is closed', async () => {
  const scene = await asked()

  await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', result: ASSERTION })

  assert.deepEqual(scene.outcome, ASSERTION)
  assert.deepEqual(scene.names, ['connecting', 'needs_click', 'popup', 'waiting_for_person'])
  assert.ok(scene.win.popup.closed)
  assert.equal(scene.win.timers, 0)
})

test('the request is posted to the agent’s origin alone', async () => {
  const scene = await asked()

  assert.deepEqual(scene.win.popup.posted, [
    {
      message: { chop: 'sign_in', request: { challenge: CHALLENGE, issuers: undefined } },
      target: AGENT,
    },
  ])
})

test('the popup’s problem is the error', async () => {
  const scene = await asked()

  const problem = { code: 'cooling_down', retry_after: 900 }
  await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', problem })

  assert.equal(scene.outcome, 'cooling_down')
  assert.equal((scene.error as { retryAfter: number }).retryAfter, 900)
})

test('messages of other windows and other origins are not heard', async () => {
  const scene = await opened()
  const { popup } = scene.win
  const answer = { chop: 'answer', result: ASSERTION }

  for (const message of [READY, answer]) {
    await scene.win.hear({}, AGENT, message)
    await scene.win.hear(null, AGENT, message)
    await scene.win.hear(popup, 'https://localhost:21444', message)
    await scene.win.hear(popup, 'https://evil.example', message)
    await scene.win.hear(popup, 'null', message)
  }

  assert.deepEqual(popup.posted, [])
  assert.equal(scene.outcome, undefined)
})

test('messages that mean nothing are not heard', async () => {
  const scene = await asked()

  for (const data of [null, undefined, 1, 'ready', [], {}, { chop: 'hello' }]) {
    await scene.win.hear(scene.win.popup, AGENT, data)
  }

  assert.equal(scene.outcome, undefined)
})

test('an answer that is neither what was asked for nor a known problem is refused', async () => {
  for (const rest of [{}, { result: null }, { result: {} }, { problem: { code: 'x' } }]) {
    const scene = await asked()

    await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', ...rest })

    assert.equal(scene.outcome, 'invalid_answer', JSON.stringify(rest))
    assert.ok(scene.win.popup.closed)
  }
})

test('a popup of another version is said to be one', async () => {
  const scene = await opened()

  await scene.win.hear(scene.win.popup, AGENT, { chop: 'ready', protocol: 2 })

  assert.equal(scene.outcome, 'protocol_unsupported')
})

test('a popup that the person reloads is asked again', async () => {
  const scene = await asked()

  await scene.win.hear(scene.win.popup, AGENT, READY)

  assert.equal(scene.win.popup.posted.length, 2)
  assert.equal(scene.names.filter((name) => name === 'waiting_for_person').length, 1)
})

test('the same window goes on to the next port after three seconds', async () => {
  const scene = await opened()
  await scene.win.tick(2999)
  assert.equal(scene.win.popup.visited.length, 1)

  await scene.win.tick(1)
  assert.equal(scene.win.popup.visited[1], 'https://localhost:21444/v1/bridge')

  await scene.win.hear(scene.win.popup, AGENT, READY)
  assert.equal(scene.win.popup.posted.length, 0, 'a late word from the first port')
  await scene.win.hear(scene.win.popup, 'https://localhost:21444', READY)
  assert.equal(scene.win.popup.posted.at(-1)?.target, 'https://localhost:21444')
  await scene.win.tick(10_000)
  assert.equal(scene.win.popup.visited.length, 2)
})

const HERE = 'http://localhost:61161'

test('a popup that finds no agent at any port is the end', async () => {
  const scene = await opened()
  await scene.win.tick(9000)
  assert.equal(scene.outcome, undefined)
  assert.equal(scene.win.popup.visited.length, 4)
  assert.equal(scene.win.popup.visited.at(-1), `${HERE}/chop/here`)

  await scene.win.tick(3000)

  assert.equal(scene.outcome, 'agent_unreachable')
  assert.equal(scene.win.popup.visited.length, 4)
  assert.ok(scene.win.popup.closed)
})

test('an agent that is there and not trusted says so in the popup, which stays', async () => {
  const scene = await opened()
  await scene.win.tick(9000)

  await scene.win.hear(scene.win.popup, HERE, { chop: 'here' })

  assert.equal(scene.outcome, 'agent_untrusted')
  assert.ok(!scene.win.popup.closed)
  assert.deepEqual(scene.win.popup.posted, [])
  assert.equal(scene.win.timers, 0)
})

test('what is not certified is given no request, and no answer of it is taken', async () => {
  const scene = await opened()
  await scene.win.hear(scene.win.popup, HERE, { chop: 'here' })
  assert.equal(scene.outcome, undefined, 'before the popup is there')
  await scene.win.tick(9000)

  for (const origin of [HERE, AGENT, 'https://evil.example']) {
    await scene.win.hear(scene.win.popup, origin, READY)
    await scene.win.hear(scene.win.popup, origin, { chop: 'answer', result: ASSERTION })
  }
  await scene.win.hear({}, HERE, { chop: 'here' })

  assert.equal(scene.outcome, undefined)
  assert.deepEqual(scene.win.popup.posted, [])
})

test('a popup that the person closes is the end', async () => {
  const scene = await asked()
  await scene.win.tick(5000)

  scene.win.popup.closed = true
  await scene.win.tick(400)

  assert.equal(scene.outcome, 'popup_closed')
})

test('an answer that comes just after the popup has closed itself still counts', async () => {
  const scene = await asked()
  scene.win.popup.closed = true
  await scene.win.tick(200)

  await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', result: ASSERTION })

  assert.deepEqual(scene.outcome, ASSERTION)
})

test('a popup that looks closed at once was cut off by the page’s opener policy', async () => {
  const scene = await opened()

  scene.win.popup.closed = true
  await scene.win.tick(400)

  assert.equal(scene.outcome, 'opener_isolated')
})

test('a popup that is closed later, before it was ready, was closed by the person', async () => {
  const scene = await opened()
  await scene.win.tick(1500)

  scene.win.popup.closed = true
  await scene.win.tick(400)

  assert.equal(scene.outcome, 'popup_closed')
})

test('a browser that opens no window is told', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  win.popupsBlocked = true
  const scene = new Scene(win)
  await win.tick(0)

  await scene.click()

  assert.equal(scene.outcome, 'popup_blocked')
  assert.equal(win.timers, 0)
})

test('a second click opens no second window', async () => {
  const scene = await opened()

  await scene.click()

  assert.equal(scene.win.popups.length, 1)
})

test('a click after the end opens no window', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  const scene = new Scene(win)
  await win.tick(0)
  scene.abort.abort()
  await win.tick(0)

  await scene.click()

  assert.equal(win.popups.length, 0)
})

test('a button that nobody clicks ends after five minutes', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  const scene = new Scene(win)

  await win.tick(300_000)

  assert.equal(scene.outcome, 'unanswered')
})

test('a popup that never answers is given up after five minutes', async () => {
  const scene = await asked()

  await scene.win.tick(300_000)

  assert.equal(scene.outcome, 'unanswered')
  assert.ok(scene.win.popup.closed)
})

test('the page’s signal closes the popup', async () => {
  const scene = await asked()

  scene.abort.abort('enough')
  await scene.win.tick(0)

  assert.equal(scene.outcome, 'enough')
  assert.ok(scene.win.popup.closed)
  assert.equal(scene.win.timers, 0)
})

test('a page that is left takes the popup along', async () => {
  const scene = await asked()

  scene.win.dispatchEvent(new Event('pagehide'))

  assert.deepEqual(scene.win.popup.posted.at(-1), { message: { chop: 'cancel' }, target: AGENT })
  assert.ok(scene.win.popup.closed)
})
