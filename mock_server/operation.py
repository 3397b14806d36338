"""One documented operation, compiled once: everything between the ASGI server and its handler.

A call goes through the checks in this order, and the first that refuses it answers: credential, scope, body
is JSON, path, query, body keeps the contract; then the handler decides about existence and conflicts. No API
documents an order; this one reveals nothing about other organizations.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from connexion.operations import AbstractOperation
from starlette.types import Receive

from mock_server.admission import admit, announce
from mock_server.api import Answer, Api
from mock_server.body import Disconnected, parse, read
from mock_server.call import Call
from mock_server.errors import Broken, CallRefused, ContractViolation, Forbidden, Invalid
from mock_server.schema import Validator
from mock_server.store import World

log = logging.getLogger(__name__)

_JSON = "application/json"
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_READERS: dict[str, Callable[[str], Any]] = {
    "integer": lambda text: int(text) if _INTEGER.fullmatch(text) else text,
    "boolean": lambda text: {"true": True, "false": False}.get(text, text),
}


class CompiledOperation:
    """Answers the calls of one operation, built from Connexion's resolved form of it."""

    def __init__(self, api: Api, world: World, operation: AbstractOperation) -> None:
        self._api = api
        self._world = world
        self._handler = operation.function
        self._id = str(operation.operation_id)
        self._name = f"{api.name}/{self._id}"
        self._scope = api.contract["paths"][operation.path][operation.method].get("x-required-scope")
        self._path = _parameters(operation, "path")
        self._query = _parameters(operation, "query")
        self._body = Validator(operation.body_schema(_JSON)) if operation.request_body else None
        self._needs_body = bool(operation.request_body.get("required"))
        self._replies = {
            status: Validator(content[_JSON]["schema"])
            for status, response in operation.responses.items()
            if _JSON in (content := response.get("content", {}))
        }

    async def __call__(self, call: Call, query_string: bytes, receive: Receive) -> Answer | None:
        """The answer to a call, in which everything that was found out on the way is noted.

        None where the client has gone.
        """
        call.operation_id = self._id
        why: CallRefused
        try:
            return await self._answer(call, query_string, receive)
        except CallRefused as error:
            why = error
        except Disconnected:
            return None
        except Exception:
            log.exception("%s failed", self._name)
            why = Broken("The sandbox failed; its log says where.")
        call.refuse(why)
        return self._refusal(call, why)

    async def _answer(self, call: Call, query_string: bytes, receive: Receive) -> Answer:
        caller = self._api.identify(self._world, call.headers)
        call.organization, call.scopes = caller.organization, caller.scopes
        if self._api.journaled:
            try:
                admit(self._api, self._world, caller, call)
            except CallRefused:
                if call.fault is not None and self._body is not None:
                    call.raw = await read(call.headers, receive)  # not looked at, but the journal shows what was sent
                raise
        if self._scope is not None and self._scope not in caller.scopes:
            raise Forbidden(f"This key lacks the scope {self._scope}.")
        arguments: dict[str, Any] = dict(call.path)
        if self._body is not None:
            call.raw = await read(call.headers, receive, self._api.largest_body)
            call.body = self._parsed(call.raw, call.headers.get(b"content-type"))
        self._check_path(call.path)
        if query_string and self._api.refuses_unknown_parameters:
            self._check_names(query_string)
        if self._query:
            arguments["query"] = call.query = self._read_query(query_string)
        if self._body is not None:
            arguments["body"] = self._check_body(call.organization, call.body)
        if self._api.journaled:
            for trial in call.organization.trials.values():
                trial.prepare(call)
            call.changes = call.organization.leads.written = []
        return self._checked(self._api.render(call.organization, self._handler(call.organization, **arguments)))

    def _parsed(self, body: bytes, content_type: bytes | None) -> Any:
        return parse(body, content_type) if body or self._needs_body else {}

    def _check_path(self, values: Mapping[str, str]) -> None:
        for parameter in self._path:
            parameter.check(values[parameter.name])

    def _check_names(self, query_string: bytes) -> None:
        known = [parameter.name for parameter in self._query]
        for name, _ in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
            if name not in known:
                told = f"but {', '.join(known)} are" if known else "which takes none"
                raise Invalid(f"query: {name[:50]!r} is no parameter of {self._id}, {told}", name)

    def _read_query(self, query_string: bytes) -> dict[str, Any]:
        """The parameters of the query: declared ones as their types, others as the text they are."""
        query: dict[str, Any] = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True))
        for parameter in self._query:
            if parameter.name in query:
                query[parameter.name] = parameter.value(query[parameter.name])
            elif parameter.default is not None:
                query[parameter.name] = parameter.default
        return query

    def _check_body(self, organization: Any, body: Any) -> Any:
        assert self._body is not None
        body = self._api.prepare(organization, body)
        if complaint := self._body.complaint(body):
            raise Invalid(complaint)
        return body

    def _refusal(self, call: Call, error: CallRefused) -> Answer:
        organization: Any = call.organization
        if organization is None:
            organization = self._world.stranger(self._api.name)
            announce(self._api, organization, call)
        try:
            return self._checked(self._api.render_error(organization, error))
        except ContractViolation as violation:
            return self._api.render_error(organization, violation)

    def _checked(self, answer: Answer) -> Answer:
        """The answer, where the contract allows it. Raises ContractViolation where it does not."""
        if not self._api.checks_replies or answer.stream is not None:
            return answer
        validator = self._replies.get(str(answer.status)) or self._replies.get("default")
        complaint = validator.complaint(answer.content) if validator else f"status {answer.status} is not documented"
        if complaint is None:
            return answer
        log.error("%s was about to break its contract: status %d, %s", self._name, answer.status, complaint)
        raise ContractViolation(ascii(f"{self._name}: {complaint.partition(':')[0]}")[1:-1])


class _Parameter:
    """A parameter of the path or the query, which arrives as text."""

    def __init__(self, name: str, schema: Mapping[str, Any]) -> None:
        self.name = name
        self.default = schema.get("default")
        self._read = _READERS.get(schema.get("type", "string"))
        self._validator = Validator(schema)

    def value(self, text: str) -> Any:
        """The value that `text` stands for. Raises Invalid where the contract does not allow it."""
        value = text if self._read is None else self._read(text)
        self.check(value)
        return value

    def check(self, value: Any) -> None:
        if complaint := self._validator.complaint(value):
            raise Invalid(complaint.replace("body:", f"{self.name}:", 1), self.name)


def _parameters(operation: AbstractOperation, place: str) -> list[_Parameter]:
    """The parameters of a place. Connexion lists those that all operations of a path have twice."""
    schemas = {each["name"]: each["schema"] for each in operation.parameters if each["in"] == place}
    return [_Parameter(name, schema) for name, schema in schemas.items()]
