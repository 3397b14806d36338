"""The Vorel lead API."""

from mock_server.api import Api
from mock_server.vorel import operations, wire

API = Api.documented("vorel", operations=operations, wire=wire)
