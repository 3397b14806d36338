"""Faults on demand: what the next answers of an operation suffer, strictly as they were armed, never by chance.

A fault is written as a text, such as ``status=503`` or ``delay=2,close=after``: parts with commas between them.
It is not to be confused with the seeded faults of `mock_server.faults`, which make an API wrong as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import openapi
from mock_server.errors import Invalid

LONGEST_DELAY = 60.0
"""Seconds."""

PARTS: Mapping[str, str] = {
    "error": "error=404: an error that is documented for the operation, as the sandbox gives it; nothing is changed",
    "status": "status=503: any status from 200 to 599: from 400 on in the API's envelope, nothing is changed; below, "
    "the status of a successful answer, which has no body with 204, 205 and 304",
    "delay": f"delay=2.5: so many seconds before the answer, {LONGEST_DELAY:.0f} at most",
    "close": "close=before, close=middle, close=after: the connection is closed before the call is looked at, in the "
    "middle of the answer, or after the call took effect and before any of the answer",
    "truncated": "truncated: the JSON of the answer ends halfway",
    "content_type": "content_type=text/html: another content type",
    "missing": "missing=email: a field of a successful answer is left out",
    "wrong_type": "wrong_type=email: a field of a successful answer has a value of another type",
    "unknown_enum": "unknown_enum=status: a field of a successful answer has a value that no page names",
    "extra": "extra=surprise: a successful answer has a field more",
}
"""What a fault can be made of, each with an example and what it does."""

EMPTY = (204, 205, 304)
"""Statuses of answers that have no body."""

_IN_PROSE = ("status",)
"""The fields of answers of which pages name values where the contract lists none: Aura's publish no list (AU-17)."""

_SECONDS = re.compile(r"[0-9]*\.?[0-9]+")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *;.+)?")
_CLOSING = ("before", "middle", "after")
_ALONE = ("error", "status", "close", "truncated")
_FIELDS = ("missing", "wrong_type", "unknown_enum", "extra")

_UNPRINTED: Mapping[str, tuple[int, ...]] = {"aura": (400, 401, 429, 500)}
"""Aura's pages show the errors of each operation without their statuses: these are the sandbox's own (AU-02)."""


@dataclass(frozen=True)
class Spec:
    """A fault, parsed. `text` is how it was written; what is not asked for is empty, zero or None."""

    text: str
    error: int = 0
    status: int = 0
    delay: float = 0.0
    close: str = ""
    truncated: bool = False
    content_type: str = ""
    missing: str = ""
    wrong_type: str = ""
    unknown_enum: str = ""
    extra: str = ""

    @property
    def refuses(self) -> bool:
        """Whether the call is answered without being looked at."""
        return bool(self.error) or self.status >= 400 or self.close == "before"

    @property
    def needs_success(self) -> bool:
        """Whether there is nothing to spoil in the answer to a call that was refused."""
        return 0 < self.status < 400 or any(getattr(self, name) for name in _FIELDS)


REFUSED = Spec("refused")
"""Stands for a fault that was asked for and cannot be: the refusal is the sandbox's own, and covers nothing."""

IGNORED = "ignored"
"""What X-Sandbox-Fault says of a fault that was asked for and is not in the answer."""


def parsed(text: str, api: str, operation_id: str) -> Spec:
    """The fault that a text means for an operation; an empty id stands for every operation.

    Raises Invalid for a fault that does not exist, or that cannot happen to this operation, naming those that can.
    """
    if not text.isascii() or not text.isprintable():
        raise Invalid("fault: write it in printable ASCII characters, as a header would carry it")
    parts: dict[str, Any] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name not in PARTS:
            raise Invalid(
                f"fault: {part.strip()[:50]!r} is no part of a fault; the parts are {'; '.join(PARTS.values())}"
            )
        if name in parts:
            raise Invalid(f"fault: {name} is there twice; write each part once")
        parts[name] = _VALUES[name](value, api, operation_id)
    spec = Spec(text, **parts)
    _check_together(spec, parts)
    return spec


def _check_together(spec: Spec, parts: Mapping[str, Any]) -> None:
    """Raises Invalid for parts that cannot happen to the same answer."""
    alone = [name for name in parts if name in _ALONE]
    if len(alone) > 1:
        raise Invalid(f"fault: {' and '.join(alone)} exclude each other; arm one fault for each")
    fields = [name for name in parts if name in _FIELDS]
    if spec.refuses and fields:
        raise Invalid(f"fault: {fields[0]} spoils a successful answer, which a call with {alone[0]} does not get")
    spoilt = [name for name in parts if name in (*_FIELDS, "content_type")]
    if spoilt and (spec.status in EMPTY or spec.close in ("before", "after")):
        why = "has no body" if spec.status else "is never sent"
        raise Invalid(f"fault: {spoilt[0]} cannot be seen, as an answer with {alone[0]}={parts[alone[0]]} {why}")
    if len({parts[name] for name in fields}) < len(fields):
        raise Invalid(f"fault: {' and '.join(fields)} exclude each other where they name the same field")


def possible_errors(api: str, operation_id: str) -> tuple[int, ...]:
    """The statuses that `error` can have: the documented ones, and those of errors that are documented without any."""
    return tuple(sorted({*documented_errors(api, operation_id), *_UNPRINTED.get(api, ())}))


@lru_cache
def documented_errors(api: str, operation_id: str) -> tuple[int, ...]:
    """The error statuses that the contract lists for an operation; for every operation where none is named."""
    contract = openapi.read(api)
    chosen = [contract.operations[operation_id]] if operation_id else contract.operations.values()
    statuses = {
        int(status)
        for each in chosen
        for status in contract.document["paths"][each.path][each.method.lower()]["responses"]
        if status.isdigit() and int(status) >= 400
    }
    return tuple(sorted(statuses))


def answer_fields(api: str, operation_id: str) -> tuple[str, ...]:
    """The fields of what a successful answer of an operation is about: a lead, or a confirmation."""
    return tuple(sorted({name for name, _ in _fields(api, operation_id)}))


def enumerated_fields(api: str, operation_id: str) -> tuple[str, ...]:
    """Those of which a page names values that are texts."""
    listed = {
        name
        for name, schema in _fields(api, operation_id)
        if name in _IN_PROSE or ("enum" in schema and schema["type"] == "string")
    }
    return tuple(sorted(listed))


def _fields(api: str, operation_id: str) -> Iterator[tuple[str, Any]]:
    """The fields of successful answers with their schemas: of an operation, or of every one where none is named."""
    contract = openapi.read(api)
    for each in [contract.operations[operation_id]] if operation_id else contract.operations.values():
        response = contract.document["paths"][each.path][each.method.lower()]["responses"]["200"]
        content = contract.inlined(response).get("content", {})
        yield from _about(content.get("application/json", {}).get("schema", {})).items()


def _about(schema: Any) -> Mapping[str, Any]:
    """The properties of the thing itself: below `data`, and of one item where that is a list."""
    inner = schema.get("properties", {}).get("data", schema)
    return _properties(inner.get("items", inner))


def _properties(schema: Any) -> dict[str, Any]:
    """Those that a schema names itself, and those of the schemas that it is made of."""
    inherited = (item for each in schema.get("allOf", ()) for item in _properties(each).items())
    return {**dict(inherited), **schema.get("properties", {})}


def _error(value: str, api: str, operation_id: str) -> int:
    known = possible_errors(api, operation_id)
    if not value.isdigit() or int(value) not in known:
        told = ", ".join(map(str, known))
        where = operation_id or "any operation"
        raise Invalid(
            f"fault: {api} documents no error {value[:20]!r} for {where}, but {told}; status= takes any status"
        )
    return int(value)


def _status(value: str, api: str, operation_id: str) -> int:
    if not (value.isdigit() and 200 <= int(value) <= 599):
        raise Invalid(f"fault: status={value[:20]} is no status of an answer, which are those from 200 to 599")
    return int(value)


def _delay(value: str, api: str, operation_id: str) -> float:
    seconds = float(value) if _SECONDS.fullmatch(value) else -1.0
    if not 0 < seconds <= LONGEST_DELAY:
        raise Invalid(f"fault: delay={value[:20]} is no number of seconds above 0 and up to {LONGEST_DELAY:.0f}")
    return seconds


def _close(value: str, api: str, operation_id: str) -> str:
    if value not in _CLOSING:
        raise Invalid(f"fault: close={value[:20]} is none of {', '.join(f'close={each}' for each in _CLOSING)}")
    return value


def _truncated(value: str, api: str, operation_id: str) -> bool:
    if value:
        raise Invalid("fault: truncated takes no value; write it alone, without =")
    return True


def _content_type(value: str, api: str, operation_id: str) -> str:
    if len(value) > 100 or not _MEDIA_TYPE.fullmatch(value):
        raise Invalid(f"fault: content_type={value[:20]} is no media type, such as text/html")
    return value


def _field(value: str, api: str, operation_id: str) -> str:
    known = answer_fields(api, operation_id)
    if value not in known:
        told = ", ".join(known) or "none that can be spoilt"
        where = f"{operation_id} of {api}" if operation_id else f"any operation of {api}"
        raise Invalid(f"fault: a successful answer of {where} has no field {value[:30]!r}; its fields are {told}")
    return value


def _enumerated(value: str, api: str, operation_id: str) -> str:
    known = enumerated_fields(api, operation_id)
    if _field(value, api, operation_id) not in known:
        told = ", ".join(known) or "no field"
        raise Invalid(f"fault: unknown_enum={value[:30]}: no page lists the values of this field, only of {told}")
    return value


def _extra(value: str, api: str, operation_id: str) -> str:
    if not 0 < len(value) <= 100:
        raise Invalid("fault: extra needs the name of a field, of 100 characters at most, such as extra=surprise")
    if value in answer_fields(api, operation_id):
        raise Invalid(f"fault: extra={value[:30]}: the answer has this field; choose a name that it does not have")
    return value


_VALUES = {
    "error": _error,
    "status": _status,
    "delay": _delay,
    "close": _close,
    "truncated": _truncated,
    "content_type": _content_type,
    "missing": _field,
    "wrong_type": _field,
    "unknown_enum": _enumerated,
    "extra": _extra,
}


@dataclass
class Armed:
    """A fault that waits for calls of an operation, of all operations where the id is empty. `left` counts down to
    nothing; None lets it stay until it is removed. `spared` counts the calls that it lets through first. `scenario` is
    the one that it belongs to, if any.
    """

    id: str
    api: str
    operation_id: str
    spec: Spec
    left: int | None
    spared: int = 0
    scenario: str = ""

    def waits_for(self, api: str, operation_id: str) -> bool:
        """Whether a call of an operation can suffer it: an error only where it is documented."""
        if self.left == 0 or self.api != api or self.operation_id not in ("", operation_id):
            return False
        return not self.spec.error or self.spec.error in possible_errors(api, operation_id)


class Arsenal:
    """The armed faults of one organization, or of all, in the order in which they were armed."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def __iter__(self) -> Iterator[Armed]:
        """Every one, also those of which the calls under way have taken the last: they may wait again."""
        return iter(self._armed)

    def waiting(self) -> Iterator[Armed]:
        """Those that wait for calls."""
        return (each for each in self._armed if each.left != 0)

    def arm(self, armed: Armed) -> None:
        self._armed.append(armed)

    def disarm(self, id: str | None = None) -> int:
        """Remove the fault of that id, or all but those of scenarios; how many there were."""
        chosen = [each for each in self._armed if (each.id == id if id is not None else not each.scenario)]
        self._armed = [each for each in self._armed if each not in chosen]
        return len(chosen)

    def take(self, api: str, operation_id: str) -> Armed | None:
        """The first fault that waits for this call, with one call less left for it; it is to be settled."""
        for each in self._armed:
            if each.waits_for(api, operation_id):
                if each.spared:
                    each.spared -= 1
                    continue
                if each.left is not None:
                    each.left -= 1
                return each
        return None

    def settle(self, armed: Armed, *, suffered: bool) -> None:
        """End what `take` began: a fault that had nothing to spoil in the answer waits for another call, unless it was
        disarmed meanwhile.
        """
        if armed.left is not None and not suffered:
            armed.left += 1
        elif armed.left == 0 and armed in self._armed:
            self._armed.remove(armed)
