"""What the control API's operations do, by `operationId`: each is in the module of its subject."""

from mock_server.control.about import get_contract, get_register, health, info
from mock_server.control.coverage import clear_coverage, get_coverage
from mock_server.control.faults import arm_fault, disarm_faults, get_faults
from mock_server.control.journal import clear_journal, explain_exchange, get_events, get_journal
from mock_server.control.scenarios import arm_scenario, disarm_scenarios, get_scenarios
from mock_server.control.snapshots import (
    compare_snapshot,
    get_snapshot,
    get_snapshots,
    remove_snapshot,
    restore_snapshot,
    save_snapshot,
)
from mock_server.control.state import change_settings, get_leads, get_organizations, get_settings, put_leads, reset
from mock_server.control.time import advance_clock, get_clock, set_clock

__all__ = [
    "advance_clock",
    "arm_fault",
    "arm_scenario",
    "change_settings",
    "clear_coverage",
    "clear_journal",
    "compare_snapshot",
    "disarm_faults",
    "disarm_scenarios",
    "explain_exchange",
    "get_clock",
    "get_contract",
    "get_coverage",
    "get_events",
    "get_faults",
    "get_journal",
    "get_leads",
    "get_organizations",
    "get_register",
    "get_scenarios",
    "get_settings",
    "get_snapshot",
    "get_snapshots",
    "health",
    "info",
    "put_leads",
    "remove_snapshot",
    "reset",
    "restore_snapshot",
    "save_snapshot",
    "set_clock",
]
