"""A site with an identity provider of its own, walked through once: refused, linked, entered, forged.

``provider_site.py FOLDER``. The provider answers discovery, token and user on this machine.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from small_site import add_people, make_site_folder


class Provider(BaseHTTPRequestHandler):
    """Says the same of everybody who brings the code."""

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        known = {
            "/.well-known/openid-configuration": {
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/user", "jwks_uri": f"{base}/keys",
            },
            "/user": {"sub": "subject-7", "name": "somebody", "roles": ["system"]},
        }  # fmt: skip
        self._send(known[urlsplit(self.path).path])

    def do_POST(self) -> None:
        told = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert told["code"] == ["right"]
        assert "code_verifier" in told, "PKCE is on"
        self._send({"access_token": "t", "token_type": "bearer"})

    def _send(self, body: object) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


def main(folder: Path) -> None:
    provider = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{provider.server_port}"
    os.environ |= {
        "KAIWU_OIDC_URL": f"{base}/.well-known/openid-configuration",
        "KAIWU_OIDC_CLIENT": "kaiwu",
        "KAIWU_OIDC_SECRET": "s",
    }
    make_site_folder(folder)
    from kaiwu.web import site

    site.set_up(folder)
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    site.migrate()
    site.sync()
    add_people()
    from django.test import Client

    from kaiwu.web.account.models import Person

    def enter(client: Client, state: str = ""):
        leave = client.post("/oidc/kaiwu/login/")
        assert leave["Location"].startswith(f"{base}/authorize?"), leave["Location"]
        given = parse_qs(urlsplit(leave["Location"]).query)["state"][0]
        return client.get("/oidc/kaiwu/login/callback/", {"code": "right", "state": state or given})

    page = Client(HTTP_HOST="localhost").get("/login/")
    assert "/oidc/kaiwu/login/" in page.content.decode()
    assert base in page["Content-Security-Policy"]
    stranger = Client(HTTP_HOST="localhost")
    print("refused" if enter(stranger).status_code == 403 else "?")
    east = Client(HTTP_HOST="localhost")
    east.force_login(Person.objects.get(login="east"), backend="django.contrib.auth.backends.ModelBackend")
    print("linked" if enter(east)["Location"] == "/account/" else "?")
    again = Client(HTTP_HOST="localhost")
    assert enter(again)["Location"] == "/"
    print("entered" if "east" in again.get("/account/").content.decode() else "?")
    print("forged" if enter(Client(HTTP_HOST="localhost"), state="of somebody else").status_code == 401 else "?")
    assert Person.objects.count() == 12


if __name__ == "__main__":
    main(Path(sys.argv[1]))
