"use strict";
(() => {
  // src/operations.ts
  var PATHS = {
    sign_in: "/v1/sign-in",
    certificates: "/v1/certificates",
    sign: "/v1/sign",
    decrypt: "/v1/decrypt"
  };

  // src/own-page.ts
  async function askAs(win, origin, paths, request, signal) {
    const post = async (path, type, body, ticket2) => {
      const response = await win.fetch(path, {
        method: "POST",
        headers: { "content-type": type, ...ticket2 !== void 0 && { "chop-ticket": ticket2 } },
        body,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        ...signal !== void 0 && { signal }
      });
      return { ok: response.ok, text: await response.text() };
    };
    const json = "application/json";
    const issued = await post(paths.ticket, json, JSON.stringify({ origin }));
    if (!issued.ok) return issued;
    const { ticket } = JSON.parse(issued.text);
    return post(paths.request, request.type, request.body, ticket);
  }

  // src/words.ts
  var PROTOCOL_VERSION = 1;

  // src/serve-popup.ts
  var TEXT = {
    idle: "這一頁屬於 Chop，可以關閉。\nThis page belongs to Chop and may be closed.",
    asking: "完成後這個小視窗會自己關閉。\nThis small window closes by itself.",
    refused: "開啟這個視窗的網頁不能使用 Chop。\nThe page that opened this window may not use Chop.",
    done: "完成，可以關閉這個視窗。\nDone; this window may be closed."
  };
  var OPENER_CHECK = 500;
  function servePopup(win) {
    const opener = win.opener;
    if (opener === null) return show(win, "idle");
    const asking = new AbortController();
    let asker;
    const listen = ({ source, origin, data }) => {
      if (data?.chop === "cancel" && origin === asker) return win.close();
      const path = pathOf(data?.chop);
      if (path === void 0 || source !== opener || asker !== void 0) return;
      asker = origin;
      if (origin === "null") return show(win, "refused");
      show(win, "asking");
      void ask(win, origin, path, data.request, asking.signal).then((answer) => {
        if (asking.signal.aborted) return;
        opener.postMessage({ chop: "answer", ...answer }, origin);
        show(win, "done");
        win.close();
      });
    };
    win.addEventListener("message", listen);
    win.addEventListener("pagehide", () => asking.abort());
    win.setInterval(() => opener.closed && win.close(), OPENER_CHECK);
    opener.postMessage({ chop: "ready", protocol: PROTOCOL_VERSION }, "*");
  }
  function pathOf(name) {
    return typeof name === "string" && Object.hasOwn(PATHS, name) ? PATHS[name] : void 0;
  }
  async function ask(win, origin, path, request, signal) {
    try {
      const paths = { ticket: "/v1/bridge/tickets", request: path };
      const body = JSON.stringify(request);
      const { ok, text } = await askAs(win, origin, paths, { type: "application/json", body }, signal);
      const answer = JSON.parse(text);
      return ok ? { result: answer } : { problem: answer };
    } catch {
      return { problem: { code: "agent_unreachable" } };
    }
  }
  function show(win, text) {
    const state = win.document.getElementById("state");
    if (state !== null) state.textContent = TEXT[text];
  }

  // src/page.ts
  servePopup(window);
})();
