"""The documented APIs, and every way to serve one of them wrongly on purpose."""

from __future__ import annotations

from mock_server import aura, octanist, vorel
from mock_server.api import Api
from mock_server.aura.faults import FAULTS as AURA_FAULTS
from mock_server.faults import Fault
from mock_server.octanist.faults import FAULTS as OCTANIST_FAULTS
from mock_server.vorel.faults import FAULTS as VOREL_FAULTS

APIS: dict[str, Api] = {api.name: api for api in (aura.API, octanist.API, vorel.API)}
"""The documented APIs, by name."""

FAULTS: tuple[Fault, ...] = (*AURA_FAULTS, *OCTANIST_FAULTS, *VOREL_FAULTS)
"""Every way to serve one of them wrongly on purpose."""
