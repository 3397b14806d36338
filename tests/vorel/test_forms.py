"""The form of an answer on the wire is nobody's promise: case of header names, spaces and escapes in JSON, charset."""

from __future__ import annotations

import json

import httpx

from conformance.run import Verdict
from mock_server import APIS
from mock_server.serve import sandbox
from tests.in_process import InProcess
from tests.targets import report_on, target_at, told


class OtherForm(httpx.BaseTransport):
    """Hands on the answers of a sandbox, the same to a client and written in another way."""

    def __init__(self) -> None:
        self._sandbox = InProcess(sandbox({"vorel": APIS["vorel"]}))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._sandbox.handle_request(request)
        body = (
            json.dumps(answer.json(), indent=2, ensure_ascii=True, sort_keys=True).encode() if answer.content else b""
        )
        headers = {name.upper(): value for name, value in answer.headers.items() if name != "content-length"}
        headers["CONTENT-TYPE"] = "application/json; charset=UTF-8"
        return httpx.Response(answer.status_code, headers=headers, content=body, request=request)


def test_a_target_that_writes_its_answers_in_another_way_is_conformant() -> None:
    with httpx.Client(transport=OtherForm()) as client:
        report = report_on(target_at("vorel", client))

    assert report.verdict is Verdict.CONFORMANT, told(report)
