import { BridgeError } from './bridge-error.js'
import type { BrowserWindow } from './browser-window.js'
import { parseAssertion, type Assertion } from './parse-assertion.js'
import { parseProblem } from './parse-problem.js'
import { PATIENCE, Scope } from './scope.js'

/**
 * Asks the agent directly, once: a second try could open a second window. When the request ends,
 * so does the agent's window.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export async function askByFetch(
  win: BrowserWindow,
  agent: string,
  challenge: string,
  signal?: AbortSignal,
): Promise<Assertion> {
  const scope = new Scope(win, signal)
  let timeUp = false
  scope.after(PATIENCE, () => {
    timeUp = true
    scope.abort()
  })

  let ok: boolean
  let body: unknown
  try {
    const response = await win.fetch(`${agent}/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ challenge }),
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
  if (!ok) throw parseProblem(body)
  return parseAssertion(body)
}
