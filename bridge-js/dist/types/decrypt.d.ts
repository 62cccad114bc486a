import { type AskOptions } from './ask.js';
import type { Operation } from './operations.js';
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
export declare function decrypt(envelope: Uint8Array, options?: AskOptions): Promise<Uint8Array>;
/** The operation. */
export declare function decryptOf(envelope: Uint8Array): Operation<Uint8Array>;
