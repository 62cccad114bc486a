/**
 * What a failed search for the agent means, and whether the agent's popup may still work.
 *
 * A page learns nothing but `TypeError`, so the browser's permission, looked at afterwards,
 * decides. Times are hints: they choose words, never the road.
 *
 * | permission | and                           | in the way     | then                          |
 * | ---------- | ----------------------------- | -------------- | ----------------------------- |
 * | any        | a violation names the agent   | the site's CSP | popup, `csp_blocked`          |
 * | denied     | Permissions-Policy forbids it | site, embedder | popup, `permission_policy`    |
 * | denied     |                               | person, IT     | popup, `permission_denied`    |
 * | prompt     | slow                          | person         | popup, `permission_dismissed` |
 * | prompt     | fast                          | unclear        | popup, `agent_unreachable`    |
 * | granted    |                               | no agent       | end, `agent_unreachable`      |
 * | unknown    |                               | no agent       | end, `agent_unreachable`      |
 *
 * "No agent" includes one whose certificate is not trusted: Firefox asks before TLS, so
 * there it ends as granted, and as prompt and fast in Chromium, which asks after TLS.
 *
 * The unclear case is an absent agent, or something that refuses without asking: a browser without
 * a screen, an extension. (Headless Chromium 156 is clearer: it says denied afterwards.) Most people
 * in it have no agent, and some have one that only a popup reaches. The code tells the page to show
 * how to get the agent beside the button, and a click on the button finds out. Where the browser
 * says that it let us through, there is nothing that a popup could find. Firefox 153 says prompt
 * also where a policy (`SkipDomains`) lets us through.
 */
import { BridgeError } from './bridge-error.js';
/** What is known after a search that found nothing. */
export interface Failure {
    /** As it stands after the search; `unknown` where the browser has no such permission. */
    readonly permission: 'granted' | 'prompt' | 'denied' | 'unknown';
    /** A `securitypolicyviolation` named the agent. */
    readonly csp: boolean;
    /** Permissions-Policy forbids it; `undefined` where the browser does not tell. */
    readonly policy: boolean | undefined;
    /** The page is in a frame of another one. */
    readonly framed: boolean;
    /** One address failed clearly later than the others: somebody took time to close a question. */
    readonly slow: boolean;
}
/** Why there is no direct way, and whether a popup may find one. */
export interface Obstacle {
    readonly reason: BridgeError;
    readonly popup: boolean;
}
/** Reads the table above. */
export declare function decide({ permission, csp, policy, framed, slow }: Failure): Obstacle;
