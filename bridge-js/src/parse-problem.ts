import { BridgeError } from './bridge-error.js'
import { CODES, type Code } from './codes.js'

/** What to do about what the agent answers, for developers; a code without a line needs none. */
const NEXT_STEP: Partial<Record<Code, string>> = {
  agent_fault: 'the agent itself failed; its log has the cause, `chop doctor` may name it',
  agent_unreachable: 'the agent went away while it was asked',
  busy: 'a window of the agent is open already; the person has to answer or close it first',
  card_fault: 'the card or its driver failed; the person can take the card out and try again',
  card_removed: 'the card was taken out while it worked; the person can try again',
  cooling_down: 'too many wrong PINs or unanswered windows of this site; wait `retryAfter` seconds',
  invalid_request: 'the request is not what the protocol says; see docs/protocol.md',
  no_agent:
    'no agent runs for this person; they can start it, or sign in to the computer anew',
  no_card: 'the person closed the window that asked for a card',
  no_certificate: 'no certificate on the card is for this',
  not_decrypted: 'the envelope did not decrypt; it may be damaged, or not for this card',
  no_display: 'the agent has no screen to show its window on',
  no_reader: 'the person closed the window that asked for a card reader',
  origin_refused:
    'the agent serves https origins only (http://localhost with its development setting)',
  pin_locked: 'the PIN is locked; the card’s issuer unlocks it',
  pin_wrong: 'the PIN was wrong; `triesLeft` may say how many tries are left',
  unsupported: 'neither the card nor its driver can do it; use another hash, or another card',
  user_refused: 'the person said no; this is an answer, not a fault',
  user_timeout: 'nobody answered the agent’s window in time',
}

/**
 * Turns the body of a refusal into the error that the page gets.
 *
 * @param problem `{ code, tries_left?, retry_after? }`; anything else becomes `invalid_answer`.
 */
export function parseProblem(problem: unknown): BridgeError {
  const { code, tries_left, retry_after } = Object(problem) as Record<string, unknown>
  if (!isCode(code)) {
    return new BridgeError(
      'invalid_answer',
      'the agent refused in words that this bridge does not know; update the bridge',
    )
  }
  return new BridgeError(
    code,
    NEXT_STEP[code] ?? 'the agent does not take such a request; update bridge and agent',
    {
      ...(code === 'pin_wrong' && { triesLeft: count(tries_left) ?? null }),
      ...(code === 'cooling_down' && { retryAfter: count(retry_after) ?? 0 }),
    },
  )
}

/** Whether a word is one of `CODES`. */
export function isCode(word: unknown): word is Code {
  return (CODES as readonly unknown[]).includes(word)
}

function count(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}
