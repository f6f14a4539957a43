"""A PostgreSQL and a Redis of the sandbox's own: fast and forgetful, on 127.0.0.1, without a password."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.places import SandboxError
from sandbox.running import background

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.install import Programs

UNSAFE_BUT_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@dataclass(frozen=True)
class Account:
    """Numbers of a user and a group; None: whoever runs this."""

    user: int | None
    group: int | None


@dataclass(frozen=True)
class Database:
    """A cluster in a folder, at a port."""

    programs: Path
    folder: Path
    port: int

    def create(self) -> None:
        """Make an empty cluster with an empty database `ckan`."""
        self.folder.mkdir(parents=True)
        own(self.folder)
        self.folder.chmod(0o700)
        options = ("-A", "trust", "-U", "ckan", "-E", "UTF8", "--locale=C", "--no-sync")
        done = self._run("initdb", "-D", str(self.folder), *options)
        if done.returncode:
            raise SandboxError(
                f"PostgreSQL could not make a database in {self.folder}:\n{done.stderr.strip()[-600:]}"
            )

    def start(self, log: Path) -> int:
        """Start the server and return its process id once it answers."""
        options = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", *UNSAFE_BUT_FAST)
        whom = as_whom()
        with log.open("wb") as output:
            started = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.folder), "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                user=whom.user,
                group=whom.group,
            )
        for _ in range(300):
            if not self.tell("select 1").returncode:
                return started.pid
            if started.poll() is not None:
                break
            time.sleep(0.1)
        raise SandboxError(f"PostgreSQL did not start; {log} ends:\n{log.read_text(errors='replace')[-600:]}")

    def tell(self, statement: str) -> subprocess.CompletedProcess[str]:
        """Run a statement in the database `postgres`."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "ckan", "-d", "postgres")
        return self._run("psql", "-q", *where, "-v", "ON_ERROR_STOP=1", "-c", statement)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / program), *arguments]
        whom = as_whom()
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=whom.user,
            group=whom.group,
        )


def check_entry(folder: Path) -> None:
    """Raise SandboxError where PostgreSQL, which refuses to run as root, cannot enter a folder as its own user."""
    if as_whom().user is None:
        return
    present = [above for above in (folder, *folder.parents) if above.exists()]
    closed = [above for above in present if not above.stat().st_mode & 0o001]
    if closed:
        raise SandboxError(
            f"the database cannot run as root, and its user cannot enter {closed[-1]}; set HDX_SANDBOX_DIR to a "
            "folder that everybody can enter, such as /var/tmp/hdx-sandbox"
        )


def as_whom() -> Account:
    """Return as whom PostgreSQL runs: `postgres` or `nobody` instead of root."""
    if os.geteuid():
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise SandboxError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")


def own(folder: Path) -> None:
    """Give a folder to the user that PostgreSQL runs as."""
    whom = as_whom()
    if whom.user is not None and whom.group is not None:
        os.chown(folder, whom.user, whom.group)


def start_redis(programs: Programs, folder: Path, port: int) -> int:
    """Start Redis without a memory of its own; return its process id."""
    options = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder))
    command = [str(programs.redis), "--port", str(port), *options]
    return background(command, folder / "redis.log", dict(os.environ)).pid
