import assert from 'node:assert/strict'
import { test } from 'node:test'

import { servePopup } from '../src/serve-popup.js'
import { ASSERTION, CHALLENGE, settled, type Reply } from './fake-window.js'

const SITE = 'https://bank.example'
const SIGN_IN = { chop: 'sign_in', request: { challenge: CHALLENGE } }
const TICKET = { json: { ticket: 'T' } }

/** The popup's own window, with an opener that notes what it is told. */
class PopupPage extends EventTarget {
  readonly told: { readonly message: unknown; readonly target: string }[] = []
  readonly requests: { readonly path: string; readonly init: RequestInit }[] = []
  readonly element = { textContent: '' }
  readonly document = { getElementById: (id: string) => (id === 'state' ? this.element : null) }
  closed = false
  everyHalfSecond: () => void = () => {}
  readonly opener: { closed: boolean; postMessage(message: unknown, target: string): void } | null

  constructor(
    readonly replies: Record<string, Reply> = {},
    withOpener = true,
  ) {
    super()
    const postMessage = (message: unknown, target: string): void =>
      void this.told.push({ message, target })
    this.opener = withOpener ? { closed: false, postMessage } : null
    servePopup(this as never)
  }

  setInterval(action: () => void, ms: number): void {
    assert.equal(ms, 500)
    this.everyHalfSecond = action
  }

  async fetch(path: string, init: RequestInit): Promise<Response> {
    this.requests.push({ path, init })
    const reply = this.replies[path]
    if (reply === 'pending') {
      const { signal } = init
      await new Promise((_, reject) =>
        signal!.addEventListener('abort', () => reject(signal!.reason)),
      )
    }
    if (reply === undefined || reply === 'pending') throw new TypeError('Failed to fetch')
    return Response.json(reply.json, { status: reply.status ?? 200 })
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

const signing = { '/v1/bridge/tickets': TICKET, '/v1/sign-in': { json: ASSERTION } }

test('it says that it is ready', () => {
  const page = new PopupPage()

  assert.deepEqual(page.told, [{ message: { chop: 'ready', protocol: 1 }, target: '*' }])
})

test('it asks for a ticket in the opener’s name, then for the signature with the ticket', async () => {
  const page = new PopupPage(signing)

  await page.hear(SIGN_IN)

  const [ticket, signIn] = page.requests
  assert.deepEqual(
    [ticket?.path, ticket?.init.body],
    ['/v1/bridge/tickets', `{"origin":"${SITE}"}`],
  )
  assert.deepEqual(
    [signIn?.path, signIn?.init.body],
    ['/v1/sign-in', `{"challenge":"${CHALLENGE}"}`],
  )
  const json = { 'content-type': 'application/json' }
  assert.deepEqual(ticket?.init.headers, json)
  assert.deepEqual(signIn?.init.headers, { ...json, 'chop-ticket': 'T' })
})

test('every operation has its own path, and other words have none', async () => {
  for (const [chop, path] of [
    ['certificates', '/v1/certificates'],
    ['sign', '/v1/sign'],
    ['decrypt', '/v1/decrypt'],
  ] as const) {
    const page = new PopupPage({ '/v1/bridge/tickets': TICKET, [path]: { json: { done: chop } } })

    await page.hear({ chop, request: { of: chop } })

    assert.equal(page.requests[1]?.path, path)
    assert.equal(page.requests[1]?.init.body, `{"of":"${chop}"}`)
    const answer = { chop: 'answer', result: { done: chop } }
    assert.deepEqual(page.told[1], { message: answer, target: SITE })
  }
  for (const chop of ['__proto__', 'constructor', 'toString', '/v1/sign', ['sign']]) {
    const page = new PopupPage(signing)

    await page.hear({ chop, request: {} })

    assert.deepEqual(page.requests, [])
  }
})

test('it hands the answer to exactly that origin and closes itself', async () => {
  const page = new PopupPage(signing)

  await page.hear(SIGN_IN)

  const answer = { chop: 'answer', result: ASSERTION }
  assert.deepEqual(page.told[1], { message: answer, target: SITE })
  assert.ok(page.closed)
})

test('it hands on a refusal of the ticket and of the signature', async () => {
  const refusal = { status: 403, json: { code: 'user_refused' } }
  for (const replies of [
    { '/v1/bridge/tickets': refusal },
    { '/v1/bridge/tickets': TICKET, '/v1/sign-in': refusal },
  ]) {
    const page = new PopupPage(replies)

    await page.hear(SIGN_IN)

    const answer = { chop: 'answer', problem: { code: 'user_refused' } }
    assert.deepEqual(page.told[1], { message: answer, target: SITE })
  }
})

test('it answers too when the agent has gone', async () => {
  const page = new PopupPage()

  await page.hear(SIGN_IN)

  const answer = { chop: 'answer', problem: { code: 'agent_unreachable' } }
  assert.deepEqual(page.told[1], { message: answer, target: SITE })
})

test('it hears its opener only', async () => {
  const page = new PopupPage(signing)

  await page.hear(SIGN_IN, SITE, {})
  await page.hear(SIGN_IN, SITE, null)

  assert.deepEqual(page.requests, [])
})

test('it asks once, for the first origin that it heard', async () => {
  const page = new PopupPage({ '/v1/bridge/tickets': 'pending' })

  await page.hear(SIGN_IN)
  await page.hear(SIGN_IN, 'https://evil.example')

  assert.deepEqual(
    page.requests.map(({ init }) => init.body),
    [`{"origin":"${SITE}"}`],
  )
})

test('messages that mean nothing do not use that up', async () => {
  const page = new PopupPage(signing)

  for (const data of [null, undefined, 0, '', 'sign_in', [], {}, { chop: 'ready' }]) {
    await page.hear(data)
  }
  assert.deepEqual(page.requests, [])
  await page.hear(SIGN_IN)

  assert.equal(page.requests.length, 2)
})

test('an origin without a name is refused, for good', async () => {
  const page = new PopupPage(signing)

  await page.hear(SIGN_IN, 'null')
  await page.hear(SIGN_IN)

  assert.deepEqual(page.requests, [])
  assert.match(page.element.textContent, /不能使用 Chop/)
})

test('closing it ends its request and answers nothing', async () => {
  const page = new PopupPage({ '/v1/bridge/tickets': TICKET, '/v1/sign-in': 'pending' })
  await page.hear(SIGN_IN)

  page.dispatchEvent(new Event('pagehide'))
  await settled()

  assert.ok(page.requests.every(({ init }) => init.signal?.aborted))
  assert.equal(page.told.length, 1)
})

test('it goes when the page that asked says so while it is being left', async () => {
  const page = new PopupPage({ '/v1/bridge/tickets': 'pending' })
  await page.hear(SIGN_IN)
  await page.hear({ chop: 'cancel' }, 'https://evil.example')
  assert.ok(!page.closed)

  await page.hear({ chop: 'cancel' }, SITE, null)

  assert.ok(page.closed)
  assert.equal(page.told.length, 1)
})

test('it goes when its opener has gone', () => {
  const page = new PopupPage()
  page.everyHalfSecond()
  assert.ok(!page.closed)

  page.opener!.closed = true
  page.everyHalfSecond()

  assert.ok(page.closed)
})

test('opened by hand it says what it is', () => {
  const page = new PopupPage({}, false)

  assert.match(page.element.textContent, /This page belongs to Chop/)
})

test('nothing that it receives is shown', async () => {
  const page = new PopupPage(signing)

  await page.hear({ ...SIGN_IN, request: '<b>hello</b>' }, 'https://hello.example')

  assert.doesNotMatch(page.element.textContent, /hello/)
})
