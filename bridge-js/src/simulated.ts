/**
 * Calls back if an answer says that the cards behind it are simulated.
 *
 * Spec: docs/protocol.md, "Simulated cards".
 */
export function noteSimulated(answer: unknown, onSimulated?: () => void): void {
  if ((Object(answer) as Record<string, unknown>).simulated === true) onSimulated?.()
}
