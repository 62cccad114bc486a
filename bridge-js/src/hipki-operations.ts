import { fromBase64, toBase64 } from './base64.js'
import { BridgeError, invalidAnswer } from './bridge-error.js'
import { ownWindow } from './browser-window.js'
import { certificatesOf, type CardCertificate, type CardCertificates } from './certificates.js'
import { decryptOf } from './decrypt.js'
import { askEither, type Either, type HipkiOptions, type PinOptions } from './hipki-ask.js'
import type { ComponentRequest } from './hipki-component.js'
import type { Operation } from './operations.js'
import type { Assertion } from './parse-assertion.js'
import { signInWith } from './sign-in.js'
import { signWith } from './sign.js'

/** What signs a person in: as Chop gives it, or as the vendor's component does. */
export type SignInAnswer =
  | { readonly form: 'assertion'; readonly assertion: Assertion }
  | {
      readonly form: 'cms'
      /** A CMS SignedData with the challenge's text as its content, DER in standard base64. */
      readonly signature: string
      /** The signer's certificate, DER in standard base64. Nobody has checked it. */
      readonly certificate: string
      /** The card's number, as the component says it: not signed. */
      readonly cardNumber: string
    }

/** A document whose content goes into its signature: the component knows no other. */
export interface HipkiDocument {
  readonly name: string
  readonly content: Uint8Array
}

interface Issuers {
  /** As in `@chop/bridge`; the component cannot be told. */
  readonly issuers?: readonly string[]
}

/**
 * Asks for a signed login challenge: of Chop, or of the vendor's component where there is no Chop.
 * Call it in a click, in a page.
 *
 * The server has to take both forms, and so is as safe as the weaker one: a CMS does not say for
 * which site it was made, and the PIN went through the page.
 *
 * @param challenge as in `@chop/bridge`.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/hicos.md, "New pages, before everybody has Chop".
 */
export async function signIn(
  challenge: string,
  { issuers, pin, ...options }: PinOptions & Issuers,
): Promise<SignInAnswer> {
  return askEither(ownWindow(), signInEither(challenge, issuers), options, pin)
}

/** The operation. */
export function signInEither(
  challenge: string,
  issuers?: readonly string[],
): Either<SignInAnswer> {
  const native = signInWith(challenge, issuers)
  const signed = signature(toBase64(new TextEncoder().encode(challenge)))
  const parse = (answer: unknown): SignInAnswer => ({
    form: 'assertion',
    assertion: native.parse(answer),
  })
  return { chop: { ...native, parse }, component: signed }
}

/**
 * Asks for signatures of documents. The component makes one at a time, each with a window of its
 * own: where the browser does not let the page open those, the state `needs_click` comes again. It
 * shows the person no document; Chop does.
 *
 * @returns for each document a CMS SignedData, DER in standard base64. Chop's are CAdES-BES.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 */
export async function sign(
  documents: readonly HipkiDocument[],
  { issuers, pin, ...options }: PinOptions & Issuers,
): Promise<readonly string[]> {
  const native = signWith(documents, issuers)
  // Asked for once, and not kept beyond this call.
  let entered: ReturnType<PinOptions['pin']>
  const same = (): typeof entered => (entered ??= pin())
  const first = documents[0]
  if (first === undefined) throw new BridgeError('invalid_request', 'there is no document')

  const begun = await askEither(ownWindow(), signEither(native, first), options, same)
  if (begun.length === documents.length) return begun
  const signatures = [...begun]
  for (const document of documents.slice(1)) {
    const one = signEither(signWith([document], issuers), document)
    signatures.push(...(await askEither(ownWindow(), one, options, same)))
  }
  return signatures
}

/** The operation: all documents of Chop, one of the component. */
export function signEither(
  native: Operation<readonly string[]>,
  { content }: HipkiDocument,
): Either<readonly string[]> {
  const { parse, ...request } = signature(toBase64(content))
  return { chop: native, component: { ...request, parse: (answer) => [parse(answer).signature] } }
}

/**
 * Asks for the certificates of a card, with a yes of the person where Chop is, without one where
 * the component is.
 */
export async function certificates({
  issuers,
  ...options
}: HipkiOptions & Issuers = {}): Promise<CardCertificates> {
  const either = { chop: certificatesOf(issuers), component: CERTIFICATES }
  return askEither(ownWindow(), either, options)
}

/** Asks to decrypt a CMS EnvelopedData; as in `@chop/bridge`. */
export async function decrypt(
  envelope: Uint8Array,
  { pin, ...options }: PinOptions,
): Promise<Uint8Array> {
  return askEither(ownWindow(), decryptEither(envelope), options, pin)
}

/** The operation. */
export function decryptEither(envelope: Uint8Array): Either<Uint8Array> {
  return {
    chop: decryptOf(envelope),
    component: {
      func: 'DecryptData',
      answer: 'decrypt',
      fields: { cipher: toBase64(envelope), cipherType: 'PKCS7', plainEncoding: 'base64' },
      parse: ({ plain }) => {
        const bytes = typeof plain === 'string' ? fromBase64(plain) : undefined
        if (bytes === undefined) throw invalidAnswer('a content')
        return bytes
      },
    },
  }
}

/** A signature over this content, in base64. */
function signature(tbs: string): ComponentRequest<SignInAnswer & { readonly form: 'cms' }> {
  return {
    func: 'MakeSignature',
    answer: 'sign',
    fields: {
      tbs,
      tbsEncoding: 'base64',
      hashAlgorithm: 'SHA256',
      signatureType: 'PKCS7',
      withCardSN: 'false',
      nonce: '',
    },
    parse: ({ signature, certb64, cardSN }) => {
      if (typeof signature !== 'string' || typeof certb64 !== 'string') {
        throw invalidAnswer('a signature')
      }
      const cardNumber = typeof cardSN === 'string' ? cardSN : ''
      return { form: 'cms', signature, certificate: certb64, cardNumber }
    },
  }
}

/** The certificates of the first card that the component names. */
export const CERTIFICATES: ComponentRequest<CardCertificates> = {
  func: 'GetUserCert',
  answer: 'pkcs11info',
  fields: {},
  parse: ({ slots }) => {
    if (!Array.isArray(slots)) throw invalidAnswer('a list of readers')
    if (slots.length === 0) throw new BridgeError('no_reader', 'there is no card reader')
    const listed = slots.map((slot: unknown) => {
      const { token } = Object(slot) as Record<string, unknown>
      return (Object(token) as Record<string, unknown>).certs
    })
    const certs = listed.find(Array.isArray)
    if (certs === undefined) throw new BridgeError('no_card', 'no reader has a card that is known')
    return sorted(certs)
  },
}

function sorted(certs: readonly unknown[]): CardCertificates {
  const certificates: CardCertificate[] = []
  const issuers: string[] = []
  for (const cert of certs) {
    const { certb64, usage } = Object(cert) as Record<string, unknown>
    if (typeof certb64 !== 'string') continue
    const usages = String(usage ?? '').split('|')
    const has = (...names: string[]): boolean => names.some((name) => usages.includes(name))
    if (has('keyCertSign')) issuers.push(certb64)
    else if (has('digitalSignature')) certificates.push({ certificate: certb64, uses: SIGNING })
    else if (has('keyEncipherment', 'dataEncipherment', 'keyAgreement')) {
      certificates.push({ certificate: certb64, uses: ['decrypt'] })
    }
  }
  return { certificates, issuers }
}

const SIGNING = ['sign_in', 'sign'] as const
