"""HTTP clients as the suite uses them: without cookies, and never through a proxy to this machine itself."""

from __future__ import annotations

import ipaddress
import os
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from conformance.config import ConfigError

_deadline = threading.local()

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def open_client(*urls: str, **options: Any) -> httpx.Client:
    """A client for targets at these URLs; without any, for this machine only. `options` are those of httpx.Client.

    A cookie of an earlier answer is never sent back: it would let in a call that carries no key. Raises ConfigError
    where a variable of the environment names a proxy that cannot be used.
    """
    outside = any(not is_local(url) for url in urls)
    direct = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))
    try:
        client = httpx.Client(trust_env=outside, mounts=direct, **options)
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if not (named := proxy_variables()):
            raise
        raise ConfigError(f"the proxy that {' and '.join(named)} names cannot be used: {error}") from None
    # httpx has no public way to a network of one's own; its version is pinned.
    client._transport._pool._network_backend = _BoundedNetwork()  # type: ignore[attr-defined]
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread reads here has to be there in so many seconds, all in all, from the first byte on."""
    _deadline.at = time.monotonic() + seconds
    try:
        yield
    finally:
        del _deadline.at


class _Bounded(httpcore.NetworkStream):
    """A connection on which nobody can keep us waiting by sending a byte now and then."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if hasattr(_deadline, "at"):
            left = _deadline.at - time.monotonic()
            if left <= 0:
                raise httpcore.ReadTimeout("the answer is not complete in time")
            timeout = left if timeout is None else min(timeout, left)
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BoundedNetwork(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Bounded(super().connect_tcp(*args, **options))


def is_local(url: str) -> bool:
    """Whether a URL leads to this machine, by the name or a number of its loopback."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def proxy_variables() -> list[str]:
    """The variables of the environment that name a proxy."""
    return [name for variable in _VARIABLES for name in (variable, variable.lower()) if os.environ.get(name)]
