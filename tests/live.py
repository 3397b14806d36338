"""An organization whose leads a target file names, as one that somebody depends on."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

import openapi
from tests.programs import conformance

NOTE = {"content": "Called back", "created_at": "2026-01-17T08:00:00.000Z", "user_id": "user_1"}

FIXTURES: dict[str, dict[str, Any]] = {
    "aura": {"full_name": "John Doe", "status": "won", "notes": [NOTE], "company": "Acme", "timezone": "Europe/Berlin"},
    "octanist": {
        "name": "John Doe",
        "status": "lost",
        "value": 7,
        "lossReason": "Price",
        "note": "Called back",
        "qualifiedAt": "2026-01-17T08:00:00.000Z",
    },
    "vorel": {"name": "John Doe", "intent": "buy", "attributes": {"area": "Old Town", "budget": {"min": 1}}},
}
"""What each lead has beside an e-mail and a phone of its own. A field that an update cannot unset has a value."""


class Live:
    """An organization of a sandbox, with three leads that a target file names; the target cannot create leads."""

    def __init__(self, root: str, api: str, folder: Path, **capabilities: bool) -> None:
        self.api, self.folder = api, folder
        self._leads = f"{root}/_sandbox/leads/{api}"
        self.key = {
            "aura": f"aura_pk_live_{folder.name.replace('_', '')}",
            "octanist": f"key-of-{folder.name}",
            "vorel": f"vapk_live_{hashlib.sha256(folder.name.encode()).hexdigest()[:48]}",
        }[api]
        own = [{"email": f"fixture{at}@example.com", "phone": f"+1415555267{at}"} for at in range(3)]
        seeds = [{**FIXTURES[api], **each} for each in own]
        made = self.put(*seeds)
        capabilities = {"create_lead": False, **capabilities}
        (folder / "live.toml").write_text(
            f'api = "{api}"\nbase_url = "{root}{openapi.read(api).base_path}"\n'
            f'[keys]\nfull = "{self.key}"\n[capabilities]\n'
            + "".join(f"{name} = {str(value).lower()}\n" for name, value in capabilities.items())
            + f"[fixtures]\nlead_ids = {json.dumps([lead['id'] for lead in made])}\n"
        )

    def put(self, *leads: dict[str, Any]) -> list[dict[str, Any]]:
        """Add leads to the organization."""
        answer = httpx.post(self._leads, params={"key": self.key}, json={"leads": leads})
        return list(answer.json()["leads"])

    def leads(self) -> list[dict[str, Any]]:
        """The leads as they are stored, without when they were last updated."""
        (organization,) = httpx.get(self._leads, params={"key": self.key}).json()["organizations"]
        late = ("updated_at", "updatedAt")
        return [{name: value for name, value in lead.items() if name not in late} for lead in organization["leads"]]

    def conformance(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return conformance(*arguments, "--target", "live.toml", at=self.folder, XDG_STATE_HOME=str(self.folder))

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """A run that has begun to change the leads."""
        before = self.leads()
        command = [sys.executable, "-m", "conformance", "run", "--target", "live.toml", "--yes", "--seed", "0"]
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "XDG_STATE_HOME": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while self.leads() == before:
            assert process.poll() is None and time.monotonic() < deadline
        return process

    @property
    def recovery_files(self) -> list[Path]:
        return list((self.folder / "leadproof").glob("*.json"))
