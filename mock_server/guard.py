"""Who may reach the sandbox: no name that a stranger's DNS could lend it, and no page of another site what steers it.

A browser says where a request comes from (`Origin`, `Sec-Fetch-Site`) and by which name it reached us (`Host`).
Clients that are no browsers say neither of the first two, and are not hindered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

OWN = ("same-origin", "none")
"""What a browser calls a request of our own page, or of the person at the browser."""


def unwelcome(headers: Mapping[bytes, bytes], hosts: frozenset[str]) -> str:
    """Why a request for what lies below /_sandbox is not answered; empty where it is."""
    if why := unknown_name(headers, hosts):
        return why
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    if origin is not None and origin.decode("latin-1").partition("://")[2] != host:
        return "A page of another site may not steer the sandbox."
    if headers.get(b"sec-fetch-site", b"none").decode("latin-1") not in OWN:
        return "A page of another site may not steer the sandbox."
    return ""


def unknown_name(headers: Mapping[bytes, bytes], hosts: frozenset[str]) -> str:
    """Why a request by this name of the sandbox is not answered; empty where it is.

    `hosts` are the names, beside addresses and names that are not of the public DNS, by which the sandbox is known.
    """
    return _unknown(headers.get(b"host", b""), hosts)


@lru_cache(maxsize=64)
def _unknown(sent: bytes, hosts: frozenset[str]) -> str:
    """The same for what was sent as the Host: each call asks, and few hosts are ever named."""
    host = sent.decode("latin-1")
    if _is_ours(name_of(host), hosts):
        return ""
    return f"{host[:100]!r} is no name of this sandbox; use its address, or start it with --allow-host"


def name_of(host: str) -> str:
    """The host without its port, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


def _is_ours(name: str, hosts: frozenset[str]) -> bool:
    """A name without a dot, or below `localhost` or `internal` (as host.docker.internal), is no name of the public DNS,
    and cannot be made to point here by a stranger.
    """
    if not name or "." not in name or name.endswith((".localhost", ".internal")) or name in hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
