"""GET /leads (adjacent)."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise
from typing import Any

from conformance import contract_layer
from conformance.compare import instant
from conformance.outcomes import CannotTry
from conformance.target import expect, expect_status
from conformance.vorel import STATUSES, Lead, Vorel, page_in

_DEFAULT = 25


def replies_match_the_contract(vorel: Vorel) -> None:
    contract_layer.check(vorel, "list_leads")


def a_page_has_its_three_keys(vorel: Vorel) -> None:
    vorel.new_leads(2)
    for query in ({}, {"limit": "1"}, {"stale_for_days": "7"}):
        _page(vorel, **query)
    made = set(vorel.made())
    for lead in list(vorel.listed()):  # every page, to the last
        if lead["id"] in made and lead.get("status") == "qualified":
            vorel.update(lead, {"status": "lost"})
    _page(vorel, stale_for_days="7")  # which is empty, unless there are qualified leads of others


def a_page_holds_25_leads_by_default(vorel: Vorel) -> None:
    lacking = _DEFAULT + 1 - len(_page(vorel, limit="100")["data"])
    if lacking > 0:
        _created_leads(vorel, lacking)
        if len(_page(vorel, limit="100")["data"]) <= _DEFAULT:
            raise CannotTry(f"the list does not show more than {_DEFAULT} leads, though there are")
    leads = _page(vorel)["data"]
    expect(len(leads) == _DEFAULT, f"{_DEFAULT} leads", f"{len(leads)} leads")


def limit_bounds_the_page(vorel: Vorel) -> None:
    vorel.new_leads(4)
    for limit in (1, 2, 3, 4, 10, 24, 99, 100):
        leads = _page(vorel, limit=str(limit))["data"]
        expect(0 < len(leads) <= limit, f"a page of 1 to {limit} leads", f"{len(leads)} leads")
    exchange = vorel.call("list_leads", query={"limit": "101"})
    if vorel.accepted(exchange, "a limit of 101"):
        leads = page_in(exchange)["data"]
        expect(len(leads) <= 100, "a page of at most 100 leads", f"{len(leads)} leads")


def leads_come_newest_first_and_by_descending_id(vorel: Vorel) -> None:
    leads = _created_leads(vorel, 6)
    for lead in (leads[0], leads[3]):
        vorel.update(lead, {"name": "Ada Lovelace"})  # which makes it no newer
    made = [lead["id"] for lead in leads]
    leads = list(vorel.listed(**({"limit": "4"} if _few(vorel) else {})))
    for one, next_one in pairwise(leads):
        newer, older = instant(one.get("created_at")), instant(next_one.get("created_at"))
        in_order = newer is not None and older is not None and newer >= older
        expect(in_order, f"a lead not newer than {one.get('created_at')}", next_one.get("created_at"))
    # Others may have been created at the same moment, so that those of this check do not follow on each other.
    for one, next_one in pairwise(lead for lead in leads if lead["id"] in made):
        if instant(one.get("created_at")) == instant(next_one.get("created_at")):
            # What is stored may be more precise than what is shown: then the later one is the newer one.
            later = made.index(one["id"]) > made.index(next_one["id"])
            expect(later or one["id"] > next_one["id"], f"an id below {one['id']}", next_one["id"])


def the_cursor_visits_every_lead_once(vorel: Vorel) -> None:
    made = [lead["id"] for lead in vorel.new_leads(5)]
    made += vorel.made()
    total = len(list(vorel.listed()))
    while vorel.can("create_lead") and not _even(total):
        made += [vorel.new_lead()["id"]]
        total = len(list(vorel.listed()))
    near = [lead["id"] for lead in islice(vorel.listed(), 10) if lead["id"] in made]
    seen = [lead["id"] for lead in islice(vorel.listed(limit="2"), 20)]
    for id in near:
        expect(id in seen, f"the lead {id}, one of the first ten, on one of the first pages of two", seen)
    even = _even(total)
    for limit in (2, 5, *even) if _few(vorel) else (max(2, total // 4), min(100, total), *even):
        seen = [lead["id"] for lead in vorel.listed(limit=str(limit))]
        twice = sorted(id for id, times in Counter(seen).items() if times > 1)
        expect(not twice, "every lead on one page only", f"these are on several: {twice}")
        for id in made:
            expect(id in seen, f"the lead {id} on one of the pages", f"it is not among {len(seen)} leads")


def stale_for_days_outside_1_to_365_is_answered_400(vorel: Vorel) -> None:
    def refused(days: str) -> None:
        exchange = vorel.call("list_leads", query={"stale_for_days": days})
        expect_status(exchange, f"stale_for_days={days} is refused", 400)

    vorel.for_each(("0", "366", "-1", "1000"), refused)


def stale_for_days_yields_only_qualified_leads(vorel: Vorel) -> None:
    leads = vorel.new_leads(len(STATUSES)) if vorel.can("create_lead") else [vorel.new_lead()]
    for lead, status in zip(leads, STATUSES, strict=False):
        vorel.update(lead, {"status": status})
    for days in ("1", "30", "365"):
        wrong = [lead.get("status") for lead in _stale(vorel, days) if lead.get("status") != "qualified"]
        expect(not wrong, "only qualified leads", wrong)


def a_qualified_lead_without_messages_is_stale(vorel: Vorel) -> None:
    vorel.needs("create_conversation", "create_lead")
    lead = vorel.new_lead(status="qualified")
    for days in ("1", "365"):
        listed = lead["id"] in [each["id"] for each in _stale(vorel, days)]
        expect(listed, f"the qualified lead {lead['id']} is listed with stale_for_days={days}", "it is on no page")


def another_tenants_leads_are_not_listed(vorel: Vorel) -> None:
    theirs = vorel.foreign_lead(status="qualified")["id"]
    for query in ({}, {"stale_for_days": "1"}):
        listed = theirs in [lead["id"] for lead in vorel.listed(**query)]
        expect(not listed, f"the lead {theirs} of another tenant is not listed", "it is")


def the_read_scope_opens_the_list(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    listed = any(each["id"] == lead["id"] for each in vorel.listed(key="read_only"))
    expect(listed, f"the lead {lead['id']} is listed for a key that may read", "it is on no page")


def _even(total: int) -> list[int]:
    """A limit by which the last page is exactly full, where there is one that does not take many pages."""
    return [limit for limit in range(min(100, total // 2), max(1, total // 25), -1) if total % limit == 0][:1]


def _page(vorel: Vorel, **query: Any) -> dict[str, Any]:
    exchange = vorel.call("list_leads", query=query)
    expect_status(exchange, "the leads are listed", 200)
    return page_in(exchange)


def _created_leads(vorel: Vorel, count: int) -> list[Lead]:
    """So many more leads than there were. Raises CannotTry where the target can only lend them."""
    vorel.needs("create_lead")
    return vorel.new_leads(count)


def _stale(vorel: Vorel, days: str) -> list[Lead]:
    return list(vorel.listed(stale_for_days=days))


def _few(vorel: Vorel) -> bool:
    """Whether the leads are so few that small pages are no burden."""
    return not _page(vorel, limit="50")["has_more"]
