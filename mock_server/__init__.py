"""A stateful sandbox of the Aura, Octanist and Vorel lead APIs, driven by their contracts."""

from __future__ import annotations

from mock_server import aura
from mock_server.api import Api

APIS: dict[str, Api] = {api.name: api for api in (aura.API,)}
"""The documented APIs, by name."""
