import { type CertificateOptions } from './ask.js';
import type { Operation } from './operations.js';
/** A certificate on the person's card. Nobody has checked it. */
export interface CardCertificate {
    /** DER in standard base64. */
    readonly certificate: string;
    /** What it is for: `sign_in`, `sign`, `decrypt`; a newer agent may know more. */
    readonly uses: readonly string[];
}
/** What one card holds. */
export interface CardCertificates {
    /** Those that are for something. */
    readonly certificates: readonly CardCertificate[];
    /** Those of issuers, DER in standard base64. */
    readonly issuers: readonly string[];
    /** They are of no real card, but of one of `chop simulate`. */
    readonly simulated?: true;
}
/**
 * Asks the person for the certificates of a card. The agent's window asks for no PIN, but for a
 * yes. Call it in a click, in a page.
 *
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Certificates".
 */
export declare function certificates({ issuers, ...options }?: CertificateOptions): Promise<CardCertificates>;
/** The operation. */
export declare function certificatesOf(issuers?: readonly string[]): Operation<CardCertificates>;
/** Whether it is a list of texts. */
export declare function isTexts(value: unknown): value is string[];
