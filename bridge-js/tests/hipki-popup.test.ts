import assert from 'node:assert/strict'
import { test } from 'node:test'

import { serveHipkiPopup } from '../src/serve-hipki-popup.js'
import { settled } from './fake-window.js'

const SITE = 'https://bank.example'
const PACKAGE = '{"func":"MakeSignature","tbs":"a%2Bb","pin":"123456"}'
const TICKET = { status: 200, text: '{"ticket":"T"}' }
const SIGNED = { status: 200, text: '{"func":"sign","ret_code":0}' }

type Reply = { readonly status: number; readonly text: string } | 'pending'

/** The popup's window, with an opener that notes what it is told. */
class PopupPage extends EventTarget {
  readonly told: { readonly message: unknown; readonly target: string }[] = []
  readonly requests: { readonly path: string; readonly init: RequestInit }[] = []
  readonly state = { textContent: '' as string | null }
  readonly timers: { readonly action: () => void; readonly ms: number }[] = []
  closed = false
  look: () => void = () => {}
  readonly opener: { closed: boolean; postMessage(message: unknown, target: string): void } | null
  readonly document

  constructor(
    readonly replies: Record<string, Reply> = {},
    { first = 'getTbs', withOpener = true } = {},
  ) {
    super()
    this.document = { body: { dataset: { first } }, getElementById: () => this.state }
    const postMessage = (message: unknown, target: string): void =>
      void this.told.push({ message, target })
    this.opener = withOpener ? { closed: false, postMessage } : null
    serveHipkiPopup(this as never)
  }

  setInterval(action: () => void): void {
    this.look = action
  }

  setTimeout(action: () => void, ms: number): void {
    this.timers.push({ action, ms })
  }

  async fetch(path: string, init: RequestInit): Promise<Response> {
    this.requests.push({ path, init })
    const reply = this.replies[path]
    if (reply === 'pending') {
      await new Promise((_, reject) =>
        init.signal!.addEventListener('abort', () => reject(init.signal!.reason)),
      )
    }
    if (reply === undefined || reply === 'pending') throw new TypeError('Failed to fetch')
    return new Response(reply.text, { status: reply.status })
  }

  close(): void {
    this.closed = true
    this.dispatchEvent(new Event('pagehide'))
  }

  async hear(data: unknown, origin = SITE, source: unknown = this.opener): Promise<void> {
    this.dispatchEvent(Object.assign(new Event('message'), { source, origin, data }))
    await settled()
  }
}

const signing = { '/chop/ticket': TICKET, '/chop/popup': SIGNED }

test('it asks for the package at once, as a string', () => {
  assert.deepEqual(new PopupPage().told, [{ message: '{"func":"getTbs"}', target: '*' }])
  const other = new PopupPage({}, { first: 'CMCAtn' })
  assert.equal(other.told[0]?.message, '{"func":"CMCAtn"}')
})

test('it hands the package on as it came, with a ticket for who sent it', async () => {
  const page = new PopupPage(signing)

  await page.hear(PACKAGE)

  const [ticket, request] = page.requests
  assert.deepEqual([ticket?.path, ticket?.init.body], ['/chop/ticket', `{"origin":"${SITE}"}`])
  assert.deepEqual([request?.path, request?.init.body], ['/chop/popup', PACKAGE])
  assert.deepEqual(request?.init.headers, { 'content-type': 'text/plain', 'chop-ticket': 'T' })
})

test('it answers that origin with the text as it came, and stays for a second', async () => {
  const page = new PopupPage(signing)

  await page.hear(PACKAGE)

  assert.deepEqual(page.told[1], { message: SIGNED.text, target: SITE })
  assert.ok(!page.closed)
  const [timer] = page.timers
  assert.equal(timer?.ms, 1000)
  timer?.action()
  assert.ok(page.closed)
})

test('an object is taken for the string that it should have been', async () => {
  const page = new PopupPage(signing)

  await page.hear({ func: 'GetUserCert' })

  assert.equal(page.requests[1]?.init.body, '{"func":"GetUserCert"}')
})

test('it takes one package, of its opener', async () => {
  const page = new PopupPage({ '/chop/ticket': 'pending' })

  await page.hear(PACKAGE, SITE, {})
  await page.hear(PACKAGE, SITE, null)
  await page.hear(undefined)
  await page.hear(1)
  assert.equal(page.requests.length, 0)
  await page.hear(PACKAGE)
  await page.hear(PACKAGE, 'https://evil.example')

  assert.deepEqual(
    page.requests.map(({ init }) => init.body),
    [`{"origin":"${SITE}"}`],
  )
})

test('there is always an answer by the name that the page waits for', async () => {
  const cases: readonly [Record<string, Reply>, string, string, number][] = [
    [{}, PACKAGE, 'sign', 0x7600000d],
    [{}, '{"func":"GetUserCert"}', 'pkcs11info', 0x7600000d],
    [{}, '{"func":"DecryptData"}', 'decrypt', 0x7600000d],
    [{ '/chop/ticket': { status: 403, text: '{}' } }, PACKAGE, 'sign', 0x76000031],
    [
      { ...signing, '/chop/popup': { status: 413, text: '{}' } },
      '{"func":"changeUserPINCode"}',
      'changeUserPINCode',
      0x76000031,
    ],
  ]
  for (const [replies, text, func, code] of cases) {
    const page = new PopupPage(replies)

    await page.hear(text)

    const answer = JSON.parse(String(page.told[1]?.message))
    assert.deepEqual([answer.func, answer.ret_code], [func, code])
    assert.equal(Array.isArray(answer.slots), func === 'pkcs11info')
  }
})

test('an origin without a name is refused, and told so', async () => {
  const page = new PopupPage(signing)

  await page.hear(PACKAGE, 'null')

  assert.equal(page.requests.length, 0)
  assert.equal(JSON.parse(String(page.told[1]?.message)).ret_code, 0x76000031)
  assert.equal(page.told[1]?.target, '*')
})

test('closing it ends its request and answers nothing', async () => {
  const page = new PopupPage({ ...signing, '/chop/popup': 'pending' })
  await page.hear(PACKAGE)

  page.close()
  await settled()

  assert.ok(page.requests.every(({ init }) => init.signal?.aborted))
  assert.equal(page.told.length, 1)
})

test('it goes when its opener has gone', () => {
  const page = new PopupPage()
  page.look()
  assert.ok(!page.closed)
  page.opener!.closed = true
  page.look()
  assert.ok(page.closed)
})

test('opened by hand it says what it is', () => {
  assert.match(new PopupPage({}, { withOpener: false }).state.textContent ?? '', /belongs to Chop/)
})

test('nothing that it receives is shown', async () => {
  const page = new PopupPage(signing)
  await page.hear('<b>hello</b>', 'https://hello.example')
  assert.doesNotMatch(page.state.textContent ?? '', /hello/)
})
