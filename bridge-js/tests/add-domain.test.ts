import assert from 'node:assert/strict'
import { test } from 'node:test'

import { serveAddDomain } from '../src/serve-add-domain.js'
import { settled } from './fake-window.js'

interface Part {
  textContent: string | null
  hidden: boolean
  onclick: (() => void) | null
}

/** The page, opened by a page that notes what it is told. */
class AddDomainPage {
  readonly told: unknown[] = []
  readonly requests: { readonly path: string; readonly body: unknown }[] = []
  readonly parts: Record<string, Part> = Object.fromEntries(
    ['site', 'ask', 'state'].map((id) => [id, { textContent: '', hidden: true, onclick: null }]),
  )
  readonly location
  readonly document = { getElementById: (id: string) => this.parts[id] ?? null }
  readonly opener = { postMessage: (message: unknown): void => void this.told.push(message) }
  closed = false

  constructor(
    search: string,
    readonly replies: Record<string, string> = {},
  ) {
    this.location = { search }
    serveAddDomain(this as never)
  }

  setTimeout(action: () => void): void {
    action()
  }

  close(): void {
    this.closed = true
  }

  async fetch(path: string, { body }: RequestInit): Promise<Response> {
    this.requests.push({ path, body })
    const reply = this.replies[path]
    if (reply === undefined) throw new TypeError('Failed to fetch')
    return new Response(reply)
  }

  async click(): Promise<void> {
    this.parts.ask?.onclick?.()
    await settled()
  }
}

const replies = (code: number) => ({
  '/chop/ticket': '{"ticket":"T"}',
  '/chop/let-in': JSON.stringify({ ret_code: code }),
})

test('nothing is asked before a click, and then for that site over https', async () => {
  const page = new AddDomainPage('?domain=www.bank.example', replies(0))
  assert.equal(page.parts.site?.textContent, 'https://www.bank.example')
  assert.equal(page.requests.length, 0)

  await page.click()

  assert.equal(page.requests[0]?.body, '{"origin":"https://www.bank.example"}')
  assert.deepEqual(page.told, ['{"ret_code":0}'])
  assert.match(page.parts.state?.textContent ?? '', /已經允許/)
  assert.ok(page.closed)
})

test('a no is said, and the opener told', async () => {
  const page = new AddDomainPage('?domain=bank.example:8443', replies(0x76000999))
  await page.click()
  assert.match(page.parts.state?.textContent ?? '', /沒有允許/)
  assert.deepEqual(page.told, [`{"ret_code":${0x76000999}}`])
})

test('an agent that has gone can be asked again', async () => {
  const page = new AddDomainPage('?domain=bank.example')
  await page.click()
  assert.match(page.parts.state?.textContent ?? '', /沒有回應/)
  assert.equal(page.parts.ask?.hidden, false)
  assert.deepEqual(page.told, [])
})

test('what is no host is not asked about', () => {
  for (const host of ['', 'a b', 'user@bank.example', 'bank.example/x', '<b>', 'https://a', 'a:b:c']) {
    const page = new AddDomainPage(`?domain=${encodeURIComponent(host)}`, replies(0))
    assert.equal(page.parts.ask?.hidden, true, host)
    assert.equal(page.parts.site?.textContent, '', host)
  }
})
