"""The control API's manners: who may steer, and how errors look."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Headers, Reply
from mock_server.events import Stream
from mock_server.guard import unwelcome
from mock_server.store import Organization, World

_STATUS: dict[type[errors.CallRefused], int] = {
    errors.Forbidden: 401,
    errors.CrossSite: 403,
    errors.NotFound: 404,
    errors.UnknownPath: 404,
    errors.MethodNotAllowed: 405,
    errors.TooLarge: 413,
    errors.WrongMediaType: 415,
    errors.MalformedBody: 400,
    errors.Invalid: 400,
    errors.CallRefused: 500,
}

_NO_TOKEN = "This sandbox asks for its admin token: Authorization: Bearer <token>."


@dataclass(frozen=True)
class Operator:
    """Who steers the sandbox: all of it, the organizations that `key` opens, or the one of that id.

    `accept` is the media type that the operator asks for, `root` the URL by which the sandbox was reached.
    """

    world: World
    apis: Mapping[str, Api]
    key: str | None
    accept: str = ""
    root: str = ""
    id: str | None = None

    def organizations(self, api: str | None = None, *, opening: bool = False) -> list[Organization]:
        """The organizations concerned; where they are to be changed, `opening` opens those of a key.

        Raises Invalid for a key that is well-formed in none of the APIs, and where callers without a good credential
        are concerned by a change: their time and settings are those of the whole sandbox.
        """
        apis = [api] if api else list(self.apis)
        if self.id is not None:
            found = self.organization(self.id)
            if found.api not in apis:
                raise errors.Invalid(f"organization: {found.id} is none of {api}")
            if opening and not found.tenant:
                nothing = "is of calls without a good key, and has nothing of its own to change"
                raise errors.Invalid(f"organization: {found.id} {nothing}")
            return [found]
        if self.key is None:
            return [each for each in self.world.opened() if each.api in apis]
        tenants = {name: self.apis[name].tenant_of(self.key) for name in apis}
        find = self.world.organization if opening else self.world.glimpse
        chosen = [find(name, tenant) for name, tenant in tenants.items() if tenant]
        if not chosen:
            known = "GET /_sandbox/info shows some"
            raise errors.Invalid(f"key: this is no well-formed credential of {' or '.join(apis)}; {known}")
        return chosen

    def organization(self, id: str) -> Organization:
        """The organization of that id. Raises NotFound where none has it."""
        found = next((each for each in self.world.everybody() if each.id == id and each.api in self.apis), None)
        if found is None:
            known = "GET /_sandbox/organizations lists them"
            raise errors.NotFound(f"organization: none has the id {id[:50]!r}; {known}")
        return found

    @property
    def everything(self) -> bool:
        """Whether all of the sandbox is meant."""
        return self.key is None and self.id is None

    def concerning(self, query: Mapping[str, Any]) -> Operator:
        """This operator, for the organizations that the query's `key` opens or its `organization` names, if any."""
        chosen = replace(self, key=query["key"]) if "key" in query else self
        return replace(chosen, id=query["organization"]) if "organization" in query else chosen


def tenant_of(credential: str) -> str | None:
    """Operators have no organization of their own."""
    return None


def identify_operator(
    world: World,
    headers: Headers,
    *,
    apis: Mapping[str, Api],
    admin_token: str | None,
    hosts: frozenset[str] = frozenset(),
) -> Caller:
    """An operator, with the scope `admin` where no token is asked for or the right one is sent.

    Raises CrossSite for what a page of another site has a browser send.
    """
    if why := unwelcome(headers, hosts):
        raise errors.CrossSite(why)
    key = headers.get(b"x-sandbox-key")
    sent = headers.get(b"authorization", b"")
    trusted = admin_token is None or hmac.compare_digest(sent, b"Bearer " + admin_token.encode())
    accept = headers.get(b"accept", b"").decode("latin-1")
    root = "http://" + headers.get(b"host", b"").decode("latin-1")
    operator = Operator(world, apis, None if key is None else key.decode("latin-1"), accept, root)
    return Caller(operator, frozenset({"admin"} if trusted else ()))


def render(operator: Operator, reply: Reply) -> Answer:
    """The data itself, or the stream of it."""
    if isinstance(reply.data, Stream):
        return Answer(200, None, stream=reply.data.send_to)
    return Answer(200, reply.data, media_type=reply.media_type)


def render_error(operator: object, error: errors.CallRefused) -> Answer:
    """`{error}`, which is no vendor's envelope."""
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    message = _NO_TOKEN if isinstance(error, errors.Forbidden) else error.message
    return Answer(status, {"error": message}, errors.headers(error))
