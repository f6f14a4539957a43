"""Fills the database that every sandbox begins with, once."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from sandbox.database import Database, start_redis
from sandbox.install import CKAN, Programs
from sandbox.places import ROOT, Ports, SandboxError
from sandbox.running import end
from sandbox.settings import environment, write_settings

if TYPE_CHECKING:
    from pathlib import Path

FILLS = (
    "tests/hdx_sandbox/seed.py",
    "tests/hdx_sandbox/lists.py",
    "schemas/codelists/location.csv",
    "schemas/hdx/tags.csv",
)


def seeded(cache: Path, programs: Programs, ports: Ports) -> Path:
    """Return the folder of the filled database; it is made anew when the rules, the lists or PostgreSQL changed."""
    seed = cache / f"seed-{_fingerprint(programs)}"
    if (seed / "keys.json").exists():
        return seed
    for older in cache.glob("seed-*"):
        shutil.rmtree(older, ignore_errors=True)
    print("filling the database (once) …", file=sys.stderr, flush=True)
    seed.mkdir(parents=True)
    seed.chmod(0o755)
    (seed / "secret").write_text(secrets.token_urlsafe(32), encoding="utf-8")
    _fill(seed, programs, ports)
    return seed


def _fill(seed: Path, programs: Programs, ports: Ports) -> None:
    database = Database(programs.postgres, seed / "pg", ports.database)
    database.create()
    write_settings(seed, ports, (seed / "secret").read_text(encoding="utf-8"))
    running = {"postgres": database.start(seed / "postgres.log")}
    try:
        running["redis"] = start_redis(programs, seed, ports.redis)
        database.tell("create database ckan")
        command = [str(programs.python), "-m", "hdx_sandbox.seed", str(seed / "ckan.ini")]
        done = subprocess.run(
            [*command, str(ports.search), str(seed / "keys.json")],
            capture_output=True,
            text=True,
            check=False,
            cwd=seed,
            env=environment(seed),
        )
    finally:
        for name, process in running.items():
            (seed / f"{name}.pid").write_text(str(process), encoding="utf-8")
            end(seed / f"{name}.pid", (str(seed), f":{ports.redis}"))
    if done.returncode:
        (seed / "keys.json").unlink(missing_ok=True)
        raise SandboxError(f"the database could not be filled:\n{done.stderr.strip()[-1500:]}")


def _fingerprint(programs: Programs) -> str:
    """What the filled database depends on."""
    digest = hashlib.sha256(CKAN.encode())
    for name in FILLS:
        digest.update((ROOT / name).read_bytes())
    version = subprocess.run([str(programs.postgres / "postgres"), "-V"], capture_output=True, check=True)
    digest.update(version.stdout)
    return digest.hexdigest()[:12]
