import type { Code } from './codes.js'

/** What only some problems have. */
export interface ProblemData {
  readonly triesLeft?: number | null
  readonly retryAfter?: number
  readonly cause?: unknown
}

/** Why there is no assertion. `code` chooses words for the person; `message` is for developers. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  /** Stable; see `CODES`. */
  readonly code: Code
  /** With `pin_wrong`: tries before the card locks, `null` where the card does not tell. */
  declare readonly triesLeft?: number | null
  /** With `cooling_down`: seconds until this site may ask again. */
  declare readonly retryAfter?: number

  constructor(code: Code, message: string, { triesLeft, retryAfter, cause }: ProblemData = {}) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause })
    this.code = code
    if (triesLeft !== undefined) this.triesLeft = triesLeft
    if (retryAfter !== undefined) this.retryAfter = retryAfter
  }
}

/** The answer is not what the protocol says. */
export function invalidAnswer(what: string): BridgeError {
  return new BridgeError('invalid_answer', `the agent’s answer is not ${what}; update the agent`)
}
