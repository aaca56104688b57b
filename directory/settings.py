"""One frozen `Settings`, read from `DIRECTORY_*` environment variables when a process starts, never at import."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

PREFIX = "DIRECTORY_"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is the variable `DIRECTORY_` + its name in capitals."""

    database_url: Annotated[
        str,
        Meta(
            description="PostgreSQL to use, as postgresql://...; empty: the embedded one, under the data folder"
        ),
    ] = ""
    data_dir: Annotated[
        Path, Meta(description="where the embedded PostgreSQL and the embedded search index live")
    ] = Path(".data")
    search_url: Annotated[
        str, Meta(description="Meilisearch to use, as http://...; empty: the engine in the process")
    ] = ""
    search_key: Annotated[str, Meta(description="the Meilisearch key of this application")] = ""
    search_fallback: Annotated[
        bool, Meta(description="answer from the embedded engine while Meilisearch is away")
    ] = False
    public_url: Annotated[str, Meta(description="the address that people use, for links and feeds")] = (
        "http://127.0.0.1:8000"
    )
    rules_dir: Annotated[
        str, Meta(description="a council's own rule book folder; its files replace those of the same name")
    ] = ""
    embedding: Annotated[
        bool,
        Meta(
            description="let the sentence model have its say on needs, where the `embed` extra is installed and "
            "`directory rules embed` was run"
        ),
    ] = True
    geocoder: Annotated[
        str,
        Meta(
            description="a geopy geocoder of your own to ask for places not known here, as module:name; "
            "it is told what was typed"
        ),
    ] = ""
    theme: Annotated[
        str,
        Meta(
            description="a council's own stylesheet of colours and typeface, on top of ours (docs/theme.md)"
        ),
    ] = ""
    tiles: Annotated[
        str, Meta(description="an MBTiles file of map pictures to draw under our own maps; served from here")
    ] = ""
    contact_mail: Annotated[
        str,
        Meta(
            description="where people write about the directory itself; empty: pages give the front door's number"
        ),
    ] = ""
    demo: Annotated[
        bool, Meta(description="demonstration mode: invented services, and pages that say so")
    ] = False
    pool_size: Annotated[int, Meta(ge=5, le=200, description="database connections of one process")] = 10
    log_level: Annotated[str, Meta(description="debug, info, warning or error")] = "info"
    log_format: Annotated[str, Meta(description="text for people, json for machines")] = "text"
    worker: Annotated[
        bool, Meta(description="run the background loop inside the web process; one leader works at a time")
    ] = True
    trusted_proxies: Annotated[
        str, Meta(description="addresses of proxies whose X-Forwarded-* headers are believed, by comma")
    ] = "127.0.0.1"

    secret_key: Annotated[
        str,
        Meta(
            description="keys that seal personal data, by comma; the first seals, all open; empty: one is made and "
            "kept under the data folder"
        ),
    ] = ""
    mail_url: Annotated[
        str,
        Meta(
            description="SMTP server, as smtp://user:password@host:587 (or smtps://); empty: mail stays in the outbox"
        ),
    ] = ""
    mail_from: Annotated[str, Meta(description="the sender's address of mail")] = "directory@example.org"
    notify_key: Annotated[
        str, Meta(description="GOV.UK Notify key; set: mail and texts go through Notify")
    ] = ""
    notify_url: Annotated[str, Meta(description="the address of GOV.UK Notify")] = (
        "https://api.notifications.service.gov.uk"
    )
    notify_templates: Annotated[
        str,
        Meta(
            description="Notify's template ids, as email=<id>,text=<id>; both take ((subject)) and ((body))"
        ),
    ] = ""
    desk_mail: Annotated[
        str,
        Meta(
            description="the front door's own inbox, told of what is overdue; empty: the queue alone shows it"
        ),
    ] = ""
    small_number: Annotated[
        int,
        Meta(
            ge=3,
            le=50,
            description="figures about families are rounded to multiples of it, and nothing below it is shown",
        ),
    ] = 5

    oidc_issuer: Annotated[
        str,
        Meta(description="the council's own sign-in (OpenID Connect), as its issuer address; empty: none"),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="what the provider calls this directory")] = ""
    oidc_client_secret: Annotated[
        str, Meta(description="the secret that goes with it; empty for a public client (PKCE is always used)")
    ] = ""
    oidc_scopes: Annotated[str, Meta(description="what is asked of the provider")] = "openid email profile"
    oidc_claim: Annotated[str, Meta(description="the claim of the ID token that holds a person's groups")] = (
        "groups"
    )
    oidc_roles: Annotated[
        str,
        Meta(
            description="which group gives which role, as group=front_door,group=manager; the first that fits counts, "
            "none: nobody is let in; never admin. Empty: accounts keep the role they have"
        ),
    ] = ""
    oidc_create: Annotated[
        bool, Meta(description="make an account at the first sign-in of a person whose group gives a role")
    ] = False
    oidc_trust_email: Annotated[
        bool, Meta(description="the provider vouches for every e-mail address, also where it does not say so")
    ] = False
    second_factor_roles: Annotated[
        str,
        Meta(
            description="roles that must use an authenticator app when they sign in with a password, by comma, "
            "such as manager,admin"
        ),
    ] = ""
    webhook_private: Annotated[
        bool, Meta(description="let webhooks go to addresses of a private network, and by http")
    ] = False

    @property
    def embedded_database(self) -> bool:
        return not self.database_url


def load(environ: Mapping[str, str] | None = None, **over: object) -> Settings:
    """Settings from the environment, `over` on top; raises ValueError with the variable's name in it."""
    environ = os.environ if environ is None else environ
    known = {PREFIX + name.upper(): name for name in Settings.__struct_fields__}
    if unknown := sorted(key for key in environ if key.startswith(PREFIX) and key not in known):
        raise ValueError(f"unknown setting {unknown[0]}; the known ones are in docs/operate.md")
    values: dict[str, object] = {}
    for variable, name in known.items():
        text = environ.get(variable, "").strip()
        if text:
            values[name] = text
    values |= {name: value for name, value in over.items() if value is not None}
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        message = str(error)
        name = message.rpartition("$.")[2].rstrip("`")
        raise ValueError(f"{PREFIX}{name.upper()}: {message.partition(' - at')[0]}") from None


def described() -> list[tuple[str, str, str]]:
    """(variable, default, what it means) for every setting; docs and `--help` are made of it."""
    hints = get_type_hints(Settings, include_extras=True)
    defaults = Settings()
    return [
        (PREFIX + name.upper(), str(getattr(defaults, name)), str(get_args(hints[name])[1].description))
        for name in Settings.__struct_fields__
    ]


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise TypeError(f"a setting cannot be of type {kind}")
