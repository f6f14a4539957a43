"""Downloads: streamed, hashed, taken up where they broke off, and never taken for what they are not."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hxl_kit.errors import TargetError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.download import BLOCK_BYTES, Downloads, Wanted
from hxl_kit.hdx.manners import Manners
from hxl_kit.hdx.site import Site

CONTENT = b"event_id,fatalities\n" + b"".join(b"e%d,%d\n" % (n, n % 7) for n in range(24_000))
SHA256 = hashlib.sha256(CONTENT).hexdigest()
DATE = "Mon, 01 Jan 2024 10:00:00 GMT"
KEY = "made-up-key"


@dataclass
class Host:
    """A server of one file, which breaks off, is busy or moves as it is told; it remembers what it was asked."""

    content: bytes = CONTENT
    etag: str = '"one"'
    date: str = ""
    breaks: list[int] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    status: int = 200
    ranges: bool = True
    location: str = ""
    told_length: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def answer(self, handler):
        self.asked.append({name.lower(): value for name, value in handler.headers.items()})
        if self.busy:
            return self.send(handler, self.busy.pop(0), b"", {"Retry-After": "0"})
        if self.location:
            return self.send(handler, 302, b"", {"Location": self.location})
        marks = {name: text for name, text in (("ETag", self.etag), ("Last-Modified", self.date)) if text}
        headers = handler.headers
        if (self.etag and headers["If-None-Match"] == self.etag) or (
            self.date and headers["If-Modified-Since"] == self.date
        ):
            return self.send(handler, 304, b"", marks)
        found = re.fullmatch(r"bytes=(\d+)-", headers["Range"] or "")
        if found and self.ranges and headers["If-Range"] in (self.etag, self.date):
            start, size = int(found[1]), len(self.content)
            marks["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
            return self.send(handler, 206, self.content[start:], marks)
        return self.send(handler, self.status, self.content, marks)

    def send(self, handler, status, body, headers):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        length = self.told_length if self.told_length is not None and body else len(body)
        if status != 304:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(body[: self.breaks.pop(0)] if self.breaks and body else body)


@contextmanager
def serving(host):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            host.answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def host():
    with serving(Host()) as running:
        yield running


@pytest.fixture
def downloads(host, tmp_path):
    patience = Patience(attempts=3, pause=0.001, longest=0.002, answer=5, sleep=lambda _: None)
    site = Site(host.url, host.url, KEY)
    return Downloads(Connection(site, patience), tmp_path / "parts")


def wanted(host, **known):
    return Wanted(f"{host.url}/data.csv", "made-up: data.csv", **known)


def test_a_file_arrives_with_its_hash(host, downloads):
    came = downloads.fetch(wanted(host, sha256=SHA256, bytes=len(CONTENT)))
    assert came.path.read_bytes() == CONTENT
    assert (came.sha256, came.bytes, came.etag) == (SHA256, len(CONTENT), '"one"')
    assert host.asked[0]["authorization"] == KEY
    assert host.asked[0]["accept-encoding"] == "identity"


def test_what_breaks_off_is_taken_up(host, downloads):
    host.breaks = [BLOCK_BYTES + 9, BLOCK_BYTES]
    seen = []
    counting = Downloads(downloads.connection, downloads.folder, progress=seen.append)
    assert counting.fetch(wanted(host)).path.read_bytes() == CONTENT
    assert [asked.get("range") for asked in host.asked] == [
        None,
        f"bytes={BLOCK_BYTES}-",
        f"bytes={2 * BLOCK_BYTES}-",
    ]
    assert host.asked[1]["if-range"] == '"one"'
    assert sum(seen) == len(CONTENT)


def test_a_later_run_takes_it_up_too(host, downloads):
    host.breaks = [BLOCK_BYTES + 9] + [0] * 5
    with pytest.raises(TargetError, match="run it again to take up where it broke off"):
        downloads.fetch(wanted(host))
    again = Downloads(downloads.connection, downloads.folder)
    assert again.fetch(wanted(host)).sha256 == SHA256
    assert host.asked[-1]["range"] == f"bytes={BLOCK_BYTES}-"


def test_a_date_vouches_for_the_rest_where_there_is_no_strong_mark(host, downloads):
    host.etag, host.date, host.breaks = 'W/"weak"', DATE, [BLOCK_BYTES + 9]
    assert downloads.fetch(wanted(host)).sha256 == SHA256
    assert host.asked[1]["if-range"] == DATE


def test_nothing_is_taken_up_without_a_mark(host, downloads):
    host.etag, host.breaks = "", [BLOCK_BYTES + 9]
    assert downloads.fetch(wanted(host)).sha256 == SHA256
    assert "range" not in host.asked[1]


def test_a_file_that_changed_meanwhile_starts_anew(host, downloads):
    host.breaks = [BLOCK_BYTES + 9] + [0] * 5
    with pytest.raises(TargetError):
        downloads.fetch(wanted(host))
    host.content, host.etag = CONTENT.upper(), '"two"'
    assert downloads.fetch(wanted(host)).path.read_bytes() == CONTENT.upper()


def test_a_server_that_ignores_ranges_is_borne(host, downloads):
    host.ranges, host.breaks = False, [BLOCK_BYTES + 9]
    assert downloads.fetch(wanted(host)).sha256 == SHA256


def test_pieces_that_do_not_fit_are_fetched_anew(host, downloads):
    downloads.folder.mkdir()
    host.breaks = [BLOCK_BYTES + 9] + [0] * 5
    with pytest.raises(TargetError):
        downloads.fetch(wanted(host))
    (part,) = downloads.folder.glob("*.part")
    part.write_bytes(b"x" * BLOCK_BYTES)
    assert downloads.fetch(wanted(host, sha256=SHA256)).path.read_bytes() == CONTENT


def test_a_whole_file_of_a_known_hash_is_not_asked_for_again(host, downloads):
    downloads.fetch(wanted(host, sha256=SHA256))
    assert downloads.fetch(wanted(host, sha256=SHA256)).bytes == len(CONTENT)
    assert len(host.asked) == 1


def test_a_whole_file_of_an_unknown_hash_is_asked_for_with_its_mark(host, downloads):
    downloads.fetch(wanted(host))
    assert downloads.fetch(wanted(host)).sha256 == SHA256
    assert host.asked[1]["if-none-match"] == '"one"'


@pytest.mark.parametrize(
    ("known", "header"), [({"etag": '"one"'}, "if-none-match"), ({"modified": DATE}, "if-modified-since")]
)
def test_a_copy_that_is_still_served_is_not_sent(host, downloads, known, header):
    host.date = DATE
    assert downloads.fetch(wanted(host, **known)).path is None
    assert header in host.asked[0]


def test_a_busy_server_is_asked_again(host, downloads):
    host.busy = [429, 503]
    assert downloads.fetch(wanted(host)).sha256 == SHA256
    assert len(host.asked) == 3


@pytest.mark.parametrize(
    ("change", "known", "said"),
    [
        ({"content": b"<!DOCTYPE html><html>log in</html>"}, {}, "a web page came in place of the file"),
        ({"content": b"\xef\xbb\xbf \n<HTML lang=en>"}, {}, "a web page"),
        ({"content": CONTENT[:500]}, {"bytes": len(CONTENT)}, r"has 500 bytes where \d+,\d+ are listed"),
        ({"content": CONTENT[:-2] + b"9\n"}, {"sha256": SHA256}, "SHA-256 is not the one that is listed"),
        ({"status": 404}, {}, r"is not there \(status 404\)"),
        ({"status": 403}, {}, "may not be read"),
        ({"told_length": len(CONTENT) + 9}, {}, "broke off|no connection|not arrive"),
    ],
)
def test_what_is_not_the_file_is_refused(host, downloads, change, known, said):
    for name, value in change.items():
        setattr(host, name, value)
    with pytest.raises(TargetError, match=said) as told:
        downloads.fetch(wanted(host, **known))
    assert "made-up: data.csv" in str(told.value)
    assert KEY not in str(told.value)


def test_a_web_page_is_no_fault_where_one_is_wanted(host, downloads):
    host.content = b"<html></html>"
    assert downloads.fetch(wanted(host, is_page=True)).bytes == 13


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://data.example.org/a.csv",
        "http://127.0.0.1:1/a.csv",
        "http://localhost/a.csv",
        "http://10.0.0.1/a.csv",
        "http://169.254.169.254/latest",
        "http://[::1]/a.csv",
        "http://2130706433/a.csv",
    ],
)
def test_addresses_that_only_this_machine_can_see_are_refused(downloads, url):
    with pytest.raises(TargetError, match="refused"):
        downloads.fetch(Wanted(url, "made-up"))


def test_a_redirection_to_such_an_address_is_refused(host, downloads):
    with serving(Host()) as other:
        host.location = f"{other.url}/data.csv"
        with pytest.raises(TargetError, match="refused"):
            downloads.fetch(wanted(host))
        assert other.asked == []


def test_an_interruption_ends_what_is_under_way_and_keeps_it(host, downloads):
    stop = threading.Event()
    stop.set()
    with pytest.raises(TargetError, match="stopped"):
        Downloads(downloads.connection, downloads.folder, stop=stop).fetch(wanted(host))
    assert downloads.fetch(wanted(host)).sha256 == SHA256


def test_a_pause_lies_between_two_downloads_from_a_host():
    now, slept = [100.0], []

    def sleep(seconds):
        slept.append(round(seconds, 3))
        now[0] += seconds

    manners = Manners(pause=0.5, sleep=sleep, clock=lambda: now[0])
    for host in (
        "data.example.org",
        "data.example.org",
        "other.example.org",
        "127.0.0.1:5055",
        "127.0.0.1:5055",
    ):
        with manners.turn(host):
            pass
    assert slept == [0.5]


def test_only_so_many_downloads_run_at_once_from_a_host():
    manners, most, running, lock = Manners(at_once=2, pause=0), [0], [0], threading.Lock()
    gate = threading.Barrier(2, timeout=5)

    def download():
        with manners.turn("data.example.org"):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            gate.wait()
            with lock:
                running[0] -= 1

    threads = [threading.Thread(target=download) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]
