/** Simulated cards say so, whatever comes of them and by whatever road. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AGENT, ASSERTION, FakePermission, FakeWindow } from './fake-window.js'
import { Scene } from './scene.js'

const READY = { chop: 'ready', protocol: 1 }

/** A sign-in, and how often the page was told that the cards are simulated. */
function counted(win: FakeWindow): { scene: Scene; told: () => number } {
  let times = 0
  const scene = new Scene(win, { onSimulated: () => (times += 1) })
  return { scene, told: () => times }
}

function answering(json: object, status = 200): FakeWindow {
  return new FakeWindow().withAgent().reply(`${AGENT}/v1/sign-in`, { json, status })
}

test('an answer of simulated cards is said to be one before it is there', async () => {
  const simulated = { ...ASSERTION, simulated: true }
  const { scene, told } = counted(answering(simulated))
  await scene.win.tick(0)
  assert.deepEqual([scene.outcome, told()], [simulated, 1])
})

test('so is a problem', async () => {
  const { scene, told } = counted(answering({ simulated: true, code: 'user_refused' }, 403))
  await scene.win.tick(0)
  assert.deepEqual([scene.outcome, told()], ['user_refused', 1])
})

test('so is what comes through the popup', async () => {
  for (const said of [
    { result: { ...ASSERTION, simulated: true } },
    { problem: { code: 'user_refused', simulated: true } },
  ]) {
    const win = new FakeWindow()
    win.permission = new FakePermission('denied')
    const { scene, told } = counted(win)
    await win.tick(0)
    await scene.click()
    await win.hear(win.popup, AGENT, READY)
    await win.hear(win.popup, AGENT, { chop: 'answer', ...said })
    assert.equal(told(), 1)
    assert.notEqual(scene.outcome, undefined)
  }
})

test('answers of real cards are not, and nobody has to listen', async () => {
  const { scene, told } = counted(answering(ASSERTION))
  await scene.win.tick(0)
  assert.deepEqual([scene.outcome, told()], [ASSERTION, 0])

  const odd = counted(answering({ ...ASSERTION, simulated: 'yes' }))
  await odd.scene.win.tick(0)
  assert.equal(odd.told(), 0)

  const deaf = new Scene(answering({ ...ASSERTION, simulated: true }))
  await deaf.win.tick(0)
  assert.deepEqual(deaf.outcome, { ...ASSERTION, simulated: true })
})
