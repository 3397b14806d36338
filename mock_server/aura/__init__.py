"""The Aura lead API."""

from mock_server.api import Api
from mock_server.aura import operations, wire

API = Api.documented("aura", operations=operations, wire=wire)
