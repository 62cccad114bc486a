"use strict";
(() => {
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

  // src/serve-add-domain.ts
  var PATHS = { ticket: "/chop/ticket", request: "/chop/let-in" };
  var STAYS = 1500;
  var TEXT = {
    invalid: "網址不對，沒有可以允許的網站。\nThe address names no site.",
    asking: "請在 Chop 的視窗中決定。\nDecide in Chop’s window.",
    allowed: "已經允許。\nThe site may now ask.",
    refused: "沒有允許。\nNothing was changed.",
    failed: "Chop 沒有回應，請再試一次。\nChop gave no answer; try again."
  };
  function serveAddDomain(win) {
    const part = (id) => win.document.getElementById(id);
    const say = (text) => {
      const state = part("state");
      if (state !== null) state.textContent = TEXT[text];
    };
    const origin = originOf(new URLSearchParams(win.location.search).get("domain") ?? "");
    const [site, ask] = [part("site"), part("ask")];
    if (origin === void 0 || site === null || ask === null) return say("invalid");
    site.textContent = origin;
    ask.hidden = false;
    ask.onclick = async () => {
      ask.hidden = true;
      say("asking");
      try {
        const request = { type: "application/json", body: "{}" };
        const { ok, text } = await askAs(win, origin, PATHS, request);
        const code = ok ? JSON.parse(text).ret_code : void 0;
        say(code === 0 ? "allowed" : "refused");
        const opener = win.opener;
        if (ok) opener?.postMessage(text, "*");
        win.setTimeout(() => win.close(), STAYS);
      } catch {
        say("failed");
        ask.hidden = false;
      }
    };
  }
  function originOf(host) {
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(host)) return void 0;
    try {
      return new URL(`https://${host}`).origin;
    } catch {
      return void 0;
    }
  }

  // src/hipki-add-domain.ts
  serveAddDomain(window);
})();
