"""A stateful sandbox of the Aura, Octanist and Vorel lead APIs, driven by their contracts."""

from __future__ import annotations

import warnings

# Connexion 3.3 imports Starlette's test client, which then advises every user of the sandbox about it.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")

from mock_server import aura
from mock_server.api import Api
from mock_server.aura.faults import FAULTS as AURA_FAULTS
from mock_server.faults import Fault

APIS: dict[str, Api] = {api.name: api for api in (aura.API,)}
"""The documented APIs, by name."""

FAULTS: tuple[Fault, ...] = (*AURA_FAULTS,)
"""Every way to serve one of them wrongly on purpose."""
