import type { BridgeError } from './bridge-error.js';
/** Where an operation stands, for the page to show. */
export type AskState = 
/** Looking for the agent. */
{
    readonly state: 'connecting';
}
/** The browser asks the person whether this site may reach programs on this computer. */
 | {
    readonly state: 'waiting_for_permission';
}
/** The agent has the request; its window is open. */
 | {
    readonly state: 'waiting_for_person';
}
/**
 * The direct way is closed. Show a button and call `proceed` in its click handler: it opens the
 * agent's own small window, for which browsers need a click and no permission.
 *
 * `reason.code` says why: with `agent_unreachable` the agent is most likely not installed or not
 * running, so show how to get it beside the button.
 */
 | {
    readonly state: 'needs_click';
    readonly reason: BridgeError;
    readonly proceed: () => void;
}
/** The small window is open and not yet ready. */
 | {
    readonly state: 'popup';
};
