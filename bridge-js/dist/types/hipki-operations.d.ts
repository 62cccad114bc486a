import { type CardCertificates } from './certificates.js';
import { type Either, type HipkiOptions, type PinOptions } from './hipki-ask.js';
import type { ComponentRequest } from './hipki-component.js';
import type { Operation } from './operations.js';
import type { Assertion } from './parse-assertion.js';
/** What signs a person in: as Chop gives it, or as the vendor's component does. */
export type SignInAnswer = {
    readonly form: 'assertion';
    readonly assertion: Assertion;
} | {
    readonly form: 'cms';
    /** A CMS SignedData with the challenge's text as its content, DER in standard base64. */
    readonly signature: string;
    /** The signer's certificate, DER in standard base64. Nobody has checked it. */
    readonly certificate: string;
    /** The card's number, as the component says it: not signed. */
    readonly cardNumber: string;
};
/** A document whose content goes into its signature: the component knows no other. */
export interface HipkiDocument {
    readonly name: string;
    readonly content: Uint8Array;
}
interface Issuers {
    /** As in `@chop/bridge`; the component cannot be told. */
    readonly issuers?: readonly string[];
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
export declare function signIn(challenge: string, { issuers, pin, ...options }: PinOptions & Issuers): Promise<SignInAnswer>;
/** The operation. */
export declare function signInEither(challenge: string, issuers?: readonly string[]): Either<SignInAnswer>;
/**
 * Asks for signatures of documents. The component makes one at a time, each with a window of its
 * own: where the browser does not let the page open those, the state `needs_click` comes again. It
 * shows the person no document; Chop does.
 *
 * @returns for each document a CMS SignedData, DER in standard base64. Chop's are CAdES-BES.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 */
export declare function sign(documents: readonly HipkiDocument[], { issuers, pin, ...options }: PinOptions & Issuers): Promise<readonly string[]>;
/** The operation: all documents of Chop, one of the component. */
export declare function signEither(native: Operation<readonly string[]>, { content }: HipkiDocument): Either<readonly string[]>;
/**
 * Asks for the certificates of a card, with a yes of the person where Chop is, without one where
 * the component is.
 */
export declare function certificates({ issuers, ...options }?: HipkiOptions & Issuers): Promise<CardCertificates>;
/** Asks to decrypt a CMS EnvelopedData; as in `@chop/bridge`. */
export declare function decrypt(envelope: Uint8Array, { pin, ...options }: PinOptions): Promise<Uint8Array>;
/** The operation. */
export declare function decryptEither(envelope: Uint8Array): Either<Uint8Array>;
/** The certificates of the first card that the component names. */
export declare const CERTIFICATES: ComponentRequest<CardCertificates>;
export {};
