"""Signing in with a council's own accounts: OpenID Connect, code flow with PKCE, state and nonce, on Authlib.

What has to come back unharmed between the two visits (state, nonce, verifier, where to go on) travels in a sealed
cookie of ten minutes, so that the answer is only good in the browser that asked, and once.
"""

import base64
import binascii
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from directory.access.linking import Claims, Mapping, read_claims
from directory.access.vault import SealBroken, Vault
from directory.errors import NotAllowed, Unavailable
from directory.settings import Settings
from directory.telemetry import log

if TYPE_CHECKING:  # what speaks with a provider is read when one is spoken with: few have one, and it is 7 MB
    import httpx
    from joserfc.jwk import KeySet

CALLBACK = "/staff/sign-in/oidc/callback"
MINUTES = 10
LEEWAY = 60  # seconds that two clocks may differ
KEPT = 3600  # seconds that what the provider says of itself is believed
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
_SEAL = "oidc:flow"


class Refused(NotAllowed):
    """The provider's answer is not one to let anybody in with; why is for the log, without a person in it."""

    title = "Signing in did not work"

    def __init__(self, why: str) -> None:
        super().__init__("the sign-in did not work; start again, or ask whoever manages the accounts")
        log.warning("a sign-in through the provider was refused: %s", why)


class Flow(Struct, frozen=True):
    """One sign-in on its way."""

    state: str
    nonce: str
    verifier: str
    onward: str
    until: int


class Answer(Struct, frozen=True, kw_only=True):
    """What the provider sends back with the browser; anything else in the address is left alone."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""


class Provider:
    """The provider that the settings name. ValueError for settings that cannot work."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self.secret = settings.oidc_client_secret
        self.scopes = settings.oidc_scopes
        self.redirect = settings.public_url.rstrip("/") + CALLBACK
        self.mapping = Mapping.read(settings)
        if self.issuer and not (_secure(self.issuer) and self.client_id):
            raise ValueError(
                "DIRECTORY_OIDC_ISSUER: an https address, together with DIRECTORY_OIDC_CLIENT_ID"
            )
        self._known: tuple[float, dict[str, Any], KeySet] | None = None

    @property
    def there(self) -> bool:
        return bool(self.issuer)

    async def begin(self, vault: Vault, onward: str) -> tuple[str, str]:
        """(where to send the browser, the cookie that goes along)."""
        from authlib.common.urls import add_params_to_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        metadata, _ = await self._metadata()
        flow = Flow(
            state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48),
            onward=onward, until=int(time.time()) + MINUTES * 60,
        )  # fmt: skip
        address = add_params_to_uri(
            metadata["authorization_endpoint"],
            [
                ("response_type", "code"), ("client_id", self.client_id), ("redirect_uri", self.redirect),
                ("scope", self.scopes), ("state", flow.state), ("nonce", flow.nonce),
                ("code_challenge", create_s256_code_challenge(flow.verifier)), ("code_challenge_method", "S256"),
            ],
        )  # fmt: skip
        sealed = base64.urlsafe_b64encode(vault.seal(msgspec.json.encode(flow), _SEAL)).decode()
        return str(address), sealed

    async def finish(self, vault: Vault, cookie: str, answer: Answer) -> tuple[Claims, str]:
        """(who it is, where to go on). Refused for anything that does not fit."""
        flow = _opened(vault, cookie)
        if answer.error:
            raise Refused("the provider said no")
        if not answer.state or not secrets.compare_digest(answer.state.encode(), flow.state.encode()):
            raise Refused("the state is another")
        if answer.iss and answer.iss != self.issuer:
            raise Refused("another provider answered")
        if not answer.code:
            raise Refused("there is no code")
        token = await self._token(answer.code, flow.verifier)
        return read_claims(await self._claims(token, flow.nonce), self.issuer, self.mapping), flow.onward

    async def _token(self, code: str, verifier: str) -> dict[str, Any]:
        import httpx

        metadata, _ = await self._metadata()
        data = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect,
            "client_id": self.client_id, "code_verifier": verifier,
        }  # fmt: skip
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth = None
        if self.secret and "client_secret_basic" in ways:
            auth = httpx.BasicAuth(self.client_id, self.secret)
        elif self.secret:
            data["client_secret"] = self.secret
        found = await _ask("POST", metadata["token_endpoint"], data=data, auth=auth)
        if "id_token" not in found:
            raise Refused("there is no ID token")
        return found

    async def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jws import JWSRegistry

        metadata, keys = await self._metadata()
        offered = set(metadata.get("id_token_signing_alg_values_supported") or ["RS256"])
        registry = JWSRegistry(algorithms=sorted(offered & ALGORITHMS), strict_check_header=False)
        try:
            try:
                read = jwt.decode(token["id_token"], key=keys, registry=registry)
            except InvalidKeyIdError:  # the provider has new keys
                self._known = None
                _, keys = await self._metadata()
                read = jwt.decode(token["id_token"], key=keys, registry=registry)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Refused(f"the ID token is not good ({type(error).__name__})") from None
        return dict(claims)

    async def _metadata(self) -> "tuple[dict[str, Any], KeySet]":
        """What the provider says of itself, and its keys; asked for once an hour."""
        from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if self._known and time.monotonic() - self._known[0] < KEPT:
            return self._known[1], self._known[2]
        metadata = await _ask("GET", get_well_known_url(self.issuer, external=True))
        if metadata.get("issuer") != self.issuer:
            raise Unavailable("the sign-in provider speaks for another issuer")
        try:
            if self.issuer.startswith("https://"):
                OpenIDProviderMetadata(metadata).validate()
            if not all(
                _secure(metadata[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            ):
                raise ValueError
            keys = KeySet.import_key_set(await _ask("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]
        except (ValueError, KeyError, JoseError):
            raise Unavailable("the sign-in provider is not set up as it should be") from None
        self._known = (time.monotonic(), metadata, keys)
        return metadata, keys


def _opened(vault: Vault, cookie: str) -> Flow:
    try:
        flow = msgspec.json.decode(vault.open(base64.urlsafe_b64decode(cookie), _SEAL), type=Flow)
    except (SealBroken, binascii.Error, ValueError, msgspec.DecodeError):
        raise Refused("no sign-in was begun in this browser") from None
    if flow.until < time.time():
        raise Refused("it took too long")
    return flow


async def _ask(
    method: str, address: str, *, data: dict[str, str] | None = None, auth: "httpx.Auth | None" = None
) -> dict[str, Any]:
    import httpx

    try:
        async with httpx.AsyncClient(timeout=8, follow_redirects=False, trust_env=False) as client:
            answer = await client.request(
                method, address, data=data, auth=auth, headers={"Accept": "application/json"}
            )
        found = answer.json() if len(answer.content) < 1_000_000 else None
    except (httpx.HTTPError, ValueError):
        raise Unavailable(
            "the sign-in provider does not answer; try again, or sign in with a password"
        ) from None
    if answer.status_code >= 500:
        raise Unavailable("the sign-in provider does not answer; try again, or sign in with a password")
    if answer.status_code != 200 or not isinstance(found, dict):
        raise Refused(f"the provider answered {answer.status_code}")
    return found


def _secure(address: str) -> bool:
    """https, or this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    )
