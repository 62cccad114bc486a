import { ownWindow, type BrowserWindow } from './browser-window.js'
import { candidates, findAgent, type AgentOptions } from './find-agent.js'
import { queryPermission } from './permission.js'

/** What `detect` may be told. */
export interface DetectOptions extends AgentOptions {
  readonly signal?: AbortSignal
}

/** What is known of the agent before anybody has clicked. */
export type Detection =
  /** It answers. */
  | 'available'
  /** The browser let us ask and nothing answers: not installed, not running or not trusted. */
  | 'absent'
  /** The browser would have to ask the person, so nothing was sent. `signIn` finds out. */
  | 'unknown_until_click'
  /** The browser does not let us ask. `signIn` comes to `needs_click`. */
  | 'popup_only'
  /** Not https, or a frame without an origin: `signIn` cannot work here. */
  | 'unsuitable_page'

/**
 * Looks for the agent without troubling anybody: nothing is sent before a click unless the browser
 * lets this page reach local programs already. May be called when the page loads.
 *
 * @throws {BridgeError} what an agent says that is there and does not serve this page, such as
 *   `protocol_unsupported`.
 */
export async function detect(options: DetectOptions = {}): Promise<Detection> {
  return detectFrom(ownWindow(), options)
}

/** `detect` in a given window. */
export async function detectFrom(
  win: BrowserWindow | undefined,
  { signal, ...where }: DetectOptions,
): Promise<Detection> {
  signal?.throwIfAborted()
  if (win === undefined || !win.isSecureContext || win.origin === 'null') return 'unsuitable_page'
  if ((await queryPermission(win))?.state === 'prompt') return 'unknown_until_click'

  const found = await findAgent(win, candidates(where), signal)
  if ('agent' in found) return 'available'
  return found.popup ? 'popup_only' : 'absent'
}
