"""One sandbox: starts its three servers and stops them."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.database import Database, check_entry, start_redis
from sandbox.install import Programs, installed
from sandbox.places import Ports, SandboxError
from sandbox.running import background, end
from sandbox.seeding import seeded
from sandbox.settings import environment, write_settings

if TYPE_CHECKING:
    from pathlib import Path

WAIT = 120.0


@dataclass(frozen=True)
class Instance:
    """A sandbox at a port: what it wrote is in `folder`."""

    cache: Path
    ports: Ports

    @property
    def folder(self) -> Path:
        """What it wrote."""
        return self.cache / f"run-{self.ports.web}"

    @property
    def url(self) -> str:
        """The address of its web pages."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def env(self) -> Path:
        """The file with HDX_URL=… and so on; it is there while the sandbox is up."""
        return self.folder / "env"

    def answers(self) -> bool:
        """Whether it is up."""
        return self.env.exists() and _answers(self.url)

    def up(self, *, wheels: bool) -> None:
        """Start with a fresh database; raises SandboxError with the way out."""
        self.down()
        taken = self.ports.taken()
        if taken:
            raise SandboxError(
                f"port {taken[0]} is taken: another program listens there. Choose others with --port N (N to N+3 "
                "are used), or --port 0 for any that are free"
            )
        check_entry(self.cache)
        programs = installed(self.cache, wheels=wheels)
        seed = seeded(self.cache, programs, self.ports)
        self._prepare(seed)
        self._start(programs)
        self._write_env(seed)

    def down(self) -> None:
        """Stop what runs and drop the data; the logs stay."""
        self.env.unlink(missing_ok=True)
        for name in ("ckan", "redis", "postgres"):
            end(self.folder / f"{name}.pid", (str(self.folder), f":{self.ports.redis}"))
        for name in ("pg", "storage"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _prepare(self, seed: Path) -> None:
        """Lay out the folder; the database is a copy of the one that was filled once."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "storage").mkdir(parents=True)
        self.folder.chmod(0o755)
        # The owner is kept: as root, the database belongs to another user.
        subprocess.run(["cp", "-Rp", str(seed / "pg"), str(self.folder / "pg")], check=True)
        write_settings(self.folder, self.ports, (seed / "secret").read_text(encoding="utf-8"))

    def _start(self, programs: Programs) -> None:
        database = Database(programs.postgres, self.folder / "pg", self.ports.database)
        self._note("postgres", database.start(self.folder / "postgres.log"))
        self._note("redis", start_redis(programs, self.folder, self.ports.redis))
        where = (str(self.folder / "ckan.ini"), str(self.folder), str(self.ports.web), str(self.ports.search))
        log = self.folder / "ckan.log"
        served = background(
            [str(programs.python), "-m", "hdx_sandbox.serve", *where], log, environment(self.folder)
        )
        self._note("ckan", served.pid)
        until = time.monotonic() + WAIT
        while not _answers(self.url):
            if served.poll() is not None or time.monotonic() > until:
                self.down()
                raise SandboxError(
                    f"CKAN did not start; {log} ends:\n{log.read_text(errors='replace')[-1500:]}"
                )
            time.sleep(0.1)

    def _note(self, name: str, process: int) -> None:
        (self.folder / f"{name}.pid").write_text(str(process), encoding="utf-8")

    def _write_env(self, seed: Path) -> None:
        keys = json.loads((seed / "keys.json").read_text(encoding="utf-8"))
        told = {
            "HDX_URL": self.url,
            "HDX_KEY": keys["hdxadmin"],
            "HDX_KEY_EDITOR": keys["maintainer"],
            "HDX_KEY_OUTSIDER": keys["outsider"],
            "HDX_MAINTAINER": "maintainer",
            "HDX_ORGANISATION": "hxl-kit-rehearsal",
            "HDX_SANDBOX_RUN": self.folder,
        }
        self.env.write_text(
            "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in told.items()), encoding="utf-8"
        )


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/api/3/action/status_show", timeout=20) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (OSError, urllib.error.URLError):
        return False
