/**
 * Calls back if an answer says that the cards behind it are simulated.
 *
 * Spec: docs/protocol.md, "Simulated cards".
 */
export declare function noteSimulated(answer: unknown, onSimulated?: () => void): void;
