/** What the component's numbers mean in the bridge's words. Spec: docs/hicos.md, "Errors". */

import { BridgeError } from './bridge-error.js'
import type { Code } from './codes.js'

/** By `ret_code`. */
const CODES: Readonly<Record<number, Code>> = {
  0x76000006: 'no_card',
  0x7600000e: 'unsupported',
  0x7600000f: 'origin_refused',
  0x76000031: 'origin_refused',
  0x76000998: 'invalid_request',
  0x76000999: 'user_refused',
  0x76100003: 'no_reader',
  0x76100004: 'no_reader',
  0x76100006: 'pin_wrong',
  0x76100008: 'no_certificate',
  0x76100009: 'no_certificate',
  0x7610000c: 'no_certificate',
  0x7610000d: 'no_certificate',
  0x76300002: 'unsupported',
  0x76400001: 'not_decrypted',
  0x76400002: 'unsupported',
  0x76400003: 'not_decrypted',
  0x76500001: 'no_certificate',
  0x76500002: 'no_certificate',
}

const LOGIN = 0x76100006
/** `CKR_PIN_LOCKED`, in `last_error`. */
const LOCKED = 0xa4
/** `last_error` of a wrong PIN that leaves this many tries, as an unsigned number. */
const TRIES = 0x80000000

/** The error that a page gets for these numbers, which the component gives signed or not. */
export function faultOf(code: number, lastError: unknown): BridgeError {
  const major = code >>> 0
  const minor = Number(lastError) >>> 0
  const message = `the HiCOS component answered 0x${major.toString(16)}, 0x${minor.toString(16)}`
  if (major === LOGIN && minor === LOCKED) return new BridgeError('pin_locked', message)
  if (major === LOGIN) {
    const left = minor - TRIES
    const triesLeft = left === 1 || left === 2 ? left : null
    return new BridgeError('pin_wrong', message, { triesLeft })
  }
  return new BridgeError(CODES[major] ?? 'card_fault', message)
}
