"""What CKAN is told: its configuration, and where the rules are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandbox.places import ROOT, Ports

if TYPE_CHECKING:
    from pathlib import Path

RULES = ROOT / "tests/hdx_sandbox"
ENTRY_POINT = "[ckan.plugins]\nhdx_sandbox = hdx_sandbox.plugin:HdxPlugin\n"


def write_settings(folder: Path, ports: Ports, secret: str) -> None:
    """Write ckan.ini, and the plugin's entry point, into a folder."""
    settings = {
        "use": "egg:ckan",
        "SECRET_KEY": secret,
        "WTF_CSRF_SECRET_KEY": secret,
        "api_token.jwt.encode.secret": f"string:{secret}",
        "api_token.jwt.decode.secret": f"string:{secret}",
        "sqlalchemy.url": f"postgresql://ckan@127.0.0.1:{ports.database}/ckan",
        "solr_url": f"http://127.0.0.1:{ports.search}/solr/ckan",
        "ckan.redis.url": f"redis://127.0.0.1:{ports.redis}/0",
        "ckan.site_url": f"http://127.0.0.1:{ports.web}",
        "ckan.site_id": "sandbox",
        "ckan.site_title": "Sandbox of HDX",
        "ckan.site_description": "For rehearsals and tests. Nothing here is published.",
        "ckan.gravatar_default": "disabled",
        "ckan.plugins": "hdx_sandbox",
        "ckan.storage_path": folder / "storage",
        "ckan.webassets.path": folder / "webassets",
        "ckan.resource_formats": folder / "formats.json",
        "licenses_group_url": f"file://{folder / 'licences.json'}",
        "ckan.max_resource_size": 1000,
        "ckan.auth.create_user_via_api": "false",
    }
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    (folder / "ckan.ini").write_text(f"[DEFAULT]\ndebug = false\n[app:main]\n{lines}", encoding="utf-8")
    about = folder / "plugin/hdx_sandbox-0.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: hdx_sandbox\nVersion: 0\n", encoding="utf-8"
    )
    (about / "entry_points.txt").write_text(ENTRY_POINT, encoding="utf-8")


def environment(folder: Path) -> dict[str, str]:
    """The environment of CKAN's Python: it finds the rules and their entry point, and nothing else of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CKAN"))}
    path = os.pathsep.join((str(folder / "plugin"), str(RULES.parent)))
    return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"}
