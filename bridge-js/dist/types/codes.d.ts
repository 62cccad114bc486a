/** Why there is no assertion. Codes are never renamed. Spec: docs/protocol.md, "Errors". */
/** What the agent answers; `agent/protocol` has the same list, and a test compares the two. */
export declare const AGENT_CODES: readonly ['invalid_request', 'wrong_host', 'origin_refused', 'not_found', 'method_not_allowed', 'unsupported_media_type', 'too_large', 'ticket_refused', 'busy', 'cooling_down', 'no_display', 'agent_fault', 'no_agent', 'user_refused', 'user_timeout', 'no_reader', 'no_card', 'no_certificate', 'pin_wrong', 'pin_locked', 'card_removed', 'card_fault', 'unsupported', 'not_decrypted'];
/** What the bridge itself finds out in the page. */
export declare const BRIDGE_CODES: readonly [
/** Nothing answers: not installed, not running or not trusted; a page cannot tell which. */
'agent_unreachable', 
/** Chop is here, as its page without TLS says; the browser does not trust its certificate. */
'agent_untrusted', 
/** The agent speaks only versions of the protocol that this bridge does not. */
'protocol_unsupported', 
/** The answer is not what the protocol says. */
'invalid_answer', 
/** Five minutes without an answer to the browser's question, the page's button or the agent. */
'unanswered', 
/** The page is not https, so no browser lets it reach the agent. */
'insecure_page', 
/** The person, or a policy of the computer, does not let this site reach local programs. */
'permission_denied', 
/** The person closed the browser's question without an answer. */
'permission_dismissed', 
/** Permissions-Policy, the site's own or an embedding page's, keeps this page from the agent. */
'permission_policy', 
/** The page's Content-Security-Policy does not let it reach the agent. */
'csp_blocked', 
/** The browser opened no window: `proceed()` was not called in a click, or it blocks popups. */
'popup_blocked', 
/** The person closed the popup. */
'popup_closed', 
/** The page's Cross-Origin-Opener-Policy cut the popup off. */
'opener_isolated'];
/** Every code that a `BridgeError` can have. */
export declare const CODES: readonly ["invalid_request", "wrong_host", "origin_refused", "not_found", "method_not_allowed", "unsupported_media_type", "too_large", "ticket_refused", "busy", "cooling_down", "no_display", "agent_fault", "no_agent", "user_refused", "user_timeout", "no_reader", "no_card", "no_certificate", "pin_wrong", "pin_locked", "card_removed", "card_fault", "unsupported", "not_decrypted", "agent_unreachable", "agent_untrusted", "protocol_unsupported", "invalid_answer", "unanswered", "insecure_page", "permission_denied", "permission_dismissed", "permission_policy", "csp_blocked", "popup_blocked", "popup_closed", "opener_isolated"];
/** See `CODES`. */
export type Code = (typeof CODES)[number];
