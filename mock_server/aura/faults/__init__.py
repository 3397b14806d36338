"""Ways in which Aura can be implemented slightly wrong, each of which breaks one requirement; a module an operation."""

from mock_server.aura.faults import (
    create_lead,
    every_operation,
    get_lead,
    list_leads,
    notes,
    phone_numbers,
    update_lead,
)

FAULTS = (
    *every_operation.FAULTS,
    *create_lead.FAULTS,
    *phone_numbers.FAULTS,
    *get_lead.FAULTS,
    *update_lead.FAULTS,
    *notes.FAULTS,
    *list_leads.FAULTS,
)
