import assert from 'node:assert/strict'
import { test } from 'node:test'

import { detect, detectFrom } from '../src/detect.js'
import { AGENT, FakePermission, FakeWindow } from './fake-window.js'

/** What `detect` says once the network has had its turn. */
async function detected(win: FakeWindow, signal?: AbortSignal): Promise<unknown> {
  const detection = detectFrom(win, signal === undefined ? {} : { signal }).catch((e) => e)
  await win.tick(3000)
  return detection
}

function withPermission(state: PermissionState): FakeWindow {
  const win = new FakeWindow().withAgent()
  win.permission = new FakePermission(state)
  return win
}

test('an agent that may be asked is available', async () => {
  assert.equal(await detected(withPermission('granted')), 'available')
})

test('an agent that may be asked and does not answer is absent', async () => {
  assert.equal(await detected(new FakeWindow()), 'absent')
  assert.equal(await detected(new FakeWindow().reply(`${AGENT}/v1/info`, 'pending')), 'absent')
})

test('nothing is sent while the browser would ask', async () => {
  const win = withPermission('prompt')

  assert.equal(await detected(win), 'unknown_until_click')
  assert.deepEqual(win.asked, [])
})

test('nothing is sent where the browser has been told to refuse', async () => {
  const win = withPermission('denied')

  assert.equal(await detected(win), 'popup_only')
  assert.deepEqual(win.asked, [])
})

test('pages that can never work are said to be such', async () => {
  const insecure = new FakeWindow()
  insecure.isSecureContext = false
  const sandboxed = new FakeWindow()
  sandboxed.origin = 'null'

  assert.equal(await detected(insecure), 'unsuitable_page')
  assert.equal(await detected(sandboxed), 'unsuitable_page')
  assert.equal(await detect(), 'unsuitable_page')
})

test('no sign-in is started', async () => {
  const win = withPermission('granted')

  await detected(win)

  assert.ok(win.asked.every((address) => address.endsWith('/v1/info')))
})

test('the page’s signal ends it', async () => {
  assert.equal(await detected(new FakeWindow(), AbortSignal.abort('enough')), 'enough')
})
