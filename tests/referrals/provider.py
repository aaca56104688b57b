"""A sign-in provider to test against: real HTTP, real keys, real signatures; what it says is up to the test."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "directory", "a secret between the two"


class StandIn:
    """`claims` go over the good ones, `key` signs, `status` answers at the token's address."""

    def __init__(self) -> None:
        self.issuer = ""
        self.published = self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.status = 200
        self.asked: dict[str, dict[str, str]] = {}
        self.metadata: dict[str, Any] = {}

    def reset(self) -> None:
        self.claims, self.status, self.metadata = {}, 200, {}
        self.key, self.header = self.published, {"alg": "RS256", "kid": "one"}

    def agree(self, address: str) -> str:
        """A person signs in at `address`: the code that the browser brings back."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.asked[code] = given
        return code

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """As a provider does: the code once, for the client it was made for, with the verifier of its challenge."""
        asked = self.asked.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["code_challenge"] != challenge.decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        if authorization != f"Basic {basic}" or form["redirect_uri"] != asked["redirect_uri"]:
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "person-1", "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "email": "person@example.org", "email_verified": True, "name": "A Person",
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            parts = [json.dumps(each).encode() for each in (self.header, claims)]
            token = b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") for each in parts).decode() + "."
        else:
            token = jwt.encode(self.header, claims, self.key)
        return self.status, {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def running() -> Iterator[StandIn]:
    """The stand-in, on a port of its own."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {
                "/.well-known/openid-configuration": stand_in.described(),
                "/keys": {"keys": [stand_in.published.as_dict(private=False)]},
            }.get(self.path)
            self._say(200 if found else 404, found or {})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self._say(*stand_in.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
