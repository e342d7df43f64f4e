"""What is kept of a person, as one file that people and programs read."""

import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from markupsafe import escape

from app.files import opened
from app.persons.finding import Found

_PAGE = (
    "<!doctype html><meta charset=utf-8><title>{title}</title><style>body{{font:14px sans-serif}}"
    "td,th{{border:1px solid #ccc;padding:2px 6px;text-align:left;vertical-align:top}}table{{border-collapse:collapse}}</style>"
    "<h1>{title}</h1>"
)


def archive_of(found: Found, title: str, data_dir: Path, target: IO[bytes]) -> None:
    """Write a ZIP: `data.json` for programs, `data.html` for people, and the files in a folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(found.rows, default=_plain, ensure_ascii=False, indent=1))
        archive.writestr("data.html", _page(found, title))
        for number, (name, digest) in enumerate(found.files, 1):
            path = opened(data_dir, digest)
            if path.is_file():
                archive.write(path, f"files/{number}-{Path(name).name}")


def _page(found: Found, title: str) -> str:
    parts = [_PAGE.format(title=escape(title))]
    for name, rows in found.rows.items():
        columns = [key for key in rows[0] if any(row.get(key) not in (None, "") for row in rows)]
        head = "".join(f"<th>{escape(key)}</th>" for key in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_plain(row.get(key)))}</td>" for key in columns) + "</tr>" for row in rows
        )
        parts.append(f"<h2>{escape(name)}</h2><table><tr>{head}</tr>{body}</table>")
    return "".join(parts)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
