"""The sandbox of a test run: one for the session, with a world of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from mock_server.client import SandboxClient
from mock_server.testing.places import Place, place_of
from mock_server.testing.world import LeadWorld


class LeadSandbox:
    """What the fixture `lead_sandbox` gives.

    `seed` decides about every id in it. `control` steers all of it; httpx clients with `transport`, or
    `async_transport`, need no port (None where the sandbox is behind one anyway).
    """

    def __init__(self, place: Place, *, seed: int, admin_token: str | None = None) -> None:
        self._place = place
        self._admin_token = admin_token
        self.seed = seed
        self.control = self.control_of(None)

    def __repr__(self) -> str:
        return f"<LeadSandbox {self._place.name}, seed {self.seed}>"

    @property
    def base_url(self) -> str:
        """The root, for any client: a sandbox in this process takes a port when this is first asked for."""
        return self._place.root

    @property
    def inner_url(self) -> str:
        """The root for httpx clients with the transports of this sandbox."""
        return self._place.inner

    @property
    def transport(self) -> httpx.BaseTransport | None:
        return self._place.transport

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None:
        return self._place.async_transport

    def control_of(self, key: str | None) -> SandboxClient:
        """What steers the organizations of one credential; of all where it is None."""
        return SandboxClient(self._place.inner, key=key, admin_token=self._admin_token, transport=self._place.transport)

    def world(self, name: str) -> LeadWorld:
        """The world of that name, for ``with``: the same name and seed give the same credentials and ids."""
        return LeadWorld(self, name)


@contextmanager
def opened(where: str, *, seed: int = 0, admin_token: str | None = None) -> Iterator[LeadSandbox]:
    """A sandbox ``in-process``, in a process of its own (``server``), or at a URL.

    Raises SandboxError where none answers at the URL, and RuntimeError where the process does not start.
    """
    place = place_of(where, seed)
    try:
        sandbox = LeadSandbox(place, seed=seed, admin_token=admin_token)
        with sandbox.control:
            sandbox.control.info()
            yield sandbox
    finally:
        place.close()
