import { ask, type CertificateOptions } from './ask.js'
import { BridgeError } from './bridge-error.js'
import type { Operation } from './operations.js'
import { parseAssertion, type Assertion } from './parse-assertion.js'

/**
 * Asks the agent on this computer to sign a login challenge. Call it in a click, in a page.
 *
 * @param challenge standard base64, 44 characters for 32 bytes, at most 128; signed as this text,
 *   never decoded. Issued by the site's own server, for one use.
 * @returns the assertion; post it to the server unchanged.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export async function signIn(
  challenge: string,
  { issuers, ...options }: CertificateOptions = {},
): Promise<Assertion> {
  return ask(signInWith(challenge, issuers), options)
}

/** The operation. */
export function signInWith(challenge: string, issuers?: readonly string[]): Operation<Assertion> {
  if (!isChallenge(challenge)) {
    throw new BridgeError('invalid_request', 'a challenge is 44 to 128 characters of base64')
  }
  return { name: 'sign_in', request: { challenge, issuers }, parse: parseAssertion }
}

/** As `agent/protocol` has it: length and alphabet, nothing is decoded. */
function isChallenge(text: string): boolean {
  return text.length >= 44 && text.length <= 128 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}
