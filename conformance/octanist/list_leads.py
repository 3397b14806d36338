"""GET /leads (adjacent)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from conformance import contract_layer
from conformance.compare import instant
from conformance.octanist import CLICK_IDS, STATUSES, UTM, Lead, Octanist, is_number, same
from conformance.outcomes import CannotTry
from conformance.target import brief, expect

_PAUSES = (0.02, 1.1)
"""How long to wait between leads that must not be of the same moment, whatever the precision."""

_LONG_AFTER = "2100-01-01T00:00:00.000Z"
"""A moment before which all leads are made, also when a call that says it is sent again."""

_SOURCES = ("api", "manual", "inbound", "gtm", "wordpress", "import")

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "list_leads", sparing=octanist.effort == "quick")


def limit_bounds_the_page(octanist: Octanist) -> None:
    query = _some_leads(octanist, 5)
    for limit in (1, 3, 4, 100):
        leads, _ = octanist.page({**query, "limit": limit})
        expect(len(leads) <= limit, f"at most {limit} leads", f"{len(leads)} leads")
        expect(len(leads) > 0, "a page that is not empty", "an empty page")


def limit_is_50_unless_given(octanist: Octanist) -> None:
    _some_leads(octanist, 3)
    leads, pagination = octanist.page({})
    expect(pagination.get("limit") == 50, "meta.pagination.limit is 50", pagination)
    total = pagination.get("total", 0)
    full = len(leads) == 50 if is_number(total) and total >= 50 else len(leads) <= 50
    expect(full, "a page made for 50 leads", f"{len(leads)} leads of {total}")


def pages_from_1_on_hold_every_lead_once(octanist: Octanist) -> None:
    query = _some_leads(octanist, 6)
    every = _ids(octanist.walk(query))
    expect(len(every) > 0, "leads on the pages from 1 on", "no leads")
    for limit in _limits(len(every)):
        pages = [octanist.page({**query, "limit": limit, "page": 1 + at})[0] for at in range(-(-len(every) // limit))]
        seen = [id for page in pages for id in _ids(page)]
        expect(len(set(seen)) == len(seen), "no lead on two pages", _twice(seen))
        expect(set(seen) == set(every), f"all {len(every)} leads on {len(pages)} pages", f"{len(seen)} leads")
        unnumbered, _ = octanist.page({**query, "limit": limit})
        expect(_ids(unnumbered) == _ids(pages[0]), "the first page where no page is asked for", _ids(unnumbered))


def pagination_repeats_limit_and_page(octanist: Octanist) -> None:
    query = _some_leads(octanist, 5)
    for limit, page in ((1, 1), (2, 2), (1, 3), (2, 1), (100, 1)):
        _, pagination = octanist.page({**query, "limit": limit, "page": page})
        expect(pagination.get("limit") == limit, f"meta.pagination.limit is {limit}", pagination)
        expect(pagination.get("page") == page, f"meta.pagination.page is {page}", pagination)


def pagination_counts_the_matching_leads(octanist: Octanist) -> None:
    query = _some_leads(octanist, 6)
    total = _total(octanist, query)
    for limit in _limits(total):
        pages = -(-total // limit)
        for page in {1, pages}:
            _, pagination = octanist.page({**query, "limit": limit, "page": page})
            expect(pagination.get("total") == total, f"meta.pagination.total is {total}", pagination)
            expect(pagination.get("totalPages") == pages, f"meta.pagination.totalPages is {pages}", pagination)


def has_more_is_true_until_the_last_page(octanist: Octanist) -> None:
    query = _some_leads(octanist, 6)
    total = _total(octanist, query)
    for limit in _limits(total):
        last = -(-total // limit)
        for page in range(1, last + 1):
            _, pagination = octanist.page({**query, "limit": limit, "page": page})
            more = pagination.get("hasMore")
            expect(more is (page < last), f"hasMore {page < last} on page {page} of {last}".lower(), more)


def sort_orders_by_creation(octanist: Octanist) -> None:
    leads, query = _made_apart(octanist)
    _lists_in_order(octanist, {**query, "sort": "createdAt:asc"}, leads)
    _lists_in_order(octanist, {**query, "sort": "createdAt:desc"}, leads[::-1])


def newest_first_unless_sorted(octanist: Octanist) -> None:
    leads, query = _made_apart(octanist)
    _lists_in_order(octanist, query, leads[::-1])


def search_keeps_leads_by_name_email_or_phone(octanist: Octanist) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for lead in leads:
        for name in ("name", "email", "phone"):
            text = octanist.identifier(lead, name)
            noted = octanist.new_lead(note=text)["id"] if lead is leads[0] and octanist.offers("create_lead") else None
            found = _ids(octanist.walk({"search": text}))
            expect(lead["id"] in found, f"the lead whose {name} is {text}", found)
            without = [each["id"] for each in leads if not same(name, each.get(name), text)]
            for other in [*without, noted]:
                expect(other not in found, f"a list without {other}, which has no such name, e-mail or phone", found)


def fields_limits_what_is_returned(octanist: Octanist) -> None:
    lead = octanist.new_lead(status="qualified", note="Called back")
    for names in (("name",), ("id", "email", "status"), ("email", "phone", "note"), ("id", "createdAt")):
        listed, _ = octanist.page({"limit": 5, "fields": ",".join(names)})
        expect(len(listed) > 0, "a page that is not empty", "an empty page")
        for each in listed:
            surplus = sorted(each.keys() - {*names, "id"})
            expect(not surplus, f"leads with {', '.join(names)} only", surplus)
        for name in set(names) - {"createdAt"}:
            shown = [each.get(name) for each in octanist.walk({"fields": ",".join(names)})]
            expect(any(same(name, value, lead.get(name)) for value in shown), f"a lead whose {name} is shown", shown)


def status_and_value_filters_keep_equal_leads(octanist: Octanist) -> None:
    leads, query = _named(octanist, [{}, *({"status": status, "value": 100} for status in STATUSES), {"value": 7.5}])
    leads = _as_read(octanist, leads)
    for status in STATUSES:
        _keeps_exactly(octanist, leads, query, {"status": status}, _is("status", status))
    for value in (100, 7.5, 10):
        _keeps_exactly(octanist, leads, query, {"value": value}, _is("value", value))
    source = leads[0].get("source")
    if source in _SOURCES:
        for each in (source, next(other for other in _SOURCES if other != source)):
            _keeps_exactly(octanist, leads, query, {"source": each}, _is("source", each))
    both = {"status": "won", "value": 100}
    _keeps_exactly(octanist, leads, query, both, lambda lead: _is("status", "won")(lead) and _is("value", 100)(lead))


def value_operators_compare_numbers(octanist: Octanist) -> None:
    leads, query = _named(octanist, [{}, *({"value": value} for value in (9, 10, 10.5, 100))])
    leads = _as_read(octanist, leads)
    for name, holds in _OPERATORS.items():
        for bound in (10, 10.25):
            _keeps_exactly(octanist, leads, query, {f"value[{name}]": bound}, _compares("value", holds, bound))
    between = {"value[gt]": 9, "value[lt]": 100}
    _keeps_exactly(octanist, leads, query, between, lambda lead: lead.get("value") in (10, 10.5))


def date_operators_compare_moments(octanist: Octanist) -> None:
    leads, query = _made_apart(octanist)
    moments = [_created(octanist, lead) for lead in leads]
    if not any(moment.microsecond for moment in moments):
        raise CannotTry("createdAt is shown in whole seconds; the moments may be compared more finely")
    for at in (0, 1):
        middle = moments[at] + (moments[at + 1] - moments[at]) / 2
        bound = middle.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for name, kept in {"gte": leads[at + 1 :], "gt": leads[at + 1 :], "lte": leads[: at + 1]}.items():
            _keeps_these(octanist, leads, {**query, f"createdAt[{name}]": bound}, kept)
        _keeps_these(octanist, leads, {**query, "createdAt[lt]": bound}, leads[: at + 1])
    with octanist.arranging():
        octanist.update({"id": leads[1]["id"], "status": "qualified", "value": octanist.amount()})
    leads = _as_read(octanist, leads)
    for field in ("createdAt", "updatedAt", "qualifiedAt"):
        having = [lead for lead in leads if instant(lead.get(field)) is not None]
        _keeps_these(octanist, leads, {**query, f"{field}[exists]": "true"}, having)
        _keeps_these(
            octanist, leads, {**query, f"{field}[exists]": "false"}, [lead for lead in leads if lead not in having]
        )
        for name in _OPERATORS:
            kept = having if name in ("lte", "lt") else []
            _keeps_these(octanist, leads, {**query, f"{field}[{name}]": _LONG_AFTER}, kept)


def attribution_filters_keep_matching_leads(octanist: Octanist) -> None:
    leads = [octanist.new_lead(**octanist.attribution()) for _ in range(2)]
    for name in ("website", *CLICK_IDS, *UTM):
        _keeps_these(octanist, leads, {name: leads[0][name]}, leads[:1])
    bare, query = _named(octanist, [octanist.attribution(), {}])
    for name in CLICK_IDS:
        _keeps_these(octanist, bare, {**query, f"{name}[exists]": "true"}, bare[:1])
        _keeps_these(octanist, bare, {**query, f"{name}[exists]": "false"}, bare[1:])


def _some_leads(octanist: Octanist, count: int) -> dict[str, Any]:
    """Make sure of some leads; a query that keeps them alone, where the target can make and find them."""
    if not octanist.offers("create_lead"):
        return {}
    return _named(octanist, [{}] * count)[1]


def _named(octanist: Octanist, fields: list[dict[str, Any]]) -> tuple[list[Lead], dict[str, Any]]:
    """New leads with a name that they share, and a query that keeps them alone.

    Where the search for the name does not, which is another requirement's business, the query keeps all.
    """
    name = f"Listed {octanist.token()}"
    leads = [octanist.new_lead(name=name, **each) for each in fields]
    found, _ = octanist.page({"limit": 100, "search": name})
    alone = sorted(map(str, _ids(found))) == sorted(lead["id"] for lead in leads)
    return leads, {"search": name} if alone else {}


def _made_apart(octanist: Octanist) -> tuple[list[Lead], dict[str, Any]]:
    """Three leads, oldest first, whose `createdAt` tell them apart, and a query that keeps them alone."""
    name = f"Listed {octanist.token()}"
    for pause in _PAUSES:
        leads = []
        for _ in range(3):
            octanist.pause(pause)
            leads.append(octanist.new_lead(name=name))
        moments = [_created(octanist, lead) for lead in leads]
        if moments[0] < moments[1] < moments[2]:
            found, _ = octanist.page({"limit": 100, "search": name})
            alone = len(found) == 3 and {lead["id"] for lead in leads} == set(_ids(found))
            return leads, {"search": name} if alone else {}
    raise CannotTry("createdAt does not tell leads apart that were created one after the other")


def _created(octanist: Octanist, lead: Lead) -> datetime:
    moment = instant(octanist.views(lead)[0].get("createdAt"))
    if moment is None:
        raise CannotTry("the target does not show when a lead was created")
    return moment


def _lists_in_order(octanist: Octanist, query: dict[str, Any], leads: list[Lead]) -> None:
    wanted = [lead["id"] for lead in leads]
    listed = [id for id in _ids(octanist.walk(query)) if id in wanted]
    expect(listed == wanted, f"the leads in the order {brief(wanted)}", listed)


def _is(name: str, wanted: Any) -> Callable[[Lead], bool]:
    return lambda lead: same(name, lead.get(name), wanted)


def _compares(name: str, holds: Callable[[Any, Any], bool], bound: float) -> Callable[[Lead], bool]:
    return lambda lead: is_number(lead.get(name)) and holds(lead[name], bound)


def _keeps_exactly(
    octanist: Octanist,
    leads: list[Lead],
    query: dict[str, Any],
    filters: dict[str, Any],
    holds: Callable[[Lead], bool],
) -> None:
    """The filters keep those of the leads, as they are read back, for which `holds`, and no other lead at all."""
    kept = [lead for lead in leads if holds(lead)]
    found = _keeps_these(octanist, leads, {**query, **filters}, kept)
    wrong = [lead.get("id") for lead in found if not holds(lead)]
    expect(not wrong, f"only leads that {brief(filters)} fits", wrong)


def _as_read(octanist: Octanist, leads: list[Lead]) -> list[Lead]:
    return [{**views[0], "id": lead["id"]} for lead, views in zip(leads, octanist.views_of(leads), strict=True)]


def _keeps_these(octanist: Octanist, leads: list[Lead], query: dict[str, Any], kept: list[Lead]) -> list[Lead]:
    """Of `leads` the query keeps exactly `kept`; everything that it found."""
    found = octanist.walk(query)
    among = [lead["id"] for lead in leads if lead["id"] in _ids(found)]
    wanted = [lead["id"] for lead in kept]
    expect(among == wanted, f"for {brief(query)}, of {len(leads)} leads exactly {brief(wanted)}", among)
    return found


def _total(octanist: Octanist, query: dict[str, Any]) -> int:
    """How many leads all pages of a query hold."""
    total = len(octanist.walk(query))
    if not total:
        raise CannotTry("the list shows no leads, which is another requirement's business")
    return total


def _limits(total: int) -> list[int]:
    """Limits with which so many leads fill a few pages: the last one not quite, and exactly."""
    exact = [limit for limit in range(max(1, total // 6), 101) if total % limit == 0][:1]
    return sorted({min(100, total // 2 + 1), min(100, total // 3 + 2), *exact, min(100, total + 1)})


def _ids(leads: list[Lead]) -> list[Any]:
    return [lead.get("id") for lead in leads]


def _twice(ids: list[Any]) -> list[Any]:
    return sorted({id for id in ids if ids.count(id) > 1}, key=str)
