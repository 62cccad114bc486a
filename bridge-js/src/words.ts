/** Words of the protocol that page, popup and agent share. Spec: docs/protocol.md. */

/** The native protocol's version, the only one there is yet. */
export const PROTOCOL_VERSION = 1

/** Where the agent listens; the first that is free is used. Spec: "Finding the agent". */
export const PORTS: readonly number[] = [21443, 21444, 21445]
