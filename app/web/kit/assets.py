"""Addresses of the static files: each carries a digest of the file, so that browsers may keep it until it changes."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask

#: A browser asks again after this many seconds; a changed file has another address at once.
KEPT = 31_536_000


def install(app: Flask) -> None:
    """Make `asset(name)` and `icons`, the address of the icons' sprite, known to the templates."""
    folder = Path(str(app.static_folder))

    @cache
    def asset(name: str) -> str:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        return f"{app.static_url_path}/{name}?v={digest}"

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["icons"] = asset("vendor/icons.svg")
