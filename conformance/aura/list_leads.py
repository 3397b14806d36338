"""GET /v1/leads (adjacent)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from conformance import contract_layer
from conformance.aura import Aura, Lead, unchanged
from conformance.aura.create_lead import METADATA, NOTHING_MUCH
from conformance.outcomes import CannotTry, Violation
from conformance.target import expect, expect_status

_MOST_PAGES = 100
_SEVERAL_PAGES = 10

NOTE = {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"}
OTHER_NOTE = {"content": "Sent the offer", "created_at": "2026-05-09T09:00:00.000Z", "user_id": "user_2"}


def replies_match_the_contract(aura: Aura) -> None:
    contract_layer.check(aura, "list_leads")


def a_new_lead_is_listed(aura: Aura) -> None:
    plain = aura.nameless_lead()
    full = aura.new_lead(full_name="John Doe", phone=aura.phone(), company="Acme Corp")
    qualified = aura.new_lead(status="qualified")
    listed = _ids(_walk(aura))
    for lead in (plain, full, qualified):
        times = listed.count(lead["id"])
        expect(times == 1, f"the lead {lead['id']} is listed once", f"it is listed {times} times")


def limit_bounds_the_page(aura: Aura) -> None:
    for _ in range(5):
        aura.new_lead()
    for limit in (1, 2, 3):
        leads, pagination = _page(aura, limit=str(limit))
        expect(len(leads) > 0, "a page that is not empty", "an empty page")
        following = {"cursor": str(pagination.get("next_cursor"))} if pagination.get("has_more") is True else {}
        for page in (leads, _page(aura, limit=str(limit), **following)[0]):
            expect(len(page) <= limit, f"at most {limit} leads", f"{len(page)} leads")


def the_cursor_leads_to_the_next_page(aura: Aura) -> None:
    new = [aura.new_lead()["id"] for _ in range(5)]
    seen = Counter(_ids(_walk(aura, limit=_for_several_pages(aura))))
    for id in dict.fromkeys([*new, *aura.made()]):
        expect(seen[id] == 1, f"the lead {id} is on exactly one page", f"it is on {seen[id]}")


def has_more_is_false_on_the_last_page(aura: Aura) -> None:
    for _ in range(3):
        aura.new_lead()
    limit = int(_for_several_pages(aura))
    _walk(aura, limit=str(limit))
    for _ in range(-len(_walk(aura)) % limit):
        aura.new_lead()
    _walk(aura, limit=str(limit))  # now the last page is full


def the_status_filter_selects(aura: Aura) -> None:
    before = aura.new_lead()["id"]
    qualified = [aura.new_lead(status="qualified")["id"] for _ in range(3)]
    new = aura.new_lead(company="Acme Corp")["id"]

    def selected(page: list[Lead]) -> None:
        for id in (before, new):
            expect(id not in _ids(page), f"the new lead {id} is not listed", "it is listed")
        _only(page, "qualified")

    def listed(leads: list[Lead]) -> None:
        for id in qualified:
            expect(id in _ids(leads), f"the qualified lead {id} is listed", _ids(leads))

    once = _walk(aura, selected, status="qualified")
    listed(once)
    listed(_walk(aura, selected, status="qualified", limit=_a_few_pages(len(once))))
    _only(_page(aura, status="new", limit="100")[0], "new")


def _only(leads: list[Lead], status: str) -> None:
    wrong = [lead.get("status") for lead in leads if lead.get("status") != status]
    expect(not wrong, f"only {status} leads", wrong)


def a_listed_lead_is_the_lead(aura: Aura) -> None:
    fields: dict[str, Any] = {"metadata": {**METADATA, **NOTHING_MUCH}} if aura.offers("create_lead") else {}
    fields |= {"full_name": "John Doe", "phone": aura.phone(), "company": "Acme Corp", "timezone": "Asia/Kolkata"}
    lead = aura.new_lead(**fields, status="qualified", notes=[NOTE])
    for changes in ({}, {"company": "Other Corp", "notes": [NOTE, OTHER_NOTE]}):
        with aura.arranging():
            aura.update(lead, changes)
        listed = next((each for each in _walk(aura) if each["id"] == lead["id"]), None)
        if listed is None:
            raise CannotTry("the lead is not listed, which is another requirement's business")
        unchanged(aura.read(lead), listed)


def leads_of_another_organization_are_not_listed(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    for _ in range(3):
        aura.new_lead()
    everything = _walk(aura)
    for leads in (
        everything,
        _walk(aura, limit=_a_few_pages(len(everything))),
        _page(aura, status="new", limit="100")[0],
    ):
        expect(theirs not in _ids(leads), f"the lead {theirs} of the other organization is not listed", "it is")


def _page(aura: Aura, **query: Any) -> tuple[list[Lead], dict[str, Any]]:
    exchange = aura.call("list_leads", query=query)
    expect_status(exchange, "the leads are listed", 200)
    body = exchange.json
    expect(isinstance(body, dict) and isinstance(body.get("data"), list), "a list of leads as data", body)
    expect(isinstance(body.get("pagination"), dict), "pagination beside data", body)
    leads = [each for each in body["data"] if isinstance(each, dict) and isinstance(each.get("id"), str)]
    expect(len(leads) == len(body["data"]), "leads with ids", body["data"])
    return leads, body["pagination"]


def _walk(aura: Aura, judge: Callable[[list[Lead]], None] = lambda _: None, **query: Any) -> list[Lead]:
    """Every lead on every page, each of which is judged. The last has `has_more` false, whatever its cursor (AU-38)."""
    leads: list[Lead] = []
    cursor: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        page, pagination = _page(aura, **{"limit": "100", **query, **cursor})
        judge(page)
        leads += page
        if pagination.get("has_more") is not True:
            expect(pagination.get("has_more") is False, "has_more true or false", pagination)
            return leads
        following = pagination.get("next_cursor") or ""
        expect(isinstance(following, str) and following != "", "a next_cursor where has_more is true", pagination)
        expect(following != cursor.get("cursor"), "another next_cursor on the next page", following)
        cursor = {"cursor": following}
    if len(set(_ids(leads))) < len(leads):
        raise Violation("a last page", f"has_more still true and leads a second time on page {_MOST_PAGES}")
    raise CannotTry(f"the organization has too many leads to walk through: more than {len(leads)}")


def _for_several_pages(aura: Aura) -> str:
    """A limit with which the leads of the organization fill a few pages, however many there are."""
    return _a_few_pages(len(_walk(aura)))


def _a_few_pages(leads: int) -> str:
    """A limit with which so many leads fill a few pages."""
    return str(min(100, max(2, leads // _SEVERAL_PAGES)))


def _ids(leads: list[Lead]) -> list[str]:
    return [lead["id"] for lead in leads]
