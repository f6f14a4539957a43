"""The project's own virtual environment, made on a machine that has only Python, pip and venv.

`demo.py` and `test.py` use it. uv does the work where it can be had, else pip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv"
OLDEST = (3, 11)


def ready(extra: str = "") -> Path:
    """Return the environment's Python, with hxl_kit (and the extra `test`, if asked for) installed editable."""
    if sys.version_info < OLDEST:
        sys.exit(f"hxl_kit needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}")
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = _fingerprint(extra)
    stamp = FOLDER / "installed.txt"
    if python.exists() and stamp.exists() and wanted in stamp.read_text(encoding="utf-8").split("\n"):
        return python
    print(f"setting up {FOLDER} (once; a few minutes on a slow line) …", flush=True)
    _install(python, f"{ROOT}[{extra}]" if extra else str(ROOT))
    with stamp.open("a", encoding="utf-8") as file:
        file.write(f"{wanted}\n")
    return python


def run(python: Path, *arguments: str, env: dict[str, str] | None = None) -> int:
    """Run the environment's Python in the project's folder; return the exit code."""
    return subprocess.run(
        [str(python), *arguments], cwd=ROOT, env={**os.environ, **(env or {})}, check=False
    ).returncode


def _install(python: Path, what: str) -> None:
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    uv = shutil.which("uv") or _uv_beside(python, pip)
    # A mirror that pip is set to is not known to uv.
    if (
        uv
        and not subprocess.run(
            [uv, "pip", "install", "-q", "--python", str(python), "-e", what], check=False
        ).returncode
    ):
        return
    subprocess.run([*pip, "-e", what], check=True)


def _uv_beside(python: Path, pip: list[str]) -> str | None:
    """Return uv, which installs several times faster than pip, from its wheel; None where that cannot be had."""
    if subprocess.run([*pip, "uv"], check=False).returncode:
        return None
    return shutil.which("uv", path=str(python.parent))


def _fingerprint(extra: str) -> str:
    """What the environment was made for: a changed pyproject.toml asks for a new installation."""
    import hashlib

    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{extra or 'run'} {sys.version_info.major}.{sys.version_info.minor} {digest}"
