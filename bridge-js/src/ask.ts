import { askByFetch } from './ask-by-fetch.js'
import { askByPopup, HERE, openPopup, pageOf } from './ask-by-popup.js'
import type { AskState } from './ask-state.js'
import { BridgeError } from './bridge-error.js'
import { ownWindow, type BrowserWindow, type Popup } from './browser-window.js'
import type { Obstacle } from './decide.js'
import { candidates, findAgent, type AgentOptions } from './find-agent.js'
import type { Operation } from './operations.js'
import { waitForClick } from './wait-for-click.js'

/** What every operation may be told. */
export interface AskOptions extends AgentOptions {
  /** Cancels: closes the popup and the agent's window; the promise rejects with its reason. */
  readonly signal?: AbortSignal
  /**
   * Called whenever the operation has got further. Without it there is nobody to show a button, so
   * where a click is needed the promise rejects with the reason for that.
   */
  readonly onState?: (state: AskState) => void
  /**
   * Called before the promise settles when no real card has answered, but one of `chop simulate`.
   * For tests of a site, and for a banner that says so; a server must refuse such a card by itself.
   */
  readonly onSimulated?: () => void
}

/** What operations that use a certificate may be told. */
export interface CertificateOptions extends AskOptions {
  /**
   * Names of issuers whose certificates the site takes, each the DER of an X.501 Name in standard
   * base64; at most 32. Without it the agent offers those of all issuers.
   */
  readonly issuers?: readonly string[]
}

/**
 * Asks the agent on this computer. Call it in a click, in a page: not in a worker, and not before
 * the person wants it, because the browser may ask them whether this site may reach local programs.
 *
 * @throws {BridgeError} each code as `CODES` says.
 *
 * Spec: docs/protocol.md, "Operations".
 */
export async function ask<T>(operation: Operation<T>, options: AskOptions): Promise<T> {
  return askFrom(ownWindow(), operation, options)
}

/** `ask` in a given window. */
export async function askFrom<T>(
  win: BrowserWindow | undefined,
  operation: Operation<T>,
  options: AskOptions,
): Promise<T> {
  const direct = await askDirectly(win, operation, options)
  if ('answer' in direct) return direct.answer

  // 4. The way through a popup, for which the browser wants a click.
  const { page, agents, obstacle } = direct
  const { signal, onState, onSimulated } = options
  const { reason } = obstacle
  if (!obstacle.popup || onState === undefined) throw reason
  const open = (): Popup | null => openPopup(page, pageOf(agents))
  const popup = await waitForClick(page, open, signal, (proceed) =>
    onState({ state: 'needs_click', reason, proceed }),
  )
  onState({ state: 'popup' })
  const onAsked = (): void => onState({ state: 'waiting_for_person' })
  let stays = false
  try {
    return operation.parse(
      await askByPopup(page, popup, agents, operation, signal, onAsked, onSimulated, HERE),
    )
  } catch (error) {
    // Then Chop's own page is in it, and tells the person what to do.
    stays = error instanceof BridgeError && error.code === 'agent_untrusted'
    throw error
  } finally {
    if (!stays) popup.close()
  }
}

/** What came of asking without a popup. */
export type Direct<T> =
  | { readonly answer: T }
  | {
      readonly page: BrowserWindow
      readonly agents: readonly string[]
      readonly obstacle: Obstacle
    }

/** The steps of an operation up to where a popup may be needed. */
export async function askDirectly<T>(
  win: BrowserWindow | undefined,
  operation: Operation<T>,
  { signal, onState, onSimulated, ...where }: AskOptions,
): Promise<Direct<T>> {
  signal?.throwIfAborted()

  // 1. Refuse what can never work.
  const page = suitable(win)

  // 2. Look for the agent; here the browser may ask the person.
  onState?.({ state: 'connecting' })
  const agents = candidates(where)
  const onAsking = (): void => onState?.({ state: 'waiting_for_permission' })
  const found = await findAgent(page, agents, signal, onAsking)
  if (!('agent' in found)) return { page, agents, obstacle: found }

  // 3. The direct way.
  onState?.({ state: 'waiting_for_person' })
  const answer = await askByFetch(page, found.agent, operation, signal, onSimulated)
  return { answer: operation.parse(answer) }
}

/**
 * The window, if an agent could serve its page at all.
 *
 * @throws {BridgeError} `invalid_request`, `insecure_page`, `origin_refused`.
 */
function suitable(win: BrowserWindow | undefined): BrowserWindow {
  if (win === undefined) {
    throw new BridgeError('invalid_request', 'call this in a page, not in a worker or on a server')
  }
  if (!win.isSecureContext) {
    throw new BridgeError('insecure_page', 'serve the page over https')
  }
  if (win.origin === 'null') {
    throw new BridgeError('origin_refused', 'a sandboxed frame needs allow-same-origin')
  }
  return win
}
