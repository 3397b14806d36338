"""The contracts: valid, complete against the documents, and honest about themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator

import openapi
from conformance.register import requirements
from mock_server.schema import Validator, draft4

DOCUMENTS = (*openapi.APIS, "sandbox")
FIELDS = yaml.safe_load((Path(__file__).parent / "documented_fields.yaml").read_text())
SEEDS = [(api, seed) for api, seeds in FIELDS.items() for seed in seeds if seed.startswith("seed")]

each_document = pytest.mark.parametrize("name", DOCUMENTS)
each_api = pytest.mark.parametrize("api", openapi.APIS)


def nodes(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every mapping of a document with the path that leads to it; examples and the register are not entered."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in ("example", "value", "x-requirements", "x-open-points"):
                yield from nodes(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from nodes(value, (*path, at))


def operation_of(contract: openapi.Contract, id: str) -> dict[str, Any]:
    where = contract.operations[id]
    return dict(contract.inlined(contract.document["paths"][where.path][where.method.lower()]))


class TestEachDocument:
    @each_document
    def test_is_valid_openapi(self, name: str) -> None:
        OpenAPIV30SpecValidator(dict(openapi.read(name).document)).validate()

    @each_document
    def test_names_each_operation_once(self, name: str) -> None:
        ids = [node["operationId"] for _, node in nodes(openapi.read(name).document) if "operationId" in node]

        assert ids
        assert max(Counter(ids).values()) == 1

    @each_document
    def test_uses_every_component(self, name: str) -> None:
        document = openapi.read(name).document
        used = {node["$ref"] for _, node in nodes(document) if "$ref" in node}
        kinds = {kind: each for kind, each in document.get("components", {}).items() if kind != "securitySchemes"}

        assert {f"#/components/{kind}/{key}" for kind, each in kinds.items() for key in each} == used

    @each_document
    def test_has_examples_that_fit_their_schemas(self, name: str) -> None:
        contract, tried = openapi.read(name), 0
        for path, node in nodes(contract.document):
            if "schema" not in node and "properties" not in node:
                continue
            examples = [each["value"] for each in contract.inlined(node.get("examples", {})).values()]
            examples += [node["example"]] if "example" in node else []
            for example in examples:
                complaint = Validator(contract.inlined(node.get("schema", node))).complaint(example)
                assert complaint is None, f"{path}: {complaint}"
                tried += 1

        assert tried

    @each_document
    def test_has_no_key_twice(self, name: str) -> None:
        class Strict(yaml.SafeLoader):
            pass

        def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
            keys = [loader.construct_object(key) for key, _ in node.value]
            assert max(Counter(keys).values(), default=1) == 1, f"{node.start_mark}: {Counter(keys).most_common(1)}"
            return dict(loader.construct_pairs(node))

        Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
        yaml.load((Path(openapi.__file__).parent / f"{name}.yaml").read_text(), Strict)

    @each_document
    def test_compiles_to_schemas_that_are_schemas(self, name: str) -> None:
        contract = openapi.read(name)
        for schema in contract.document.get("components", {}).get("schemas", {}):
            jsonschema_rs.meta.validate(
                draft4(contract.schema(schema)) | {"$schema": "http://json-schema.org/draft-04/schema#"}
            )


class TestTheDocumentsFieldTables:
    @pytest.mark.parametrize(("api", "seed"), SEEDS)
    def test_every_field_that_can_be_sent_is_there_with_its_limits(self, api: str, seed: str) -> None:
        table = FIELDS[api][seed]
        operation = operation_of(openapi.read(api), table["operation"])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})

        assert body.get("required", []) == table["required"]
        self.agree(body.get("properties", {}), table["sent"])

    @pytest.mark.parametrize(("api", "seed"), SEEDS)
    def test_every_field_that_is_shown_is_there(self, api: str, seed: str) -> None:
        table, contract = FIELDS[api][seed], openapi.read(api)
        if table["shown"]:
            lead = contract.schema("Lead")
            self.agree(lead["properties"], table["shown"], may_be_null=True)
            assert set(lead["required"]) == set(
                table.get("always", ["id", "email", "status", "created_at", "updated_at"])
            )
        responses = operation_of(contract, table["operation"])["responses"]
        assert set(table.get("statuses", [])) <= responses.keys()

    @pytest.mark.parametrize(("api", "seed"), SEEDS)
    def test_path_parameters_are_there(self, api: str, seed: str) -> None:
        table, contract = FIELDS[api][seed], openapi.read(api)
        where = contract.operations[table["operation"]]
        item = contract.inlined(contract.document["paths"][where.path])
        operation = item[where.method.lower()]
        found = {
            each["name"]: each["schema"]
            for each in [*item.get("parameters", []), *operation.get("parameters", [])]
            if each["in"] == "path"
        }

        self.agree(found, table["path"])

    @pytest.mark.parametrize("schema", FIELDS["aura"]["nested"])
    def test_nested_fields_are_there(self, schema: str) -> None:
        contract = openapi.read("aura")

        self.agree(contract.schema(schema)["properties"], FIELDS["aura"]["nested"][schema], may_be_null=True)

    def agree(self, found: dict[str, Any], documented: dict[str, Any], *, may_be_null: bool = False) -> None:
        limits = ("type", "format", "pattern", "enum", "minimum", "maximum", "maxLength", "nullable")
        assert found.keys() == documented.keys()
        for field, schema in found.items():
            kept = {key: value for key, value in schema.items() if key in limits}
            if may_be_null:
                kept = {"nullable": documented[field].get("nullable"), **kept, **documented[field]}
                kept = {key: value for key, value in kept.items() if value is not None}
                assert schema.items() >= {k: v for k, v in documented[field].items() if k != "nullable"}.items(), field
            else:
                assert kept == documented[field], field


class TestTheRegister:
    @each_api
    def test_every_requirement_is_complete(self, api: str) -> None:
        for each in openapi.read(api).requirements.values():
            assert each.level in ("must", "should", "may"), each.id
            assert each.basis in ("seed", "adjacent"), each.id
            assert re.match(r"(seed \d{3}|adj [AOV]L?\d+)", each.source), each.id
            assert re.fullmatch(r"[a-z0-9_]+", each.slug), each.id

    @each_api
    def test_every_requirement_states_one_fact(self, api: str) -> None:
        for each in openapi.read(api).requirements.values():
            assert each.text[0].isupper() or not each.text[0].isalpha(), each.id
            assert each.text.endswith("."), each.id
            assert not re.search(r"\.\s+[A-Z]", each.text), f"{each.id} has two sentences"
            assert not re.search(r"\b(should|must|shall|ought)\b", each.text), f"{each.id} is no statement"

    @each_api
    def test_a_seed_is_the_source_of_what_is_based_on_one(self, api: str) -> None:
        for each in openapi.read(api).requirements.values():
            assert each.source.startswith("seed") == (each.basis == "seed"), each.id

    def test_the_seeds_give_well_over_a_hundred(self) -> None:
        seeds = [
            each for api in openapi.APIS for each in openapi.read(api).requirements.values() if each.basis == "seed"
        ]

        assert len(seeds) > 150

    @each_api
    def test_every_tested_requirement_has_a_check_and_every_check_a_requirement(self, api: str) -> None:
        joined = requirements(api)

        assert [each.id for each in joined if (each.check is None) != bool(each.declaration.untested)] == []

    @each_api
    def test_every_open_point_says_what_is_accepted_and_what_the_sandbox_does(self, api: str) -> None:
        points = openapi.read(api).open_points
        prefix = {"aura": "AU", "octanist": "OC", "vorel": "VO"}[api]

        assert len(points) > 30
        for point in points.values():
            assert re.fullmatch(prefix + r"-\d\d", point.id)
            assert point.text.endswith(".") and point.accepts and str(point.sandbox), point.id

    @each_api
    def test_a_setting_has_values(self, api: str) -> None:
        for point in openapi.read(api).open_points.values():
            assert bool(point.setting) == bool(point.values), point.id
