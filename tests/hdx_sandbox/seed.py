# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fills the database that every sandbox begins with: `python -m hdx_sandbox.seed CKAN_INI SEARCH_PORT KEYS_JSON`.

HDX's locations and tags, two organisations, and three users: a sysadmin, the maintainer (an editor of the first
organisation) and an outsider (an editor of the second). Their tokens go into the JSON file.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app

from hdx_sandbox import lists
from hdx_sandbox.search_stand_in import SearchServer

SYSADMIN, MAINTAINER, OUTSIDER = "hdxadmin", "maintainer", "outsider"
ORGANISATION, OTHER_ORGANISATION = "hxl-kit-rehearsal", "another-organisation"


def main(ini: str, search_port: str, keys_file: str) -> None:
    """Make the tables, fill them, and write the keys."""
    threading.Thread(target=SearchServer(int(search_port)).serve_forever, daemon=True).start()
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        model.repo.init_db()
        _add_lists()
        keys = {name: _add_user(name) for name in (SYSADMIN, MAINTAINER, OUTSIDER)}
        model.User.get(SYSADMIN).sysadmin = True
        model.Session.commit()
        _add_organisation(ORGANISATION, "hxl_kit rehearsal", MAINTAINER)
        _add_organisation(OTHER_ORGANISATION, "Another organisation", OUTSIDER)
    Path(keys_file).write_text(json.dumps(keys), encoding="utf-8")


def _add_lists() -> None:
    for name, title in lists.locations().items():
        location = model.Group(name=name, title=title, type="group", is_organization=False)
        location.id = name
        model.Session.add(location)
    vocabulary = model.Vocabulary("Topics")
    model.Session.add(vocabulary)
    model.Session.flush()
    model.Session.add_all(model.Tag(name=tag, vocabulary_id=vocabulary.id) for tag in lists.tags())
    model.Session.commit()


def _add_user(name: str) -> str:
    """Add a user, and return a token of theirs. On HDX everybody may give a dataset any location."""
    person = {"name": name, "fullname": name.capitalize(), "email": f"{name}@example.org"}
    user = tk.get_action("user_create")(_staff(), {**person, "password": "correct-horse-battery"})
    for location in model.Session.query(model.Group).filter_by(is_organization=False):
        model.Session.add(
            model.Member(group=location, table_id=user["id"], table_name="user", capacity="member")
        )
    model.Session.commit()
    return tk.get_action("api_token_create")(_staff(), {"user": name, "name": "sandbox"})["token"]


def _add_organisation(name: str, title: str, editor: str) -> None:
    about = "Made up, for rehearsals and tests."
    tk.get_action("organization_create")(_staff(), {"name": name, "title": title, "description": about})
    tk.get_action("organization_member_create")(_staff(), {"id": name, "username": editor, "role": "editor"})


def _staff() -> dict:
    return {"ignore_auth": True, "user": SYSADMIN if model.User.get(SYSADMIN) else None}


if __name__ == "__main__":
    main(*sys.argv[1:])
