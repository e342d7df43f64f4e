"""Static files as they are sent: compressed as the browser takes them, kept for good under an address with their digest."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from app.web.kit.assets import digest_of, send_asset

STYLE = b"a { color: red }"
BROWSER = "gzip, deflate, br, zstd"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Static files: one that the build has compressed, as far as a test can tell, and one that it hasn't."""
    static = tmp_path / "static"
    (static / "vendor/compressed").mkdir(parents=True)
    (static / "own.css").write_bytes(STYLE)
    (static / "plain.js").write_bytes(b"1")
    for end, content in ((".br", b"by brotli"), (".gz", b"by gzip")):
        (static / "vendor/compressed" / (digest_of(STYLE) + end)).write_bytes(content)
    (tmp_path / "secret.css").write_bytes(b"outside")
    return static


def answer(folder: Path, name: str, query: str = "", **headers: str) -> Any:
    with Flask(__name__).test_request_context(f"/static/{name}{query}", headers=headers):
        response = send_asset(folder, name)
        response.direct_passthrough = False
        response.get_data()
        response.close()
        return response


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        (BROWSER, "br", b"by brotli"),
        ("gzip, br", "br", b"by brotli"),
        ("gzip", "gzip", b"by gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip", b"by gzip"),
        ("br;q=0, gzip", "gzip", b"by gzip"),
        ("br;q=0, gzip;q=0", None, STYLE),
        ("identity", None, STYLE),
        ("identity;q=1, br;q=0.5", None, STYLE),
        ("*", "br", b"by brotli"),
        ("zstd", None, STYLE),
        ("", None, STYLE),
    ],
)
def test_a_file_is_sent_as_the_browser_takes_it(
    folder: Path, accepted: str, encoding: str | None, content: bytes
) -> None:
    response = answer(folder, "own.css", **{"Accept-Encoding": accepted})
    assert response.status_code == 200
    assert (response.headers.get("Content-Encoding"), response.data) == (encoding, content)
    assert response.mimetype == "text/css"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_who_asks_for_no_encoding_gets_the_file_itself(folder: Path) -> None:
    response = answer(folder, "own.css")
    assert (response.data, response.content_encoding) == (STYLE, None)


def test_each_encoding_has_a_tag_of_its_own_and_is_not_sent_again(folder: Path) -> None:
    tags = {
        encoding: answer(folder, "own.css", **{"Accept-Encoding": encoding}).headers["ETag"]
        for encoding in ("br", "gzip", "identity")
    }
    assert len(set(tags.values())) == 3
    for encoding, tag in tags.items():
        again = answer(folder, "own.css", **{"Accept-Encoding": encoding, "If-None-Match": tag})
        assert again.status_code == 304
        assert again.headers["Vary"] == "Accept-Encoding"
    (folder / "own.css").touch()  # as an installation does
    assert answer(folder, "own.css", **{"If-None-Match": tags["identity"]}).status_code == 304
    other = answer(folder, "own.css", **{"Accept-Encoding": "br", "If-None-Match": tags["gzip"]})
    assert (other.status_code, other.data) == (200, b"by brotli")


def test_a_file_is_kept_for_good_under_an_address_with_its_own_digest_alone(folder: Path) -> None:
    kept = "public, max-age=31536000, immutable"
    for headers in ({}, {"Accept-Encoding": "br"}):
        assert answer(folder, "own.css", f"?v={digest_of(STYLE)}", **headers).headers["Cache-Control"] == kept
        for query in ("", "?v=", "?v=0123456789ab"):  # an address of another release
            assert answer(folder, "own.css", query, **headers).headers["Cache-Control"] == "no-cache"


def test_a_file_that_has_changed_since_the_build_is_sent_as_it_is(folder: Path) -> None:
    answer(folder, "own.css", **{"Accept-Encoding": "br"})
    (folder / "own.css").write_bytes(b"a { color: orange }")
    response = answer(folder, "own.css", **{"Accept-Encoding": "br"})
    assert (response.data, response.content_encoding) == (b"a { color: orange }", None)


def test_a_file_that_was_not_compressed_is_sent_as_it_is(folder: Path) -> None:
    response = answer(folder, "plain.js", **{"Accept-Encoding": BROWSER})
    assert (response.data, response.content_encoding) == (b"1", None)


@pytest.mark.parametrize(
    "name", ["../secret.css", "vendor/../../secret.css", "/etc/passwd", "..", "", "vendor", "no.css", "a\0.css"]
)
def test_nothing_outside_the_folder_is_sent(folder: Path, name: str) -> None:
    for accepted in ("", BROWSER):
        with Flask(__name__).test_request_context("/", headers={"Accept-Encoding": accepted}), pytest.raises(NotFound):
            send_asset(folder, name)
