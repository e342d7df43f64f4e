"""Texts of OpenDocument cells: all that people read in the cell, and nothing that only lies on it."""

from pathlib import Path
from typing import Any

import pytest

from tests.modules.importing.workbooks import ods, ods_row, table

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("<text:list><text:list-item><text:p>Lamp</text:p></text:list-item></text:list>", "Lamp"),
        (
            "<text:list><text:list-header><text:p>Lamp</text:p></text:list-header><text:list-item><text:list>"
            "<text:list-item><text:h>shade</text:h></text:list-item></text:list></text:list-item></text:list>"
            "<text:p>cord</text:p>",
            "Lamp\nshade\ncord",
        ),
        ("<text:section><text:p>Lamp</text:p></text:section>", "Lamp"),
        (
            "<office:annotation><text:p>Ann asks</text:p><text:list><text:list-item><text:p>why</text:p></text:list-item>"
            "</text:list></office:annotation><text:p>Lamp</text:p>",
            "Lamp",
        ),
        (
            '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><draw:text-box><text:p>New!</text:p>'
            "</draw:text-box></draw:frame><text:p>Lamp</text:p>",
            "Lamp",
        ),
    ],
)
def test_a_cell_says_what_stands_in_it(bring: Any, items: Any, tmp_path: Path, content: str, name: str) -> None:
    cell = f'<table:table-cell office:value-type="string">{content}</table:table-cell>'
    path = ods(tmp_path / "a.ods", table("code|name", ods_row("K-1", cell)))
    assert bring("warehouse.items", path).is_whole
    assert items() == {"K-1": (name.replace("\n", " "), None)}  # a name is one line
