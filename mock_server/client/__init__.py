"""A client of the sandbox's control API: `SandboxClient`, and `AsyncSandboxClient` which is awaited.

Both have one method for each operation of the control API, named as the operation, and return what it answers as
dataclasses.
"""

from mock_server.client.answers import (
    ApiCoverage,
    ApiInfo,
    Behaviour,
    Clock,
    Difference,
    Exchange,
    Explanation,
    Fault,
    Faults,
    Health,
    Info,
    Journal,
    Lead,
    Organization,
    Request,
    Reset,
    Response,
    Scenario,
    Scenarios,
    Settings,
    Snapshot,
    StoredLeads,
    Trial,
)
from mock_server.client.asked import SandboxError
from mock_server.client.clients import AsyncSandboxClient, SandboxClient

__all__ = [
    "ApiCoverage",
    "ApiInfo",
    "AsyncSandboxClient",
    "Behaviour",
    "Clock",
    "Difference",
    "Exchange",
    "Explanation",
    "Fault",
    "Faults",
    "Health",
    "Info",
    "Journal",
    "Lead",
    "Organization",
    "Request",
    "Reset",
    "Response",
    "SandboxClient",
    "SandboxError",
    "Scenario",
    "Scenarios",
    "Settings",
    "Snapshot",
    "StoredLeads",
    "Trial",
]
