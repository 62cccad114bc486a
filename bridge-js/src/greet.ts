import { BridgeError } from './bridge-error.js'
import type { BrowserWindow } from './browser-window.js'
import { isCode, parseProblem } from './parse-problem.js'
import { PROTOCOL_VERSION } from './words.js'

/**
 * Asks who answers at `agent`.
 *
 * @returns `agent`, if that is Chop and speaks our version.
 * @throws {BridgeError} `protocol_unsupported`, or the agent's refusal to this page; anything else
 *   that is thrown means that no agent answers there.
 */
export async function greet(
  win: BrowserWindow,
  agent: string,
  signal: AbortSignal,
): Promise<string> {
  const response = await win.fetch(`${agent}/v1/info`, {
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    signal,
  })
  const body = Object(await response.json()) as Record<string, unknown>
  if (!response.ok && isCode(body.code)) throw parseProblem(body)
  if (!response.ok || body.agent !== 'chop') throw new Error(`what answers at ${agent} is not Chop`)

  const [lowest, highest] = Array.isArray(body.protocol) ? body.protocol : []
  if (lowest <= PROTOCOL_VERSION && PROTOCOL_VERSION <= highest) return agent
  const older = lowest > PROTOCOL_VERSION ? 'bridge' : 'agent'
  throw new BridgeError(
    'protocol_unsupported',
    `the agent does not speak version ${PROTOCOL_VERSION}; update the ${older}`,
  )
}
