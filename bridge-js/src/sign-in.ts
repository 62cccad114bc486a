import { askByFetch } from './ask-by-fetch.js'
import { askByPopup } from './ask-by-popup.js'
import { BridgeError } from './bridge-error.js'
import { ownWindow, type BrowserWindow } from './browser-window.js'
import { candidates, findAgent, type AgentOptions } from './find-agent.js'
import type { Assertion } from './parse-assertion.js'
import type { SignInState } from './sign-in-state.js'
import { waitForClick } from './wait-for-click.js'

/** What a sign-in may be told. */
export interface SignInOptions extends AgentOptions {
  /** Cancels: closes the popup and the agent's window; the promise rejects with its reason. */
  readonly signal?: AbortSignal
  /**
   * Called whenever the sign-in has got further. Without it there is nobody to show a button, so
   * where a click is needed the promise rejects with the reason for that.
   */
  readonly onState?: (state: SignInState) => void
}

/**
 * Asks the agent on this computer to sign a login challenge. Call it in a click, in a page: not in
 * a worker, and not before the person wants to sign in, because the browser may ask them whether
 * this site may reach local programs.
 *
 * @param challenge standard base64, 44 characters for 32 bytes, at most 128; signed as this text,
 *   never decoded. Issued by the site's own server, for one use.
 * @returns the assertion; post it to the server unchanged.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export async function signIn(challenge: string, options: SignInOptions = {}): Promise<Assertion> {
  return signInFrom(ownWindow(), challenge, options)
}

/** `signIn` in a given window. */
export async function signInFrom(
  win: BrowserWindow | undefined,
  challenge: string,
  { signal, onState, ...where }: SignInOptions,
): Promise<Assertion> {
  signal?.throwIfAborted()

  // 1. Refuse what can never work.
  const page = suitable(win)
  if (!isChallenge(challenge)) {
    throw new BridgeError('invalid_request', 'a challenge is 44 to 128 characters of base64')
  }

  // 2. Look for the agent; here the browser may ask the person.
  onState?.({ state: 'connecting' })
  const agents = candidates(where)
  const onAsking = (): void => onState?.({ state: 'waiting_for_permission' })
  const found = await findAgent(page, agents, signal, onAsking)

  // 3. The direct way.
  const onAsked = (): void => onState?.({ state: 'waiting_for_person' })
  if ('agent' in found) {
    onAsked()
    return askByFetch(page, found.agent, challenge, signal)
  }

  // 4. The way through a popup, for which the browser wants a click.
  const { reason } = found
  if (!found.popup || onState === undefined) throw reason
  const popup = await waitForClick(page, agents, signal, (proceed) =>
    onState({ state: 'needs_click', reason, proceed }),
  )
  onState({ state: 'popup' })
  return askByPopup(page, popup, agents, challenge, signal, onAsked)
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

/** As `agent/protocol` has it: length and alphabet, nothing is decoded. */
function isChallenge(text: string): boolean {
  return text.length >= 44 && text.length <= 128 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}
