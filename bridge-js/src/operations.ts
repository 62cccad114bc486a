/** The operations of the native protocol. Spec: docs/protocol.md, "Operations". */

/** Where each is asked for. */
export const PATHS = {
  sign_in: '/v1/sign-in',
  certificates: '/v1/certificates',
  sign: '/v1/sign',
  decrypt: '/v1/decrypt',
} as const

/** Its name, which is also what a page says to the popup. */
export type OperationName = keyof typeof PATHS

/** What is asked for, and what the answer must be. */
export interface Operation<T> {
  readonly name: OperationName
  /** The body of the request. */
  readonly request: object
  /**
   * Reads the answer.
   *
   * @throws {BridgeError} `invalid_answer`.
   */
  readonly parse: (answer: unknown) => T
}
