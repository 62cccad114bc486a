/** A page's window with a clock, a network and a person that the test moves by hand. */

import type { BrowserWindow, FeaturePolicy, Popup } from '../src/browser-window.js'

export const CHALLENGE = `${'A'.repeat(43)}=`
export const AGENT = 'https://localhost:21443'
export const ASSERTION = {
  unverifiedCertificate: 'MIIB',
  algorithm: 'ES256',
  signature: 'AAAA',
  format: 'web-eid:1.0',
  appVersion: 'urn:chop:agent:1',
}

/** What the network gives: status and JSON, nothing yet (`pending`), or a refusal (`undefined`). */
export type Reply = { readonly status?: number; readonly json: unknown } | 'pending' | undefined

export interface Request {
  readonly url: string
  readonly init: RequestInit
}

export class FakeWindow extends EventTarget implements BrowserWindow {
  isSecureContext = true
  origin = 'https://bank.example'
  top: unknown = this
  document: EventTarget & { featurePolicy?: FeaturePolicy } = new EventTarget()
  permission: FakePermission | undefined = new FakePermission('granted')
  /** Names that this browser knows the permission by. */
  permissionNames = ['loopback-network']
  popupsBlocked = false

  readonly requests: Request[] = []
  readonly popups: FakePopup[] = []
  readonly #clock = new FakeClock()
  readonly #replies = new Map<string, Reply>()
  readonly #pending = new Map<string, (reply: Reply) => void>()

  readonly performance = { now: () => this.#clock.now }
  readonly setTimeout = (action: () => void, ms: number): number => this.#clock.set(action, ms)
  readonly clearTimeout = (id?: number): void => this.#clock.clear(id)

  readonly navigator = {
    permissions: {
      query: async ({ name }: { name: string }) => {
        if (this.permission === undefined || !this.permissionNames.includes(name)) {
          throw new TypeError(`no permission ${name}`)
        }
        return this.permission
      },
    },
  }

  /** What answers at an address from now on. */
  reply(url: string, reply: Reply): this {
    this.#replies.set(url, reply)
    return this
  }

  /** Lets the request that is pending at `url` go on. */
  async release(url: string, reply: Reply): Promise<void> {
    this.#pending.get(url)?.(reply)
    await settled()
  }

  /** An agent at `origin` that signs at once. */
  withAgent(origin = AGENT): this {
    this.reply(`${origin}/v1/info`, { json: { agent: 'chop', protocol: [1, 1] } })
    return this.reply(`${origin}/v1/sign-in`, { json: ASSERTION })
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    this.requests.push({ url, init })
    const signal = init.signal
    signal?.throwIfAborted()
    let reply = this.#replies.get(url)
    if (reply === 'pending') {
      reply = await new Promise((resolve, reject) => {
        this.#pending.set(url, resolve)
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    }
    if (reply === undefined || reply === 'pending') throw new TypeError('Failed to fetch')
    return Response.json(reply.json, { status: reply.status ?? 200 })
  }

  open(url: string, target: string, features: string): Popup | null {
    if (this.popupsBlocked) return null
    const popup = new FakePopup(url, target, features)
    this.popups.push(popup)
    return popup
  }

  /** The newest popup. */
  get popup(): FakePopup {
    const popup = this.popups.at(-1)
    if (popup === undefined) throw new Error('no popup was opened')
    return popup
  }

  /** The addresses asked, without the agent's origin where that is `AGENT`. */
  get asked(): string[] {
    return this.requests.map(({ url }) => url.replace(AGENT, ''))
  }

  /** A message arrives. */
  async hear(source: unknown, origin: string, data: unknown): Promise<void> {
    this.dispatchEvent(Object.assign(new Event('message'), { source, origin, data }))
    await settled()
  }

  /** Time goes by. */
  async tick(ms: number): Promise<void> {
    await this.#clock.advance(ms)
  }

  /** Timers that still run. */
  get timers(): number {
    return this.#clock.count
  }
}

export class FakePermission extends EventTarget {
  constructor(public state: PermissionState) {
    super()
  }

  /** The person answers, or changes a setting. */
  become(state: PermissionState): void {
    this.state = state
    this.dispatchEvent(new Event('change'))
  }
}

export class FakePopup {
  closed = false
  readonly posted: { readonly message: unknown; readonly target: string }[] = []
  readonly visited: string[]

  constructor(
    url: string,
    readonly target: string,
    readonly features: string,
  ) {
    this.visited = [url]
  }

  readonly location = { replace: (url: string): void => void this.visited.push(url) }

  postMessage(message: unknown, target: string | WindowPostMessageOptions = ''): void {
    this.posted.push({ message, target: String(target) })
  }

  close(): void {
    this.closed = true
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

class FakeClock {
  now = 0
  #next = 1
  readonly #timers = new Map<number, { readonly at: number; readonly action: () => void }>()

  get count(): number {
    return this.#timers.size
  }

  set(action: () => void, ms: number): number {
    const id = this.#next++
    this.#timers.set(id, { at: this.now + ms, action })
    return id
  }

  clear(id?: number): void {
    if (id !== undefined) this.#timers.delete(id)
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    await settled()
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end)
      const first = due.sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
      if (first === undefined) break
      const [id, { at, action }] = first
      this.#timers.delete(id)
      this.now = at
      action()
      await settled()
    }
    this.now = end
  }
}
