import { type CertificateOptions } from './ask.js';
import type { Operation } from './operations.js';
/** A document to be signed, under the name that the agent's window shows. */
export type Document = 
/** The signature holds the content. */
{
    readonly name: string;
    readonly content: Uint8Array;
}
/** The signature is detached. */
 | {
    readonly name: string;
    readonly digest: Uint8Array;
    readonly hash: 'sha-256' | 'sha-384' | 'sha-512';
};
/** What signing may be told. */
export interface SignOptions extends CertificateOptions {
    /** The one certificate that may be used: the SHA-256 of its DER. */
    readonly certificate?: Uint8Array;
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
export declare function sign(documents: readonly Document[], { issuers, certificate, ...options }?: SignOptions): Promise<readonly string[]>;
/** The operation. */
export declare function signWith(documents: readonly Document[], issuers?: readonly string[], certificate?: Uint8Array): Operation<readonly string[]>;
