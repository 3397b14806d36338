"""The contracts, and the register of requirements and open points that lives in them.

Everything that reads a contract (the sandbox, the suite, reports, documentation) reads it here, so that all
of them speak of the same requirement by the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["APIS", "EVERY_OPERATION", "Contract", "Declaration", "OpenPoint", "Operation", "read"]

APIS = ("aura", "octanist", "vorel")
"""The documented APIs, in the order in which they are reported."""

EVERY_OPERATION = "every_operation"
"""Where a requirement stands that the document makes for all of its operations."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Declaration:
    """A requirement as its contract declares it.

    `id` is `api/operation_id/slug`; `level` is must, should or may; `text` is one sentence that states a
    fact; `source` says where the documentation says it; `basis` is `seed` or `adjacent`; `untested` is the
    reason why no check exists, or empty.
    """

    id: str
    level: str
    text: str
    source: str
    basis: str
    untested: str = ""

    @property
    def api(self) -> str:
        return self.id.split("/")[0]

    @property
    def operation_id(self) -> str:
        return self.id.split("/")[1]

    @property
    def slug(self) -> str:
        return self.id.split("/")[2]


@dataclass(frozen=True)
class OpenPoint:
    """A silence or contradiction of the documents, what fits it, and what the sandbox does.

    `accepts` names the readings that fit, and `sandbox` the sandbox's own. The suite says which of them a target
    follows; `unobserved` is the reason why it cannot, or empty. `setting` names the sandbox's switch and `values`
    what it can be set to, the default first; both are empty where the sandbox has one reading only.
    """

    id: str
    text: str
    accepts: tuple[str, ...]
    sandbox: Any
    setting: str = ""
    values: tuple[Any, ...] = ()
    unobserved: str = ""


@dataclass(frozen=True)
class Operation:
    """Where an operation is found: its method in capitals and its path below the API's base."""

    id: str
    method: str
    path: str
    adjacent: bool


@dataclass(frozen=True)
class Contract:
    """One API's OpenAPI document with its register."""

    name: str
    document: Mapping[str, Any]
    sha256: str

    @property
    def version(self) -> str:
        return str(self.document["info"]["version"])

    @property
    def base_path(self) -> str:
        """The path of the documented base URL, without a slash at its end: ``/api/v1``, or empty."""
        _, _, rest = self.document["servers"][0]["url"].partition("://")
        return "/" + rest.partition("/")[2].rstrip("/") if rest.partition("/")[2] else ""

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its id, in the order of the document."""
        return {
            operation["operationId"]: Operation(
                operation["operationId"], method.upper(), path, operation.get("x-documented") == "adjacent"
            )
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }

    @cached_property
    def requirements(self) -> Mapping[str, Declaration]:
        """Every requirement by its id: the document's own first, then each operation's."""
        return {each.id: each for each in self._declared()}

    @cached_property
    def open_points(self) -> Mapping[str, OpenPoint]:
        """Every open point by its id."""
        return {
            id: OpenPoint(
                id,
                point["text"],
                tuple(point["accepts"]),
                point["sandbox"],
                point.get("setting", ""),
                tuple(point.get("values", ())),
                point.get("unobserved", ""),
            )
            for id, point in self.document.get("x-open-points", {}).items()
        }

    def schema(self, name: str) -> Any:
        """The schema that the document calls `name`, with every reference in it resolved."""
        return self.inlined(self.document["components"]["schemas"][name])

    def inlined(self, node: Any) -> Any:
        """A part of the document with every reference in it resolved. No schema refers to itself."""
        if isinstance(node, Mapping):
            if "$ref" in node:
                return self.inlined(self._at(node["$ref"]))
            return {key: self.inlined(value) for key, value in node.items()}
        return [self.inlined(each) for each in node] if isinstance(node, list) else node

    def _at(self, reference: str) -> Any:
        node: Any = self.document
        for key in reference.removeprefix("#/").split("/"):
            node = node[key]
        return node

    def _declared(self) -> Iterator[Declaration]:
        yield from self._register(EVERY_OPERATION, self.document)
        for operation in self.operations.values():
            yield from self._register(operation.id, self.document["paths"][operation.path][operation.method.lower()])

    def _register(self, place: str, holder: Mapping[str, Any]) -> Iterator[Declaration]:
        for slug, row in holder.get("x-requirements", {}).items():
            yield Declaration(id=f"{self.name}/{place}/{slug}", **row)


@cache
def read(name: str) -> Contract:
    """The contract of one API, `aura`, `octanist`, `vorel`, or of the sandbox's own control API, `sandbox`.

    Raises FileNotFoundError for any other name. The document is shared: nobody changes it in place.
    """
    raw = files(__name__).joinpath(f"{name}.yaml").read_bytes()
    return Contract(name, yaml.load(raw, _Loader), hashlib.sha256(raw).hexdigest())
