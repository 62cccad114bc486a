/** The operations of the native protocol. Spec: docs/protocol.md, "Operations". */
/** Where each is asked for. */
export declare const PATHS: {
    readonly sign_in: '/v1/sign-in';
    readonly certificates: '/v1/certificates';
    readonly sign: '/v1/sign';
    readonly decrypt: '/v1/decrypt';
};
/** Its name, which is also what a page says to the popup. */
export type OperationName = keyof typeof PATHS;
/** What is asked for, and what the answer must be. */
export interface Operation<T> {
    readonly name: OperationName;
    /** The body of the request. */
    readonly request: object;
    /**
     * Reads the answer.
     *
     * @throws {BridgeError} `invalid_answer`.
     */
    readonly parse: (answer: unknown) => T;
}
