// src/bridge-error.ts
var BridgeError = class extends Error {
  name = "BridgeError";
  /** Stable; see `CODES`. */
  code;
  constructor(code, message, { triesLeft, retryAfter, cause } = {}) {
    super(`${code}: ${message}`, cause === void 0 ? void 0 : { cause });
    this.code = code;
    if (triesLeft !== void 0) this.triesLeft = triesLeft;
    if (retryAfter !== void 0) this.retryAfter = retryAfter;
  }
};
function invalidAnswer(what) {
  return new BridgeError("invalid_answer", `the agent’s answer is not ${what}; update the agent`);
}

// src/operations.ts
var PATHS = {
  sign_in: "/v1/sign-in",
  certificates: "/v1/certificates",
  sign: "/v1/sign",
  decrypt: "/v1/decrypt"
};

// src/codes.ts
var AGENT_CODES = [
  "invalid_request",
  "wrong_host",
  "origin_refused",
  "not_found",
  "method_not_allowed",
  "unsupported_media_type",
  "too_large",
  "ticket_refused",
  "busy",
  "cooling_down",
  "no_display",
  "agent_fault",
  "no_agent",
  "user_refused",
  "user_timeout",
  "no_reader",
  "no_card",
  "no_certificate",
  "pin_wrong",
  "pin_locked",
  "card_removed",
  "card_fault",
  "unsupported",
  "not_decrypted"
];
var BRIDGE_CODES = [
  /** Nothing answers: not installed, not running or not trusted; a page cannot tell which. */
  "agent_unreachable",
  /** Chop is here, as its page without TLS says; the browser does not trust its certificate. */
  "agent_untrusted",
  /** The agent speaks only versions of the protocol that this bridge does not. */
  "protocol_unsupported",
  /** The answer is not what the protocol says. */
  "invalid_answer",
  /** Five minutes without an answer to the browser's question, the page's button or the agent. */
  "unanswered",
  /** The page is not https, so no browser lets it reach the agent. */
  "insecure_page",
  /** The person, or a policy of the computer, does not let this site reach local programs. */
  "permission_denied",
  /** The person closed the browser's question without an answer. */
  "permission_dismissed",
  /** Permissions-Policy, the site's own or an embedding page's, keeps this page from the agent. */
  "permission_policy",
  /** The page's Content-Security-Policy does not let it reach the agent. */
  "csp_blocked",
  /** The browser opened no window: `proceed()` was not called in a click, or it blocks popups. */
  "popup_blocked",
  /** The person closed the popup. */
  "popup_closed",
  /** The page's Cross-Origin-Opener-Policy cut the popup off. */
  "opener_isolated"
];
var CODES = [...AGENT_CODES, ...BRIDGE_CODES];

// src/parse-problem.ts
var NEXT_STEP = {
  agent_fault: "the agent itself failed; its log has the cause, `chop doctor` may name it",
  agent_unreachable: "the agent went away while it was asked",
  busy: "a window of the agent is open already; the person has to answer or close it first",
  card_fault: "the card or its driver failed; the person can take the card out and try again",
  card_removed: "the card was taken out while it worked; the person can try again",
  cooling_down: "too many wrong PINs or unanswered windows of this site; wait `retryAfter` seconds",
  invalid_request: "the request is not what the protocol says; see docs/protocol.md",
  no_agent: "no agent runs for this person; they can start it, or sign in to the computer anew",
  no_card: "the person closed the window that asked for a card",
  no_certificate: "no certificate on the card is for this",
  not_decrypted: "the envelope did not decrypt; it may be damaged, or not for this card",
  no_display: "the agent has no screen to show its window on",
  no_reader: "the person closed the window that asked for a card reader",
  origin_refused: "the agent serves https origins only (http://localhost with its development setting)",
  pin_locked: "the PIN is locked; the card’s issuer unlocks it",
  pin_wrong: "the PIN was wrong; `triesLeft` may say how many tries are left",
  unsupported: "neither the card nor its driver can do it; use another hash, or another card",
  user_refused: "the person said no; this is an answer, not a fault",
  user_timeout: "nobody answered the agent’s window in time"
};
function parseProblem(problem) {
  const { code, tries_left, retry_after } = Object(problem);
  if (!isCode(code)) {
    return new BridgeError(
      "invalid_answer",
      "the agent refused in words that this bridge does not know; update the bridge"
    );
  }
  return new BridgeError(
    code,
    NEXT_STEP[code] ?? "the agent does not take such a request; update bridge and agent",
    {
      ...code === "pin_wrong" && { triesLeft: count(tries_left) ?? null },
      ...code === "cooling_down" && { retryAfter: count(retry_after) ?? 0 }
    }
  );
}
function isCode(word) {
  return CODES.includes(word);
}
function count(value) {
  return Number.isInteger(value) && value >= 0 ? value : void 0;
}

// src/scope.ts
var PATIENCE = 3e5;
var Scope = class {
  /** @throws the reason of `outer`, if that has fired already. */
  constructor(win, outer) {
    this.win = win;
    outer?.throwIfAborted();
    if (outer !== void 0) this.on(outer, "abort", () => this.abort(outer.reason));
  }
  win;
  #controller = new AbortController();
  #ends = /* @__PURE__ */ new Set();
  /** For requests. */
  get signal() {
    return this.#controller.signal;
  }
  on(target, type, listener) {
    target.addEventListener(type, listener);
    this.#ends.add(() => target.removeEventListener(type, listener));
  }
  /** Does `action` after `ms` milliseconds; the answer takes that back. */
  after(ms, action) {
    const timer = this.win.setTimeout(() => {
      this.#ends.delete(cancel);
      action();
    }, ms);
    const cancel = () => this.win.clearTimeout(timer);
    this.#ends.add(cancel);
    return cancel;
  }
  /** Ends the requests, with `reason` where the page's own signal has one. */
  abort(reason) {
    this.#controller.abort(reason);
  }
  end() {
    for (const end of this.#ends) end();
    this.abort();
  }
};

// src/simulated.ts
function noteSimulated(answer, onSimulated) {
  if (Object(answer).simulated === true) onSimulated?.();
}

// src/ask-by-fetch.ts
async function askByFetch(win, agent, { name, request }, signal, onSimulated) {
  const scope = new Scope(win, signal);
  let timeUp = false;
  scope.after(PATIENCE, () => {
    timeUp = true;
    scope.abort();
  });
  let ok;
  let body;
  try {
    const response = await win.fetch(agent + PATHS[name], {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: scope.signal
    });
    ok = response.ok;
    body = await response.json();
  } catch (cause) {
    signal?.throwIfAborted();
    if (timeUp) throw new BridgeError("unanswered", "the agent gave no answer in time", { cause });
    throw new BridgeError("agent_unreachable", "the agent went away while it was asked", { cause });
  } finally {
    scope.end();
  }
  noteSimulated(body, onSimulated);
  if (!ok) throw parseProblem(body);
  return body;
}

// src/words.ts
var PROTOCOL_VERSION = 1;
var PORTS = [21443, 21444, 21445];

// src/ask-by-popup.ts
var READY_TIME = 3e3;
var CLOSED_CHECK = 200;
var ISOLATED_TIME = 1e3;
var MESSAGES = {
  agent_unreachable: "the popup found no agent either; it is not installed, not running or not trusted",
  agent_untrusted: "Chop runs, but this browser does not trust its certificate: `chop doctor` says how it does",
  opener_isolated: "the page’s Cross-Origin-Opener-Policy must not be same-origin; same-origin-allow-popups is fine",
  popup_closed: "the popup was closed before it had an answer; start again when the person wants to",
  protocol_unsupported: "update the bridge or the agent, whichever is older",
  unanswered: "the agent gave no answer in time"
};
function pageOf([agent]) {
  return `${agent}/v1/bridge`;
}
function openPopup(win, url) {
  return win.open(url, "_blank", "popup,width=480,height=320");
}
async function askByPopup(win, popup, agents, { name, request }, signal, onReady, onSimulated, here) {
  const opened = win.performance.now();
  let scope;
  try {
    scope = new Scope(win, signal);
    return await talk(scope);
  } finally {
    scope?.end();
  }
  function talk(scope2) {
    return new Promise((resolve, reject) => {
      const fail = (code) => reject(new BridgeError(code, MESSAGES[code]));
      scope2.on(scope2.signal, "abort", () => reject(scope2.signal.reason));
      const [first = "", ...others] = agents;
      let agent = first;
      let ready = false;
      const steer = () => {
        const next = others.shift() ?? here;
        if (next === void 0 || next === agent) return fail("agent_unreachable");
        agent = next;
        popup.location.replace(agent === here ? `${here}/chop/here` : pageOf([agent]));
        cancelSteering = scope2.after(READY_TIME, steer);
      };
      let cancelSteering = scope2.after(READY_TIME, steer);
      const greeted = (protocol) => {
        if (protocol !== PROTOCOL_VERSION) return fail("protocol_unsupported");
        popup.postMessage({ chop: name, request }, agent);
        if (ready) return;
        ready = true;
        cancelSteering();
        scope2.after(PATIENCE, () => fail("unanswered"));
        onReady?.();
      };
      scope2.on(win, "message", (event) => {
        if (event.source !== popup || event.origin !== agent) return;
        const message = Object(event.data);
        if (agent === here) return void (message.chop === "here" && fail("agent_untrusted"));
        if (message.chop === "ready") greeted(message.protocol);
        if (message.chop !== "answer") return;
        noteSimulated("result" in message ? message.result : message.problem, onSimulated);
        if ("result" in message) resolve(message.result);
        else reject(parseProblem(message.problem));
      });
      const checkClosed = () => {
        if (!popup.closed) return void scope2.after(CLOSED_CHECK, checkClosed);
        const isolated = !ready && win.performance.now() - opened < ISOLATED_TIME;
        scope2.after(CLOSED_CHECK, () => fail(isolated ? "opener_isolated" : "popup_closed"));
      };
      scope2.after(CLOSED_CHECK, checkClosed);
      scope2.on(win, "pagehide", () => {
        popup.postMessage({ chop: "cancel" }, agent);
        popup.close();
      });
    });
  }
}

// src/browser-window.ts
function ownWindow() {
  return typeof window === "undefined" ? void 0 : window;
}

// src/decide.ts
var MESSAGES2 = {
  agent_unreachable: "no agent answers; it is not installed, not running or not trusted, or the browser did not ask",
  csp_blocked: "add https://localhost: with ports 21443, 21444 and 21445 to the CSP’s connect-src",
  permission_denied: "the person, or a policy, does not let this site reach local programs",
  permission_dismissed: "the browser’s question was closed; calling again asks again",
  permission_policy: 'drop loopback-network=() from Permissions-Policy, or add allow="loopback-network" to the frame'
};
function decide({ permission, csp, policy, framed, slow }) {
  if (csp) return obstacle("csp_blocked");
  switch (permission) {
    case "denied":
      return obstacle(policy ?? framed ? "permission_policy" : "permission_denied");
    case "prompt":
      return obstacle(slow ? "permission_dismissed" : "agent_unreachable");
    default:
      return obstacle("agent_unreachable", false);
  }
}
function obstacle(code, popup = true) {
  return { reason: new BridgeError(code, MESSAGES2[code]), popup };
}

// src/greet.ts
async function greet(win, agent, signal) {
  const response = await win.fetch(`${agent}/v1/info`, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal
  });
  const body = Object(await response.json());
  if (!response.ok && isCode(body.code)) throw parseProblem(body);
  if (!response.ok || body.agent !== "chop") throw new Error(`what answers at ${agent} is not Chop`);
  const [lowest, highest] = Array.isArray(body.protocol) ? body.protocol : [];
  if (lowest <= PROTOCOL_VERSION && PROTOCOL_VERSION <= highest) return agent;
  const older = lowest > PROTOCOL_VERSION ? "bridge" : "agent";
  throw new BridgeError(
    "protocol_unsupported",
    `the agent does not speak version ${PROTOCOL_VERSION}; update the ${older}`
  );
}

// src/permission.ts
var NAMES = ["loopback-network", "local-network-access"];
async function queryPermission(win) {
  for (const name of NAMES) {
    try {
      const permission = await win.navigator.permissions?.query({ name });
      if (permission !== void 0) return permission;
    } catch {
    }
  }
  return void 0;
}
function isForbiddenByPolicy(win) {
  const policy = win.document.featurePolicy;
  const name = NAMES.find((name2) => policy?.features().includes(name2));
  return policy === void 0 || name === void 0 ? void 0 : !policy.allowsFeature(name);
}

// src/find-agent.ts
var ANSWER_TIME = 3e3;
var ASKING_TIME = 400;
function candidates({ agent, ports = PORTS }) {
  if (agent !== void 0) return [new URL(agent).origin];
  return ports.map((port) => `https://localhost:${port}`);
}
async function findAgent(win, agents, signal, onAsking) {
  const permission = await queryPermission(win);
  if (permission?.state === "denied") return decide(await look(win, false, false));
  const scope = new Scope(win, signal);
  const isAsking = () => permission?.state === "prompt";
  scope.after(ASKING_TIME, () => isAsking() && onAsking?.());
  let unlimit = () => {
  };
  let timeUp = false;
  const limit = () => {
    unlimit();
    unlimit = scope.after(isAsking() ? PATIENCE : ANSWER_TIME, () => {
      timeUp = true;
      scope.abort();
    });
  };
  if (permission !== void 0) scope.on(permission, "change", limit);
  limit();
  let csp = false;
  scope.on(win.document, "securitypolicyviolation", (event) => {
    const ours = agents.some((agent) => event.blockedURI.startsWith(agent));
    if (ours && event.disposition === "enforce") csp = true;
  });
  const failures = agents.length > 1 ? [] : [win.performance.now()];
  const note = (error) => {
    failures.push(win.performance.now());
    throw error;
  };
  try {
    const greetings = agents.map((agent) => greet(win, agent, scope.signal).catch(note));
    return { agent: await Promise.any(greetings) };
  } catch (all) {
    signal?.throwIfAborted();
    const refusal = all.errors.find((error) => error instanceof BridgeError);
    if (refusal !== void 0) throw refusal;
    await new Promise((resolve) => void win.setTimeout(resolve, 0));
    const slow = Math.max(...failures) - Math.min(...failures) >= ASKING_TIME;
    const failure = await look(win, csp, slow);
    if (timeUp && failure.permission === "prompt") {
      throw new BridgeError(
        "unanswered",
        "nobody answered the browser’s question; start again with a new challenge"
      );
    }
    return decide(failure);
  } finally {
    scope.end();
  }
}
async function look(win, csp, slow) {
  const permission = (await queryPermission(win))?.state ?? "unknown";
  return {
    permission,
    csp,
    slow,
    policy: isForbiddenByPolicy(win),
    framed: win.top !== win
  };
}

// src/wait-for-click.ts
var MESSAGES3 = {
  popup_blocked: "call proceed() right in a click handler; the person may have to allow popups",
  unanswered: "nobody clicked the button that calls proceed(); start again with a new challenge"
};
async function waitForClick(win, open, signal, onWaiting) {
  const scope = new Scope(win, signal);
  try {
    return await new Promise((resolve, reject) => {
      const fail = (code) => reject(new BridgeError(code, MESSAGES3[code]));
      scope.on(scope.signal, "abort", () => reject(scope.signal.reason));
      scope.after(PATIENCE, () => fail("unanswered"));
      onWaiting(() => {
        if (scope.signal.aborted) return;
        scope.end();
        const popup = open();
        if (popup === null) fail("popup_blocked");
        else resolve(popup);
      });
    });
  } finally {
    scope.end();
  }
}

// src/ask.ts
async function askDirectly(win, operation, { signal, onState, onSimulated, ...where }) {
  signal?.throwIfAborted();
  const page = suitable(win);
  onState?.({ state: "connecting" });
  const agents = candidates(where);
  const onAsking = () => onState?.({ state: "waiting_for_permission" });
  const found = await findAgent(page, agents, signal, onAsking);
  if (!("agent" in found)) return { page, agents, obstacle: found };
  onState?.({ state: "waiting_for_person" });
  const answer = await askByFetch(page, found.agent, operation, signal, onSimulated);
  return { answer: operation.parse(answer) };
}
function suitable(win) {
  if (win === void 0) {
    throw new BridgeError("invalid_request", "call this in a page, not in a worker or on a server");
  }
  if (!win.isSecureContext) {
    throw new BridgeError("insecure_page", "serve the page over https");
  }
  if (win.origin === "null") {
    throw new BridgeError("origin_refused", "a sandboxed frame needs allow-same-origin");
  }
  return win;
}

// src/parse-assertion.ts
var FIELDS = ["unverifiedCertificate", "algorithm", "signature", "format"];
function parseAssertion(answer) {
  if (typeof answer === "object" && answer !== null) {
    const fields = answer;
    const complete = FIELDS.every((name) => typeof fields[name] === "string");
    if (complete && /^web-eid:1(\.|$)/.test(String(fields.format))) return answer;
  }
  throw invalidAnswer("an assertion");
}

// src/sign-in.ts
function signInWith(challenge, issuers) {
  if (!isChallenge(challenge)) {
    throw new BridgeError("invalid_request", "a challenge is 44 to 128 characters of base64");
  }
  return { name: "sign_in", request: { challenge, issuers }, parse: parseAssertion };
}
function isChallenge(text) {
  return text.length >= 44 && text.length <= 128 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

// src/certificates.ts
function certificatesOf(issuers) {
  return { name: "certificates", request: { issuers }, parse: parseCertificates };
}
function parseCertificates(answer) {
  const { certificates: certificates2, issuers } = Object(answer);
  const isCertificate = (item) => {
    const { certificate, uses } = Object(item);
    return typeof certificate === "string" && isTexts(uses);
  };
  if (Array.isArray(certificates2) && certificates2.every(isCertificate) && isTexts(issuers)) {
    return answer;
  }
  throw invalidAnswer("a list of certificates");
}
function isTexts(value) {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

// src/base64.ts
var PIECE = 32768;
function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return void 0;
  }
}

// src/sign.ts
function signWith(documents, issuers, certificate) {
  const request = {
    documents: documents.map(
      (document) => "content" in document ? { name: document.name, content: toBase64(document.content) } : { name: document.name, digest: toBase64(document.digest), hash: document.hash }
    ),
    issuers,
    certificate: certificate && toBase64(certificate)
  };
  const parse = (answer) => {
    const { signatures } = Object(answer);
    if (isTexts(signatures) && signatures.length === documents.length) return signatures;
    throw invalidAnswer("a signature for each document");
  };
  return { name: "sign", request, parse };
}

// src/decrypt.ts
function decryptOf(envelope) {
  return { name: "decrypt", request: { envelope: toBase64(envelope) }, parse: parseContent };
}
function parseContent(answer) {
  const { content } = Object(answer);
  const bytes = typeof content === "string" ? fromBase64(content) : void 0;
  if (bytes === void 0) throw invalidAnswer("a content");
  return bytes;
}

// src/detect.ts
async function detect(options = {}) {
  return detectFrom(ownWindow(), options);
}
async function detectFrom(win, { signal, ...where }) {
  signal?.throwIfAborted();
  if (win === void 0 || !win.isSecureContext || win.origin === "null") return "unsuitable_page";
  if ((await queryPermission(win))?.state === "prompt") return "unknown_until_click";
  const found = await findAgent(win, candidates(where), signal);
  if ("agent" in found) return "available";
  return found.popup ? "popup_only" : "absent";
}

// src/hipki-faults.ts
var CODES2 = {
  1979711494: "no_card",
  1979711502: "unsupported",
  1979711503: "origin_refused",
  1979711537: "origin_refused",
  1979713944: "invalid_request",
  1979713945: "user_refused",
  1980760067: "no_reader",
  1980760068: "no_reader",
  1980760070: "pin_wrong",
  1980760072: "no_certificate",
  1980760073: "no_certificate",
  1980760076: "no_certificate",
  1980760077: "no_certificate",
  1982857218: "unsupported",
  1983905793: "not_decrypted",
  1983905794: "unsupported",
  1983905795: "not_decrypted",
  1984954369: "no_certificate",
  1984954370: "no_certificate"
};
var LOGIN = 1980760070;
var LOCKED = 164;
var TRIES = 2147483648;
function faultOf(code, lastError) {
  const major = code >>> 0;
  const minor = Number(lastError) >>> 0;
  const message = `the HiCOS component answered 0x${major.toString(16)}, 0x${minor.toString(16)}`;
  if (major === LOGIN && minor === LOCKED) return new BridgeError("pin_locked", message);
  if (major === LOGIN) {
    const left = minor - TRIES;
    const triesLeft = left === 1 || left === 2 ? left : null;
    return new BridgeError("pin_wrong", message, { triesLeft });
  }
  return new BridgeError(CODES2[major] ?? "card_fault", message);
}

// src/hipki-component.ts
var COMPONENT = "http://localhost:61161";
var READY_TIME2 = 6e3;
var CLOSED_CHECK2 = 200;
function popupForm(component) {
  return `${component}/popupForm`;
}
async function askComponent(win, popup, component, request, pin, signal) {
  const scope = new Scope(win, signal);
  try {
    return await new Promise((resolve, reject) => {
      scope.on(scope.signal, "abort", () => reject(scope.signal.reason));
      const cancelWaiting = scope.after(
        READY_TIME2,
        () => reject(new BridgeError("agent_unreachable", `nothing answers at ${component}`))
      );
      let asked = false;
      const greeted = async () => {
        if (asked) return;
        asked = true;
        cancelWaiting();
        scope.after(
          PATIENCE,
          () => reject(new BridgeError("unanswered", "the component gave no answer in time"))
        );
        const entered = pin === void 0 ? {} : { pin: encodeURIComponent(await pin()) };
        const text = JSON.stringify({ func: request.func, ...request.fields, ...entered });
        popup.postMessage(text.replaceAll("+", "%2B"), component);
      };
      scope.on(win, "message", ({ source, origin, data }) => {
        if (source !== popup || origin !== component) return;
        const answer = parsed(data);
        if (answer.func === "getTbs") return void greeted().catch(reject);
        if (!asked) return;
        try {
          resolve(read(answer, request));
        } catch (error) {
          reject(error);
        }
      });
      const checkClosed = () => {
        if (!popup.closed) return void scope.after(CLOSED_CHECK2, checkClosed);
        const closed = "the popup was closed before it had an answer";
        scope.after(CLOSED_CHECK2, () => reject(new BridgeError("popup_closed", closed)));
      };
      scope.after(CLOSED_CHECK2, checkClosed);
      scope.on(win, "pagehide", () => popup.close());
    });
  } finally {
    scope.end();
  }
}
function read(answer, request) {
  if (answer.func !== request.answer || typeof answer.ret_code !== "number") {
    throw invalidAnswer("what the HiCOS component answers");
  }
  if (answer.ret_code !== 0) throw faultOf(answer.ret_code, answer.last_error);
  return request.parse(answer);
}
function parsed(data) {
  try {
    return Object(JSON.parse(String(data)));
  } catch {
    return {};
  }
}

// src/hipki-ask.ts
async function askEither(win, either, options, pin) {
  const direct = await askDirectly(win, either.chop, options);
  if ("answer" in direct) return direct.answer;
  const { page, agents, obstacle: obstacle2 } = direct;
  const { signal, onState, onSimulated, component = COMPONENT } = options;
  const { reason } = obstacle2;
  const chop = {
    url: pageOf(agents),
    talk: async (popup2) => {
      onState?.({ state: "popup" });
      const onAsked = () => onState?.({ state: "waiting_for_person" });
      const answer = await askByPopup(
        page,
        popup2,
        agents,
        either.chop,
        signal,
        onAsked,
        onSimulated
      );
      return either.chop.parse(answer);
    }
  };
  const vendor = {
    url: popupForm(component),
    talk: (popup2) => {
      onState?.({ state: "component" });
      return askComponent(page, popup2, component, either.component, pin && once(pin), signal);
    }
  };
  const absent = reason.code === "agent_unreachable";
  const roads = !obstacle2.popup ? [vendor] : absent ? [vendor, chop] : [chop, vendor];
  const open = () => openPopup(page, roads[0]?.url ?? "");
  let popup = absent ? open() : null;
  if (popup === null) {
    if (onState === void 0) throw reason;
    popup = await waitForClick(
      page,
      open,
      signal,
      (proceed) => onState({ state: "needs_click", reason, proceed })
    );
  }
  try {
    for (const [number, road] of roads.entries()) {
      if (number > 0) popup.location.replace(road.url);
      try {
        return await road.talk(popup);
      } catch (error) {
        const nobody = error instanceof BridgeError && error.code === "agent_unreachable";
        if (!nobody) throw error;
      }
    }
    throw new BridgeError("agent_unreachable", "neither Chop nor the HiCOS component answers");
  } finally {
    popup.close();
  }
}
function once(pin) {
  return async () => {
    const entered = await pin();
    if (entered) return entered;
    throw new BridgeError("user_refused", "the person gave the page no PIN");
  };
}

// src/hipki-operations.ts
async function signIn(challenge, { issuers, pin, ...options }) {
  return askEither(ownWindow(), signInEither(challenge, issuers), options, pin);
}
function signInEither(challenge, issuers) {
  const native = signInWith(challenge, issuers);
  const signed = signature(toBase64(new TextEncoder().encode(challenge)));
  const parse = (answer) => ({
    form: "assertion",
    assertion: native.parse(answer)
  });
  return { chop: { ...native, parse }, component: signed };
}
async function sign(documents, { issuers, pin, ...options }) {
  const native = signWith(documents, issuers);
  let entered;
  const same = () => entered ??= pin();
  const first = documents[0];
  if (first === void 0) throw new BridgeError("invalid_request", "there is no document");
  const begun = await askEither(ownWindow(), signEither(native, first), options, same);
  if (begun.length === documents.length) return begun;
  const signatures = [...begun];
  for (const document of documents.slice(1)) {
    const one = signEither(signWith([document], issuers), document);
    signatures.push(...await askEither(ownWindow(), one, options, same));
  }
  return signatures;
}
function signEither(native, { content }) {
  const { parse, ...request } = signature(toBase64(content));
  return { chop: native, component: { ...request, parse: (answer) => [parse(answer).signature] } };
}
async function certificates({
  issuers,
  ...options
} = {}) {
  const either = { chop: certificatesOf(issuers), component: CERTIFICATES };
  return askEither(ownWindow(), either, options);
}
async function decrypt(envelope, { pin, ...options }) {
  return askEither(ownWindow(), decryptEither(envelope), options, pin);
}
function decryptEither(envelope) {
  return {
    chop: decryptOf(envelope),
    component: {
      func: "DecryptData",
      answer: "decrypt",
      fields: { cipher: toBase64(envelope), cipherType: "PKCS7", plainEncoding: "base64" },
      parse: ({ plain }) => {
        const bytes = typeof plain === "string" ? fromBase64(plain) : void 0;
        if (bytes === void 0) throw invalidAnswer("a content");
        return bytes;
      }
    }
  };
}
function signature(tbs) {
  return {
    func: "MakeSignature",
    answer: "sign",
    fields: {
      tbs,
      tbsEncoding: "base64",
      hashAlgorithm: "SHA256",
      signatureType: "PKCS7",
      withCardSN: "false",
      nonce: ""
    },
    parse: ({ signature: signature2, certb64, cardSN }) => {
      if (typeof signature2 !== "string" || typeof certb64 !== "string") {
        throw invalidAnswer("a signature");
      }
      const cardNumber = typeof cardSN === "string" ? cardSN : "";
      return { form: "cms", signature: signature2, certificate: certb64, cardNumber };
    }
  };
}
var CERTIFICATES = {
  func: "GetUserCert",
  answer: "pkcs11info",
  fields: {},
  parse: ({ slots }) => {
    if (!Array.isArray(slots)) throw invalidAnswer("a list of readers");
    if (slots.length === 0) throw new BridgeError("no_reader", "there is no card reader");
    const listed = slots.map((slot) => {
      const { token } = Object(slot);
      return Object(token).certs;
    });
    const certs = listed.find(Array.isArray);
    if (certs === void 0) throw new BridgeError("no_card", "no reader has a card that is known");
    return sorted(certs);
  }
};
function sorted(certs) {
  const certificates2 = [];
  const issuers = [];
  for (const cert of certs) {
    const { certb64, usage } = Object(cert);
    if (typeof certb64 !== "string") continue;
    const usages = String(usage ?? "").split("|");
    const has = (...names) => names.some((name) => usages.includes(name));
    if (has("keyCertSign")) issuers.push(certb64);
    else if (has("digitalSignature")) certificates2.push({ certificate: certb64, uses: SIGNING });
    else if (has("keyEncipherment", "dataEncipherment", "keyAgreement")) {
      certificates2.push({ certificate: certb64, uses: ["decrypt"] });
    }
  }
  return { certificates: certificates2, issuers };
}
var SIGNING = ["sign_in", "sign"];
export {
  AGENT_CODES,
  BRIDGE_CODES,
  BridgeError,
  CODES,
  certificates,
  decrypt,
  detect,
  sign,
  signIn
};
