"""Ways in which Aura can be implemented slightly wrong, each of which breaks one requirement."""

from mock_server.aura.faults import (
    create_lead,
    emails,
    every_operation,
    get_lead,
    list_leads,
    notes,
    phone_numbers,
    sequences,
    unchanging,
    unreadable,
    update_lead,
)

FAULTS = (
    *every_operation.FAULTS,
    *create_lead.FAULTS,
    *emails.FAULTS,
    *unreadable.FAULTS,
    *phone_numbers.FAULTS,
    *get_lead.FAULTS,
    *update_lead.FAULTS,
    *notes.FAULTS,
    *unchanging.FAULTS,
    *list_leads.FAULTS,
    *sequences.FAULTS,
)
