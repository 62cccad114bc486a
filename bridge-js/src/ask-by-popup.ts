/** Asks through the agent's own page in a popup. Spec: docs/protocol.md, "The popup". */

import { BridgeError } from './bridge-error.js'
import type { BrowserWindow, Popup } from './browser-window.js'
import type { Operation } from './operations.js'
import { parseProblem } from './parse-problem.js'
import { PATIENCE, Scope } from './scope.js'
import { noteSimulated } from './simulated.js'
import { PROTOCOL_VERSION } from './words.js'

/** How long the page at one address may take to say that it is ready, in milliseconds. */
const READY_TIME = 3000

/** How often to look whether the popup is still there. */
const CLOSED_CHECK = 200

/**
 * A popup that seems closed so soon is one that the page's `Cross-Origin-Opener-Policy` cut off:
 * to its opener it looks closed at once. A person is slower.
 */
const ISOLATED_TIME = 1000

/**
 * Where pages written for HiCOS find Chop, without TLS. Its page there needs no certificate, says that
 * Chop is here, and takes nothing: whoever else had that port could be anybody.
 */
export const HERE = 'http://localhost:61161'

/** What happened and the next step, for developers. */
const MESSAGES = {
  agent_unreachable:
    'the popup found no agent either; it is not installed, not running or not trusted',
  agent_untrusted:
    'Chop runs, but this browser does not trust its certificate: `chop doctor` says how it does',
  opener_isolated:
    'the page’s Cross-Origin-Opener-Policy must not be same-origin; same-origin-allow-popups is fine',
  popup_closed:
    'the popup was closed before it had an answer; start again when the person wants to',
  protocol_unsupported: 'update the bridge or the agent, whichever is older',
  unanswered: 'the agent gave no answer in time',
} as const

/** The agent's page at the first of `agents`. */
export function pageOf([agent]: readonly string[]): string {
  return `${agent}/v1/bridge`
}

/** Opens the popup; `null` unless called in a click. */
export function openPopup(win: BrowserWindow, url: string): Popup | null {
  // A new window each time: one found by its name could be somebody else's.
  return win.open(url, '_blank', 'popup,width=480,height=320')
}

/**
 * Waits for the popup's page, hands it the request and takes the answer. The popup stays for its
 * opener to close.
 *
 * @param onReady called when the popup has the request.
 * @param onSimulated called when the cards behind the answer are simulated.
 * @param here where to look at last: whether an agent is there that the browser does not trust.
 */
export async function askByPopup(
  win: BrowserWindow,
  popup: Popup,
  agents: readonly string[],
  { name, request }: Operation<unknown>,
  signal?: AbortSignal,
  onReady?: () => void,
  onSimulated?: () => void,
  here?: string,
): Promise<unknown> {
  const opened = win.performance.now()
  let scope: Scope | undefined
  try {
    scope = new Scope(win, signal)
    return await talk(scope)
  } finally {
    scope?.end()
  }

  function talk(scope: Scope): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (code: keyof typeof MESSAGES): void =>
        reject(new BridgeError(code, MESSAGES[code]))
      scope.on(scope.signal, 'abort', () => reject(scope.signal.reason))

      const [first = '', ...others] = agents
      let agent = first
      let ready = false

      // The same window goes on to the next address: a second one would need a second click.
      const steer = (): void => {
        const next = others.shift() ?? here
        if (next === undefined || next === agent) return fail('agent_unreachable')
        agent = next
        popup.location.replace(agent === here ? `${here}/chop/here` : pageOf([agent]))
        cancelSteering = scope.after(READY_TIME, steer)
      }
      let cancelSteering = scope.after(READY_TIME, steer)

      const greeted = (protocol: unknown): void => {
        if (protocol !== PROTOCOL_VERSION) return fail('protocol_unsupported')
        popup.postMessage({ chop: name, request }, agent)
        // Ready once more when the person reloads the popup.
        if (ready) return
        ready = true
        cancelSteering()
        scope.after(PATIENCE, () => fail('unanswered'))
        onReady?.()
      }

      scope.on(win, 'message', (event: MessageEvent) => {
        // Only from this window, and only while the agent's page is in it.
        if (event.source !== popup || event.origin !== agent) return
        const message = Object(event.data) as Record<string, unknown>
        // Nothing else is heard there, and nothing is said: nobody knows who it is.
        if (agent === here) return void (message.chop === 'here' && fail('agent_untrusted'))
        if (message.chop === 'ready') greeted(message.protocol)
        if (message.chop !== 'answer') return
        noteSimulated('result' in message ? message.result : message.problem, onSimulated)
        if ('result' in message) resolve(message.result)
        else reject(parseProblem(message.problem))
      })

      const checkClosed = (): void => {
        if (!popup.closed) return void scope.after(CLOSED_CHECK, checkClosed)
        const isolated = !ready && win.performance.now() - opened < ISOLATED_TIME
        // An answer may still be on its way from a popup that has closed itself.
        scope.after(CLOSED_CHECK, () => fail(isolated ? 'opener_isolated' : 'popup_closed'))
      }
      scope.after(CLOSED_CHECK, checkClosed)

      // Who leaves the page takes the question along. When that goes to another site Chromium 156
      // drops the `close` and delivers the message.
      scope.on(win, 'pagehide', () => {
        popup.postMessage({ chop: 'cancel' }, agent)
        popup.close()
      })
    })
  }
}
