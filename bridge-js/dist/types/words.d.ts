/** Words of the protocol that page, popup and agent share. Spec: docs/protocol.md. */
/** The native protocol's version, the only one there is yet. */
export declare const PROTOCOL_VERSION = 1;
/** Where the agent listens; the first that is free is used. Spec: "Finding the agent". */
export declare const PORTS: readonly number[];
