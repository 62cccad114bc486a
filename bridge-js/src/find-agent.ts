/** Looks for the agent by `fetch`. Spec: docs/protocol.md, "Finding the agent". */

import { BridgeError } from './bridge-error.js'
import type { BrowserWindow } from './browser-window.js'
import { decide, type Failure, type Obstacle } from './decide.js'
import { greet } from './greet.js'
import { isForbiddenByPolicy, queryPermission } from './permission.js'
import { PATIENCE, Scope } from './scope.js'
import { PORTS } from './words.js'

/** Where to look. */
export interface AgentOptions {
  /** The one origin to look at, such as `https://localhost:21443`; for developers of agents. */
  readonly agent?: string
  /** Ports of `https://localhost` to look at; by default those that agents use. */
  readonly ports?: readonly number[]
}

/** How long an agent may take to say who it is, once the browser lets us through; milliseconds. */
const ANSWER_TIME = 3000

/**
 * After this time the browser is taken to be asking the person, and a failure that comes so much
 * later than another to be somebody's doing. On Windows a closed port alone can take two seconds,
 * but then on every port alike.
 */
const ASKING_TIME = 400

/** The origins to look at, best first. Browsers resolve `localhost` to loopback by themselves. */
export function candidates({ agent, ports = PORTS }: AgentOptions): readonly string[] {
  if (agent !== undefined) return [new URL(agent).origin]
  return ports.map((port) => `https://localhost:${port}`)
}

/**
 * Looks at all `agents` at once: closed ports cost nothing, and the browser asks its question once.
 *
 * @param onAsking called when the browser seems to ask the person.
 * @returns the origin of an agent, or why there is none to be had this way.
 * @throws {BridgeError} `unanswered`, or what an agent said that refused to introduce itself; the
 *   reason of `signal`.
 */
export async function findAgent(
  win: BrowserWindow,
  agents: readonly string[],
  signal?: AbortSignal,
  onAsking?: () => void,
): Promise<{ readonly agent: string } | Obstacle> {
  const permission = await queryPermission(win)
  if (permission?.state === 'denied') return decide(await look(win, false, false))

  const scope = new Scope(win, signal)
  const isAsking = (): boolean => permission?.state === 'prompt'
  scope.after(ASKING_TIME, () => isAsking() && onAsking?.())

  // A question to the person may take long, an agent may not.
  let unlimit = (): void => {}
  let timeUp = false
  const limit = (): void => {
    unlimit()
    unlimit = scope.after(isAsking() ? PATIENCE : ANSWER_TIME, () => {
      timeUp = true
      scope.abort()
    })
  }
  if (permission !== undefined) scope.on(permission, 'change', limit)
  limit()

  let csp = false
  scope.on(win.document, 'securitypolicyviolation', (event: SecurityPolicyViolationEvent) => {
    const ours = agents.some((agent) => event.blockedURI.startsWith(agent))
    if (ours && event.disposition === 'enforce') csp = true
  })

  // With nothing to compare with, a failure is late if it comes late after now.
  const failures = agents.length > 1 ? [] : [win.performance.now()]
  const note = (error: unknown): never => {
    failures.push(win.performance.now())
    throw error
  }
  try {
    const greetings = agents.map((agent) => greet(win, agent, scope.signal).catch(note))
    return { agent: await Promise.any(greetings) }
  } catch (all) {
    signal?.throwIfAborted()
    const refusal = (all as AggregateError).errors.find((error) => error instanceof BridgeError)
    if (refusal !== undefined) throw refusal

    // The news of a violation is a task of its own, behind the failure.
    await new Promise<void>((resolve) => void win.setTimeout(resolve, 0))
    const slow = Math.max(...failures) - Math.min(...failures) >= ASKING_TIME
    const failure = await look(win, csp, slow)
    if (timeUp && failure.permission === 'prompt') {
      throw new BridgeError(
        'unanswered',
        'nobody answered the browser’s question; start again with a new challenge',
      )
    }
    return decide(failure)
  } finally {
    scope.end()
  }
}

async function look(win: BrowserWindow, csp: boolean, slow: boolean): Promise<Failure> {
  // Asked anew: what an earlier query gave may learn of an answer later than fetch does.
  const permission = (await queryPermission(win))?.state ?? 'unknown'
  return {
    permission,
    csp,
    slow,
    policy: isForbiddenByPolicy(win),
    framed: win.top !== win,
  }
}
