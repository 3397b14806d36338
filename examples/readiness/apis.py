"""What differs between the three lead APIs: paths, headers, bodies, envelopes. How to behave does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Lead:
    """What this integration needs of a lead; whatever else an answer has is none of its business."""

    id: str
    email: str
    status: str


@dataclass(frozen=True)
class Api:
    """One API as its documentation describes it."""

    name: str
    base: str
    headers: Callable[[str], Mapping[str, str]]
    new_lead: Callable[[str, str], Json]
    """The body of a create, from an e-mail and the id of the conversation, which Vorel alone has."""
    update: Callable[[str, str, str], tuple[str, Json]]
    """Path and body of an update, from the lead's id, empty where only its e-mail is known, its e-mail and a status."""
    data: Callable[[Any], Any]
    """The lead, or list of leads, in the body of a success."""
    by_email: bool = False
    """Whether leads can be updated, and searched for, by their e-mail."""
    conversations: bool = False
    """Whether a lead needs a conversation first."""


def _bearer(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _by_path(id: str, email: str, status: str) -> tuple[str, Json]:
    return f"/leads/{id}", {"status": status}


def _by_body(id: str, email: str, status: str) -> tuple[str, Json]:
    return "/leads", {**({"id": id} if id else {"email": email}), "status": status}


APIS = {
    "aura": Api(
        name="aura",
        base="/v1",
        headers=_bearer,
        new_lead=lambda email, conversation: {"email": email},
        update=_by_path,
        data=lambda body: body["data"],
    ),
    "octanist": Api(
        name="octanist",
        base="/api",
        headers=lambda key: {"X-API-KEY": key},
        new_lead=lambda email, conversation: {"email": email},
        update=_by_body,
        data=lambda body: body["data"],
        by_email=True,
    ),
    "vorel": Api(
        name="vorel",
        base="/api/v1",
        headers=_bearer,
        new_lead=lambda email, conversation: {"email": email, "conversation_id": conversation},
        update=_by_path,
        data=lambda body: body["data"] if "has_more" in body else body,
        conversations=True,
    ),
}
