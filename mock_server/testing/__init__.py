"""The sandbox for a test run: what the fixtures `lead_sandbox` and `lead_world` give."""

from mock_server.testing.sandbox import LeadSandbox, opened
from mock_server.testing.violations import Violation
from mock_server.testing.world import ApiWorld, LeadWorld

__all__ = ["ApiWorld", "LeadSandbox", "LeadWorld", "Violation", "opened"]
