import { ask, type AskOptions } from './ask.js'
import { fromBase64, toBase64 } from './base64.js'
import { invalidAnswer } from './bridge-error.js'
import type { Operation } from './operations.js'

/**
 * Asks the person to decrypt a message with their card. Call it in a click, in a page.
 *
 * @param envelope a CMS EnvelopedData, DER or BER, of at most about 12 MB.
 * @returns what was in it.
 * @throws {BridgeError} `not_decrypted` for whatever reason it did not; `user_refused` is an answer,
 *   not a fault.
 *
 * Spec: docs/protocol.md, "Decrypt".
 */
export async function decrypt(
  envelope: Uint8Array,
  options: AskOptions = {},
): Promise<Uint8Array> {
  return ask(decryptOf(envelope), options)
}

/** The operation. */
export function decryptOf(envelope: Uint8Array): Operation<Uint8Array> {
  return { name: 'decrypt', request: { envelope: toBase64(envelope) }, parse: parseContent }
}

/** @throws {BridgeError} `invalid_answer`. */
function parseContent(answer: unknown): Uint8Array {
  const { content } = Object(answer) as Record<string, unknown>
  const bytes = typeof content === 'string' ? fromBase64(content) : undefined
  if (bytes === undefined) throw invalidAnswer('a content')
  return bytes
}
