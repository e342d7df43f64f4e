"""The static files: each has a digest in its address, so that browsers may keep it until it changes, and is sent compressed.
The build compresses them (`hatch_build.py`); one that has changed since is sent as it is."""

import hashlib
import os
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_file, send_from_directory
from werkzeug.security import safe_join

#: A browser asks again after this many seconds; a changed file has another address at once.
KEPT = 31_536_000
#: where compressed files lie, each called by the digest of what is in it
COMPRESSED = "vendor/compressed"
#: encoding, the best first → how the name of a file in it ends
ENCODINGS = {"br": ".br", "gzip": ".gz"}


def install(app: Flask) -> None:
    """Make `asset(name)` and `icons`, the address of the icons' sprite, known to the templates."""
    folder = Path(str(app.static_folder))

    @cache
    def asset(name: str) -> str:
        return f"{app.static_url_path}/{name}?v={digest_of((folder / name).read_bytes())}"

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["icons"] = asset("vendor/icons.svg")


def digest_of(content: bytes) -> str:
    """What the address of a static file ends with, and what its compressed ones are called."""
    return hashlib.sha256(content).hexdigest()[:12]


def send_asset(folder: Path, name: str) -> Response:
    """A static file, compressed if the browser takes that; to be kept for good if its address has its digest.

    Refused (404): a file that isn't there, or lies outside the folder.
    """
    digest = _digest_in(folder, name)
    encoding = request.accept_encodings.best_match([*ENCODINGS, "identity"])
    compressed = folder / COMPRESSED / f"{digest}{ENCODINGS.get(encoding or '', '')}"
    if digest and encoding in ENCODINGS and compressed.is_file():
        response = send_file(compressed, download_name=Path(name).name, etag=f"{digest}-{encoding}")
        response.headers["Content-Encoding"] = encoding
    else:
        response = send_from_directory(folder, name, etag=digest or False)
    response.vary.add("Accept-Encoding")
    if digest and request.args.get("v") == digest:
        response.headers["Cache-Control"] = f"public, max-age={KEPT}, immutable"
    return response


def _digest_in(folder: Path, name: str) -> str | None:
    """The digest of a file of the folder; None if there is none of that name."""
    path = safe_join(str(folder), name)
    if path is None or not os.path.isfile(path):
        return None
    state = os.stat(path)
    return _digest_at(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _digest_at(path: str, _mtime: int, _size: int) -> str:
    return digest_of(Path(path).read_bytes())
