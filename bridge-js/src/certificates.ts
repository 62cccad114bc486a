import { ask, type CertificateOptions } from './ask.js'
import { invalidAnswer } from './bridge-error.js'
import type { Operation } from './operations.js'

/** A certificate on the person's card. Nobody has checked it. */
export interface CardCertificate {
  /** DER in standard base64. */
  readonly certificate: string
  /** What it is for: `sign_in`, `sign`, `decrypt`; a newer agent may know more. */
  readonly uses: readonly string[]
}

/** What one card holds. */
export interface CardCertificates {
  /** Those that are for something. */
  readonly certificates: readonly CardCertificate[]
  /** Those of issuers, DER in standard base64. */
  readonly issuers: readonly string[]
  /** They are of no real card, but of one of `chop simulate`. */
  readonly simulated?: true
}

/**
 * Asks the person for the certificates of a card. The agent's window asks for no PIN, but for a
 * yes. Call it in a click, in a page.
 *
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Certificates".
 */
export async function certificates({
  issuers,
  ...options
}: CertificateOptions = {}): Promise<CardCertificates> {
  return ask(certificatesOf(issuers), options)
}

/** The operation. */
export function certificatesOf(issuers?: readonly string[]): Operation<CardCertificates> {
  return { name: 'certificates', request: { issuers }, parse: parseCertificates }
}

/** @throws {BridgeError} `invalid_answer`. */
function parseCertificates(answer: unknown): CardCertificates {
  const { certificates, issuers } = Object(answer) as Record<string, unknown>
  const isCertificate = (item: unknown): boolean => {
    const { certificate, uses } = Object(item) as Record<string, unknown>
    return typeof certificate === 'string' && isTexts(uses)
  }
  if (Array.isArray(certificates) && certificates.every(isCertificate) && isTexts(issuers)) {
    return answer as CardCertificates
  }
  throw invalidAnswer('a list of certificates')
}

/** Whether it is a list of texts. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
