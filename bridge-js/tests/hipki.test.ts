/** A page that works with Chop, and with the vendor's component where there is none. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { BridgeError } from '../src/bridge-error.js'
import { askEither, type Either, type HipkiOptions, type HipkiState } from '../src/hipki-ask.js'
import { COMPONENT, READY_TIME } from '../src/hipki-component.js'
import { faultOf } from '../src/hipki-faults.js'
import { certificates, decrypt, sign, signIn } from '../src/hipki.js'
import { CERTIFICATES, decryptEither, signEither, signInEither } from '../src/hipki-operations.js'
import { certificatesOf } from '../src/certificates.js'
import { signWith } from '../src/sign.js'
import { AGENT, ASSERTION, CHALLENGE, FakePermission, FakeWindow } from './fake-window.js'

const FORM = `${COMPONENT}/popupForm`
const PAGE = `${AGENT}/v1/bridge`
const GET_TBS = '{"func":"getTbs"}'
const SIGNED = {
  func: 'sign',
  ret_code: 0,
  last_error: 0,
  signature: 'MIIC',
  certb64: 'MIIB',
  cardSN: 'TP0',
}

class Scene {
  readonly states: string[] = []
  readonly reasons: string[] = []
  readonly abort = new AbortController()
  pins = 0
  outcome: unknown
  error: unknown
  #proceed = (): void => {}

  constructor(
    readonly win: FakeWindow,
    { either = signInEither(CHALLENGE) as Either<unknown>, pin = '12+34%' } = {},
    options: HipkiOptions = {},
  ) {
    const onState = (update: HipkiState): void => {
      this.states.push(update.state)
      if (update.state !== 'needs_click') return
      this.reasons.push(update.reason.code)
      this.#proceed = update.proceed
    }
    const ask = async (): Promise<string> => {
      this.pins += 1
      return pin
    }
    askEither(win, either, { signal: this.abort.signal, onState, ...options }, ask).then(
      (answer) => (this.outcome = answer),
      (error: unknown) => {
        this.error = error
        this.outcome = error instanceof BridgeError ? error.code : error
      },
    )
  }

  async click(): Promise<void> {
    this.#proceed()
    await this.win.tick(0)
  }

  /** The component's page says something. */
  async component(message: string | object): Promise<void> {
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    await this.win.hear(this.win.popup, COMPONENT, text)
  }
}

/** A browser that let the page through, and nothing there. */
function without(): FakeWindow {
  return new FakeWindow()
}

/** A browser that would ask first; Chromium does so after TLS, so with nothing there it does not. */
function unasked(): FakeWindow {
  const win = new FakeWindow()
  win.permission = new FakePermission('prompt')
  return win
}

function forbidden(): FakeWindow {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  return win
}

test('where Chop is, it signs in, and the component is not looked for', async () => {
  const scene = new Scene(new FakeWindow().withAgent())
  await scene.win.tick(0)

  assert.deepEqual(scene.outcome, { form: 'assertion', assertion: ASSERTION })
  assert.deepEqual([scene.win.popups.length, scene.pins], [0, 0])
  assert.deepEqual(scene.states, ['connecting', 'waiting_for_person'])
})

test('where it is not, the same click opens the component’s window', async () => {
  for (const win of [without(), unasked()]) {
    const scene = new Scene(win)
    await win.tick(0)
    assert.deepEqual(win.popup.visited, [FORM])
    assert.deepEqual([win.popup.posted, scene.pins], [[], 0])

    await scene.component(GET_TBS)
    assert.equal(scene.pins, 1)
    const [{ message, target } = { message: '', target: '' }] = win.popup.posted
    assert.equal(target, COMPONENT)
    // As the component takes it: percent-encoding undone once, `+` as it is.
    assert.doesNotMatch(String(message), /\+/)
    const sent = JSON.parse(decodeURIComponent(String(message)))
    assert.deepEqual(sent, {
      func: 'MakeSignature',
      tbs: btoa(CHALLENGE),
      tbsEncoding: 'base64',
      hashAlgorithm: 'SHA256',
      signatureType: 'PKCS7',
      withCardSN: 'false',
      nonce: '',
      pin: '12+34%',
    })

    await scene.component(SIGNED)
    const expected = { form: 'cms', signature: 'MIIC', certificate: 'MIIB', cardNumber: 'TP0' }
    assert.deepEqual(scene.outcome, expected)
    assert.deepEqual(scene.states, ['connecting', 'component'])
    assert.ok(win.popup.closed)
    await win.tick(1000)
    assert.equal(win.timers, 0)
  }
})

test('a blocked window waits for a click', async () => {
  const win = without()
  win.popupsBlocked = true
  const scene = new Scene(win)
  await win.tick(0)
  assert.deepEqual(scene.reasons, ['agent_unreachable'])

  win.popupsBlocked = false
  await scene.click()
  await scene.component(GET_TBS)
  await scene.component(SIGNED)
  assert.equal((scene.outcome as { form: string }).form, 'cms')
})

test('without anybody to show a button the reason is thrown', async () => {
  const win = without()
  win.popupsBlocked = true
  const asked = askEither(win, signInEither(CHALLENGE), {}, () => '1')
  const thrown = assert.rejects(asked, { code: 'agent_unreachable' })
  await win.tick(0)
  await thrown
})

test('behind a closed door one window looks for Chop first, then for the component', async () => {
  const scene = new Scene(forbidden())
  await scene.win.tick(0)
  assert.deepEqual(scene.reasons, ['permission_denied'])
  assert.equal(scene.win.popups.length, 0)

  await scene.click()
  assert.deepEqual(scene.win.popup.visited, [PAGE])
  await scene.win.tick(9000)
  assert.equal(scene.win.popup.visited.at(-1), FORM)
  await scene.component(GET_TBS)
  await scene.component(SIGNED)
  assert.equal((scene.outcome as { form: string }).form, 'cms')
  assert.equal(scene.win.popups.length, 1)
})

test('and Chop in that window has the request', async () => {
  const scene = new Scene(forbidden())
  await scene.win.tick(0)
  await scene.click()
  await scene.win.hear(scene.win.popup, AGENT, { chop: 'ready', protocol: 1 })
  await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', result: ASSERTION })

  assert.deepEqual(scene.outcome, { form: 'assertion', assertion: ASSERTION })
  assert.ok(scene.win.popup.closed && scene.pins === 0)
})

test('where nothing seemed to be, Chop is looked for after the component', async () => {
  const scene = new Scene(unasked())
  await scene.win.tick(READY_TIME)
  assert.deepEqual(scene.win.popup.visited, [FORM, PAGE])
  await scene.win.hear(scene.win.popup, AGENT, { chop: 'ready', protocol: 1 })
  await scene.win.hear(scene.win.popup, AGENT, { chop: 'answer', result: ASSERTION })

  assert.equal((scene.outcome as { form: string }).form, 'assertion')
})

test('with neither it says so, asks for no PIN and leaves no window', async () => {
  for (const [win, ms] of [
    [without(), READY_TIME],
    [unasked(), READY_TIME + 9000],
  ] as const) {
    const scene = new Scene(win)
    await win.tick(ms)
    assert.equal(scene.outcome, 'agent_unreachable')
    assert.match(String(scene.error), /neither/)
    assert.ok(win.popup.closed && scene.pins === 0)
    assert.equal(win.timers, 0)
  }
})

test('only the component’s own page in that very window is listened to', async () => {
  const scene = new Scene(without())
  await scene.win.tick(0)
  await scene.win.hear(scene.win.popup, 'https://evil.example', GET_TBS)
  await scene.win.hear({}, COMPONENT, GET_TBS)
  await scene.win.hear(scene.win.popup, 'http://localhost:16888', GET_TBS)
  await scene.component(SIGNED)
  assert.deepEqual([scene.pins, scene.outcome], [0, undefined])

  await scene.component('not JSON')
  await scene.component('null')
  await scene.component(GET_TBS)
  assert.equal(scene.pins, 1)
})

test('a PIN goes out once, however often the window is loaded anew', async () => {
  const scene = new Scene(without())
  await scene.win.tick(0)
  await scene.component(GET_TBS)
  await scene.component(GET_TBS)
  assert.deepEqual([scene.pins, scene.win.popup.posted.length], [1, 1])
  await scene.component({ func: 'sign', ret_code: 1980760070, last_error: -2147483646 })
  assert.deepEqual([scene.outcome, (scene.error as BridgeError).triesLeft], ['pin_wrong', 2])
})

test('a person who gives no PIN has refused', async () => {
  const scene = new Scene(without(), { pin: '' })
  await scene.win.tick(0)
  await scene.component(GET_TBS)
  assert.equal(scene.outcome, 'user_refused')
  assert.ok(scene.win.popup.closed)
})

test('closing the window, leaving and cancelling end it', async () => {
  const closed = new Scene(without())
  await closed.win.tick(0)
  closed.win.popup.close()
  await closed.win.tick(400)
  assert.equal(closed.outcome, 'popup_closed')

  const cancelled = new Scene(without())
  await cancelled.win.tick(0)
  cancelled.abort.abort('enough')
  await cancelled.win.tick(0)
  assert.equal(cancelled.outcome, 'enough')
  assert.ok(cancelled.win.popup.closed)

  const slow = new Scene(without())
  await slow.win.tick(0)
  await slow.component(GET_TBS)
  await slow.win.tick(300_000)
  assert.equal(slow.outcome, 'unanswered')
})

test('the component’s numbers are the bridge’s words, signed or not', () => {
  for (const [code, last, expected, left] of [
    [1979711494, 0, 'no_card', undefined],
    [1980760070, 164, 'pin_locked', undefined],
    [1980760070, -2147483647, 'pin_wrong', 1],
    [1980760070, 0x80000002, 'pin_wrong', 2],
    [1980760070, 160, 'pin_wrong', null],
    [0x76000031, 0, 'origin_refused', undefined],
    [0x7600000f, undefined, 'origin_refused', undefined],
    [0x76000999, 0, 'user_refused', undefined],
    [1984954370, 0, 'no_certificate', undefined],
    [0x76400003, 0, 'not_decrypted', undefined],
    [-536870911, 0, 'card_fault', undefined],
    [1, 0, 'card_fault', undefined],
  ] as const) {
    const { code: said, triesLeft } = faultOf(code, last)
    assert.deepEqual([said, triesLeft], [expected, left], String(code))
  }
})

test('documents, certificates and envelopes go both ways', async () => {
  const content = Uint8Array.of(0xfb, 0xff)
  const signing = signEither(signWith([{ name: 'a', content }]), { name: 'a', content })
  assert.equal(signing.component.fields.tbs, '+/8=')
  assert.deepEqual(signing.component.parse(SIGNED), ['MIIC'])

  const opening = decryptEither(content)
  assert.deepEqual(opening.component.fields, {
    cipher: '+/8=',
    cipherType: 'PKCS7',
    plainEncoding: 'base64',
  })
  assert.deepEqual(opening.component.parse({ plain: 'aGk=' }), Uint8Array.of(0x68, 0x69))

  const cert = (certb64: string, usage?: string): object => ({ certb64, usage })
  const certs = [
    cert('ROOT', 'digitalSignature|keyCertSign|cRLSign'),
    cert('CA', 'keyCertSign|cRLSign'),
    cert('SIGN', 'digitalSignature'),
    cert('KEYX', 'keyEncipherment|dataEncipherment'),
    cert('ODD'),
  ]
  const slots = [{}, { token: 'unknown token' }, { token: { certs } }]
  assert.deepEqual(CERTIFICATES.parse({ slots }), {
    certificates: [
      { certificate: 'SIGN', uses: ['sign_in', 'sign'] },
      { certificate: 'KEYX', uses: ['decrypt'] },
    ],
    issuers: ['ROOT', 'CA'],
  })
  assert.throws(() => CERTIFICATES.parse({ slots: [] }), { code: 'no_reader' })
  assert.throws(() => CERTIFICATES.parse({ slots: [{ token: null }] }), { code: 'no_card' })
})

test('certificates need no PIN', async () => {
  const win = without()
  const either = { chop: certificatesOf(), component: CERTIFICATES }
  const thrown = assert.rejects(askEither(win, either, {}), { code: 'no_reader' })
  await win.tick(0)
  await win.hear(win.popup, COMPONENT, GET_TBS)
  assert.deepEqual(JSON.parse(String(win.popup.posted[0]?.message)), { func: 'GetUserCert' })
  const empty = { func: 'pkcs11info', ret_code: 0, slots: [] }
  await win.hear(win.popup, COMPONENT, JSON.stringify(empty))
  await thrown
})

test('an answer of another kind is none', async () => {
  for (const answer of [
    { ...SIGNED, func: 'pkcs11info' },
    { ...SIGNED, ret_code: '0' },
    { ...SIGNED, signature: undefined },
  ]) {
    const scene = new Scene(without())
    await scene.win.tick(0)
    await scene.component(GET_TBS)
    await scene.component(answer)
    assert.equal(scene.outcome, 'invalid_answer')
  }
})

test('outside of a page it says so', async () => {
  const pin = (): string => '1'
  const outside = { code: 'invalid_request' }
  const document = { name: 'a', content: new Uint8Array(1) }
  await assert.rejects(signIn(CHALLENGE, { pin }), outside)
  await assert.rejects(sign([document], { pin }), outside)
  await assert.rejects(sign([], { pin }), outside)
  await assert.rejects(certificates(), outside)
  await assert.rejects(decrypt(new Uint8Array(1), { pin }), outside)
})
