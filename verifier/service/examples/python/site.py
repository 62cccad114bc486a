"""A site with a card login; chop-verify says who signed. Python 3.9, no dependency."""

import http.cookies
import http.server
import json
import os
import pathlib
import secrets
import urllib.error
import urllib.request

CHOP_VERIFY = os.environ["CHOP_VERIFY"]
PAGE = pathlib.Path(__file__).parent.parent / "page"
FILES = {"/": "index.html", "/login.js": "login.js", "/bridge.js": "bridge.js"}
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}
MOST = 16 * 1024

# Session id to what is known of it. Yours is a database or your framework's sessions.
sessions = {}


def ask(path, question):
    """Asks chop-verify: the status and the answer; 503 when it does not answer."""
    body = json.dumps(question).encode()
    request = urllib.request.Request(CHOP_VERIFY + path, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)
    except OSError:  # URLError and a silent peer are among these
        return 503, {"code": "site_fault"}


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = FILES.get(self.path)
        if name is None or not (PAGE / name).is_file():
            return self.answer(404, {"code": "not_found"})
        self.send(200, TYPES[pathlib.Path(name).suffix], (PAGE / name).read_bytes())

    def do_POST(self):
        if self.path == "/login/challenge":
            self.challenge()
        elif self.path == "/login/card":
            self.card()
        else:
            self.answer(404, {"code": "not_found"})

    def challenge(self):
        # The challenge belongs to this browser's session.
        session = self.session() or self.new_session()
        status, issued = ask("/v1/challenges", {"session": session})
        self.answer(200 if status == 201 else 503, issued)

    def card(self):
        session = self.session()
        length = int(self.headers.get("content-length", 0))
        if session is None or not 0 <= length <= MOST:
            return self.answer(403, {"code": "no_session"})
        # The assertion goes on as text: nothing in it is read here.
        status, verdict = ask("/v1/sign-ins", {
            "session": session,
            "id": self.headers.get("x-challenge-id", ""),
            "assertion": self.rfile.read(length).decode("utf-8", "replace"),
        })
        if status != 200:
            return self.answer(503 if status == 503 else 403, {"code": verdict["code"]})
        identity = verdict["signer"]["identity"]
        if identity["kind"] != "company":
            return self.answer(403, {"code": "card_kind_wrong"})
        # A login has a new session: whoever knew the old one knows nothing of this one.
        del sessions[session]
        sessions[self.new_session()]["ban"] = identity["ban"]
        self.answer(200, {"name": identity["name"]})

    def session(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("cookie", "")).get("__Host-session")
        return cookie.value if cookie and cookie.value in sessions else None

    def new_session(self):
        session = secrets.token_urlsafe(32)
        sessions[session] = {}
        self.cookie = f"__Host-session={session}; Path=/; Secure; HttpOnly; SameSite=Lax"
        return session

    def answer(self, status, body):
        self.send(status, "application/json", json.dumps(body).encode())

    def send(self, status, kind, body):
        self.send_response(status)
        if cookie := getattr(self, "cookie", None):
            self.send_header("set-cookie", cookie)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
    http.server.ThreadingHTTPServer(address, Site).serve_forever()
