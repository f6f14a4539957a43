# SPDX-License-Identifier: AGPL-3.0-or-later
"""Serves CKAN with HDX's rules on 127.0.0.1: `python -m hdx_sandbox.serve CKAN_INI FOLDER PORT SEARCH_PORT`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from ckan.cli import load_config
from ckan.config.middleware import make_app
from werkzeug.serving import WSGIRequestHandler, make_server

from hdx_sandbox import lists
from hdx_sandbox.faults import Faulty
from hdx_sandbox.search_stand_in import SearchServer


class Quiet(WSGIRequestHandler):
    """Leaves the log of requests to `requests.jsonl`."""

    def log_request(self, code="-", size="-"):
        """Say nothing."""


def main(ini: str, folder: str, port: str, search_port: str) -> None:
    """Serve until the process is ended."""
    lists.write_formats(Path(folder) / "formats.json")
    lists.write_licences(Path(folder) / "licences.json")
    threading.Thread(target=SearchServer(int(search_port)).serve_forever, daemon=True).start()
    app = Faulty(make_app(load_config(ini)), Path(folder))
    make_server("127.0.0.1", int(port), app, threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
