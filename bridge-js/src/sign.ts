import { ask, type CertificateOptions } from './ask.js'
import { toBase64 } from './base64.js'
import { invalidAnswer } from './bridge-error.js'
import { isTexts } from './certificates.js'
import type { Operation } from './operations.js'

/** A document to be signed, under the name that the agent's window shows. */
export type Document =
  /** The signature holds the content. */
  | { readonly name: string; readonly content: Uint8Array }
  /** The signature is detached. */
  | {
      readonly name: string
      readonly digest: Uint8Array
      readonly hash: 'sha-256' | 'sha-384' | 'sha-512'
    }

/** What signing may be told. */
export interface SignOptions extends CertificateOptions {
  /** The one certificate that may be used: the SHA-256 of its DER. */
  readonly certificate?: Uint8Array
}

/**
 * Asks the person to sign documents, all under one entry of the PIN. The agent's window shows each
 * name, size and digest. Call it in a click, in a page.
 *
 * @param documents 1 to 100, together at most about 12 MB of content.
 * @returns for each document a CMS SignedData (CAdES-BES), DER in standard base64.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Sign documents".
 */
export async function sign(
  documents: readonly Document[],
  { issuers, certificate, ...options }: SignOptions = {},
): Promise<readonly string[]> {
  return ask(signWith(documents, issuers, certificate), options)
}

/** The operation. */
export function signWith(
  documents: readonly Document[],
  issuers?: readonly string[],
  certificate?: Uint8Array,
): Operation<readonly string[]> {
  const request = {
    documents: documents.map((document) =>
      'content' in document
        ? { name: document.name, content: toBase64(document.content) }
        : { name: document.name, digest: toBase64(document.digest), hash: document.hash },
    ),
    issuers,
    certificate: certificate && toBase64(certificate),
  }
  const parse = (answer: unknown): readonly string[] => {
    const { signatures } = Object(answer) as Record<string, unknown>
    if (isTexts(signatures) && signatures.length === documents.length) return signatures
    throw invalidAnswer('a signature for each document')
  }
  return { name: 'sign', request, parse }
}
