"""Updates by an e-mail or phone that several leads have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from conformance.exchange import Exchange
from conformance.octanist import STATUSES, Lead, Octanist, is_number, refused
from conformance.outcomes import CannotTry, DoesNotApply
from conformance.target import brief, expect, expect_status

_GROUPS = (("email", 2), ("phone", 3), ("phone", 2), ("email", 3))
"""What leads share, and how many of them; quick runs try the first two."""


class Several:
    """Leads that share an e-mail or phone, a bystander, and the last update that was sent to all of them."""

    def __init__(self, octanist: Octanist, field: str, count: int) -> None:
        self._octanist = octanist
        self._field = field
        self._value, self._group = octanist.sharing(field, count)
        self._bystander: list[Lead] = []
        with suppress(CannotTry):
            lead = octanist.new_lead()
            self._bystander = [lead] if lead["id"] not in [each["id"] for each in self._group] else []

    def send(self, status: str) -> Exchange:
        self._changes = {**self._octanist.changes(), "status": status}
        self._before = self._octanist.views_of(self._group)
        self._others = self._octanist.views_of(self._bystander)
        self.exchange = self._octanist.call("update_lead", body={self._field: self._value, **self._changes})
        return self.exchange

    def are_refused(self) -> None:
        refused(self.exchange, f"the update that {len(self._group)} leads match", 409, "CONFLICT")
        self._octanist.all_stay(self._before)
        self._octanist.all_stay(self._others)

    def are_all_updated(self) -> None:
        what = f"the update that {len(self._group)} leads match is a success, or a 409"
        expect_status(self.exchange, what, 200)
        self._octanist.all_show(self._group, **self._changes)
        self._octanist.all_stay(self._others)


def sent_to_each_group(octanist: Octanist) -> Iterator[Several]:
    """Each group after an update, and again after another one of the same group."""
    for at, (field, count) in enumerate(_GROUPS[:2] if octanist.effort == "quick" else _GROUPS):
        several = Several(octanist, field, count)
        for status in (STATUSES[at % 3], STATUSES[(at + 1) % 3]):
            several.send(status)
            yield several


def applies(octanist: Octanist, exchange: Exchange, *, bulk: bool) -> None:
    """Raises DoesNotApply where the organization does not handle several matches so, by the answer to the first update.

    The target file decides where it says; a later answer of the other kind is a contradiction, not another setting.
    """
    setting = octanist.config.settings.get("bulk_updates", "unknown")
    if setting is not bulk and (setting != "unknown" or exchange.status == (409 if bulk else 200)):
        does = "does not allow" if bulk else "allows"
        said = "settings.bulk_updates" if setting != "unknown" else f"it answers several matches with {exchange.status}"
        raise DoesNotApply(f"the organization {does} bulk updates ({said})")


def counts(data: dict[str, Any], leads: int) -> None:
    count = data.get("leadsUpdated")
    expect(is_number(count) and count == leads, f"data.leadsUpdated {leads}", data)


def names_some(lead_id: Any, ids: Sequence[str]) -> None:
    """After a bulk update leadId is the id of an updated lead, a list of such ids or missing (OC-07)."""
    named = lead_id if isinstance(lead_id, list) else [] if lead_id is None else [lead_id]
    expect(all(each in ids for each in named), f"as data.leadId nothing but {brief(ids)}", lead_id)
