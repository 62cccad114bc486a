import { BridgeError } from './bridge-error.js'
import type { BrowserWindow } from './browser-window.js'
import { PATHS, type Operation } from './operations.js'
import { parseProblem } from './parse-problem.js'
import { PATIENCE, Scope } from './scope.js'
import { noteSimulated } from './simulated.js'

/**
 * Asks the agent directly, once: a second try could open a second window. When the request ends,
 * so does the agent's window.
 *
 * @param onSimulated called when the cards behind the answer are simulated.
 * @returns the answer, as the agent gave it.
 *
 * Spec: docs/protocol.md, "Operations".
 */
export async function askByFetch(
  win: BrowserWindow,
  agent: string,
  { name, request }: Operation<unknown>,
  signal?: AbortSignal,
  onSimulated?: () => void,
): Promise<unknown> {
  const scope = new Scope(win, signal)
  let timeUp = false
  scope.after(PATIENCE, () => {
    timeUp = true
    scope.abort()
  })

  let ok: boolean
  let body: unknown
  try {
    const response = await win.fetch(agent + PATHS[name], {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: scope.signal,
    })
    ok = response.ok
    body = await response.json()
  } catch (cause) {
    signal?.throwIfAborted()
    if (timeUp) throw new BridgeError('unanswered', 'the agent gave no answer in time', { cause })
    throw new BridgeError('agent_unreachable', 'the agent went away while it was asked', { cause })
  } finally {
    scope.end()
  }
  noteSimulated(body, onSimulated)
  if (!ok) throw parseProblem(body)
  return body
}
