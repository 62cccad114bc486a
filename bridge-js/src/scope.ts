import type { BrowserWindow } from './browser-window.js'

/** How long a person may take for any one answer, in milliseconds; challenges live no longer. */
export const PATIENCE = 300_000

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>

/** Owns what waits: listeners, timers, requests. They end with `end`; requests also with `outer`. */
export class Scope {
  readonly #controller = new AbortController()
  readonly #ends = new Set<() => void>()

  /** @throws the reason of `outer`, if that has fired already. */
  constructor(
    readonly win: BrowserWindow,
    outer: AbortSignal | undefined,
  ) {
    outer?.throwIfAborted()
    if (outer !== undefined) this.on(outer, 'abort', () => this.abort(outer.reason))
  }

  /** For requests. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  on<E extends Event>(target: Target, type: string, listener: (event: E) => void): void {
    target.addEventListener(type, listener as (event: Event) => void)
    this.#ends.add(() => target.removeEventListener(type, listener as (event: Event) => void))
  }

  /** Does `action` after `ms` milliseconds; the answer takes that back. */
  after(ms: number, action: () => void): () => void {
    const timer = this.win.setTimeout(() => {
      this.#ends.delete(cancel)
      action()
    }, ms)
    const cancel = (): void => this.win.clearTimeout(timer)
    this.#ends.add(cancel)
    return cancel
  }

  /** Ends the requests, with `reason` where the page's own signal has one. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason)
  }

  end(): void {
    for (const end of this.#ends) end()
    this.abort()
  }
}
