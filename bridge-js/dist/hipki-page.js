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

  // src/serve-hipki-popup.ts
  var PATHS = { ticket: "/chop/ticket", request: "/chop/popup" };
  var STAYS = 1e3;
  var OPENER_CHECK = 500;
  var TEXT = {
    idle: "這一頁屬於 Chop，可以關閉。\nThis page belongs to Chop and may be closed.",
    asking: "請看 Chop 的視窗。完成後這個小視窗會自己關閉。\nThis small window closes by itself.",
    done: "完成。\nDone."
  };
  var UNTRUSTED = 1979711537;
  var UNREACHABLE = 1979711501;
  function serveHipkiPopup(win) {
    const opener = win.opener;
    if (opener === null) return show("idle");
    const asking = new AbortController();
    let asked = false;
    const listen = ({ source, origin, data }) => {
      const text = requestOf(data);
      if (text === void 0 || source !== opener || asked) return;
      asked = true;
      show("asking");
      void answer(origin, text).then((answer2) => {
        if (asking.signal.aborted) return;
        opener.postMessage(answer2, origin === "null" ? "*" : origin);
        show("done");
        win.setTimeout(() => win.close(), STAYS);
      });
    };
    win.addEventListener("message", listen);
    win.addEventListener("pagehide", () => asking.abort());
    win.setInterval(() => opener.closed && win.close(), OPENER_CHECK);
    const func = win.document.body.dataset.first ?? "getTbs";
    opener.postMessage(JSON.stringify({ func }), "*");
    async function answer(origin, text) {
      if (origin === "null") return refusal(text, UNTRUSTED, "此網頁無法辨識，不能使用元件");
      try {
        const request = { type: "text/plain", body: text };
        const { ok, text: reply } = await askAs(win, origin, PATHS, request, asking.signal);
        return ok ? reply : refusal(text, UNTRUSTED, "此網站未獲授權使用元件");
      } catch {
        return refusal(text, UNREACHABLE, "執行檔錯誤或逾時");
      }
    }
    function show(text) {
      const state = win.document.getElementById("state");
      if (state !== null) state.textContent = TEXT[text];
    }
  }
  function requestOf(data) {
    if (typeof data === "string") return data;
    return typeof data === "object" && data !== null ? JSON.stringify(data) : void 0;
  }
  var ANSWERS = {
    GetUserCert: "pkcs11info",
    CheckEnvir: "pkcs11info",
    DecryptData: "decrypt",
    changeUserPINCode: "changeUserPINCode"
  };
  function refusal(text, code, message) {
    const asked = Object.keys(ANSWERS).find((name) => text.includes(name));
    const func = asked === void 0 ? "sign" : ANSWERS[asked];
    const slots = func === "pkcs11info" ? { slots: [] } : {};
    return JSON.stringify({ func, last_error: 0, message, ret_code: code, ...slots });
  }

  // src/hipki-page.ts
  serveHipkiPopup(window);
})();
