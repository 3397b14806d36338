"""What is known about a target before it is called: its address, keys, capabilities, fixtures and settings."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

import openapi

KEY_NAMES = ("full", "other", "read_only", "other_scope", "revoked", "malformed")
_FIXTURE_NAMES = ("lead_ids", "conversation_ids", "shared_email", "shared_phone")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ConfigError(Exception):
    """The configuration cannot be used; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class TargetConfig:
    """One API of one deployment.

    `base_url` is the full vendor base, such as ``https://app.vorel.ai/api/v1``. `capabilities` says of an
    adjacent operation whether the target has it; what is not said is found out. `settings` may say
    `bulk_updates` (true, false or "unknown").
    """

    api: str
    base_url: str
    keys: Mapping[str, str] = field(default_factory=dict)
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    lead_ids: tuple[str, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    shared_email: str = ""
    shared_phone: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    embedded: bool = False


def at_root(api: str, root: str, keys: Mapping[str, str], *, embedded: bool = False) -> TargetConfig:
    """The target of `api` on a host that serves all APIs at their documented paths."""
    check_url(root)
    return TargetConfig(api, root.rstrip("/") + openapi.read(api).base_path, dict(keys), embedded=embedded)


def check_url(url: str) -> None:
    """Raises ConfigError unless this is an http or https URL with a host, and nothing behind its path."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.port != 0 and not re.search(r"[?#\s]", url)
        usable = usable and bool(httpx.URL(url).host) and bool((parts.hostname or "").encode("idna"))
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise ConfigError(f"{url!r} is no URL of a target; expected something like http://127.0.0.1:4020")


def usable_keys(keys: Mapping[str, str], where: object) -> dict[str, str]:
    """The keys that are not empty; an empty one is as if it were left out, unless it is `full`.

    Raises ConfigError for a key that no header can carry. The value is never shown.
    """
    for name, key in keys.items():
        if not key.isascii() or not key.isprintable() or key != key.strip():
            raise ConfigError(f"{where}: the key {name!r} has blanks at its ends, or characters that no header takes")
        if not key and name.rpartition(".")[2] == "full":
            raise ConfigError(f"{where}: the key {name!r} is empty")
    return {name: key for name, key in keys.items() if key}


def without_credentials(url: str) -> str:
    """The URL without a user name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def read_target_file(path: Path, environment: Mapping[str, str] = os.environ) -> TargetConfig:
    """The target that a TOML file describes. Raises ConfigError with the place of what cannot be used."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the target file {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    return _Reader(path, environment).config(table)


class _Reader:
    """Checks a target file key by key."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._environment = environment

    def config(self, table: dict[str, Any]) -> TargetConfig:
        self._known("", table, ("api", "base_url", "keys", "capabilities", "fixtures", "settings"))
        api = self._text("api", table.get("api"))
        if api not in openapi.APIS:
            raise self._wrong("api", f"must be one of {', '.join(openapi.APIS)}")
        base_url = self._text("base_url", table.get("base_url")).rstrip("/")
        self._check_url("base_url", base_url)
        contract = openapi.read(api)
        keys = self._table("keys", table, KEY_NAMES)
        if urlsplit(base_url).username is not None and api != "octanist" and keys:
            raise self._wrong("base_url", f"has a user name, and {api} has its key in the same header, Authorization")
        capabilities = self._table("capabilities", table, tuple(contract.operations))
        fixtures = self._table("fixtures", table, _FIXTURE_NAMES)
        for name, value in capabilities.items():
            if not isinstance(value, bool):
                raise self._wrong(f"capabilities.{name}", "must be true or false")
        return TargetConfig(
            api=api,
            base_url=base_url,
            keys=usable_keys({name: self._text(f"keys.{name}", value) for name, value in keys.items()}, self._path),
            capabilities=capabilities,
            lead_ids=self._texts("fixtures.lead_ids", fixtures.get("lead_ids", [])),
            conversation_ids=self._texts("fixtures.conversation_ids", fixtures.get("conversation_ids", [])),
            shared_email=self._text("fixtures.shared_email", fixtures.get("shared_email", "")),
            shared_phone=self._text("fixtures.shared_phone", fixtures.get("shared_phone", "")),
            settings=self._settings(api, table),
        )

    def _settings(self, api: str, table: dict[str, Any]) -> dict[str, Any]:
        names = ("bulk_updates",) if api == "octanist" else ()
        settings = self._table("settings", table, names)
        if settings.get("bulk_updates", False) not in (True, False, "unknown"):
            raise self._wrong("settings.bulk_updates", 'must be true, false or "unknown"')
        return settings

    def _table(self, name: str, table: dict[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
        inner = table.get(name, {})
        if not isinstance(inner, dict):
            raise self._wrong(name, "must be a table")
        self._known(f"{name}.", inner, known)
        return inner

    def _known(self, prefix: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                raise self._wrong(f"{prefix}{name}", f"is not known; known are {', '.join(known) or 'none'}")

    def _texts(self, name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(name, "must be a list of texts")
        texts = tuple(self._text(f"{name}[{at}]", each) for at, each in enumerate(value))
        for at, text in enumerate(texts):
            if not text.strip():
                raise self._wrong(f"{name}[{at}]", "is empty; an empty id names no lead")
        return texts

    def _check_url(self, name: str, url: str) -> None:
        try:
            check_url(url)
        except ConfigError as error:
            raise self._wrong(name, str(error)) from None

    def _text(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(name, "must be there, as a text" if value is None else "must be a text")
        return _VARIABLE.sub(lambda match: self._variable(name, match[1]), value)

    def _variable(self, name: str, variable: str) -> str:
        if variable not in self._environment:
            raise self._wrong(name, f"names the environment variable {variable}, which is not set")
        return self._environment[variable]

    def _wrong(self, name: str, what: str) -> ConfigError:
        return ConfigError(f"{self._path}: {name} {what}")
