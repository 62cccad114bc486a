/**
 * The signed answer: a Web eID authentication token. Post it to the site's server unchanged.
 *
 * Spec: docs/protocol.md, "The assertion".
 */
export interface Assertion {
    /** The signer's certificate, DER in standard base64. Nobody has checked it: the server must. */
    readonly unverifiedCertificate: string;
    /** JWA name, such as `RS256` or `ES384`. */
    readonly algorithm: string;
    /** Standard base64 of a PKCS #1 block, or of `r ‖ s`. */
    readonly signature: string;
    /** `web-eid:1` and a minor version. */
    readonly format: string;
    /** Who made it; informative. */
    readonly appVersion?: string;
    /** No real card has signed, but one of `chop simulate`; informative. */
    readonly simulated?: true;
}
/**
 * Reads an answer of the agent. Fields that this version does not know stay in it.
 *
 * @throws {BridgeError} `invalid_answer`.
 */
export declare function parseAssertion(answer: unknown): Assertion;
