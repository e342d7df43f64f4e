"""The title of a document in the picture of its chain."""

from types import SimpleNamespace

import pytest

from app.web.kit.documents.chain import Box


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        ("Sale", "S-000134", "Sale S-000134"),
        ("Invoice for payment", "IN-000001", "Invoice for p… IN-000001"),
        ("A return that somebody still drafts", None, "A return that somebody…"),
    ],
)
def test_the_number_is_always_whole(kind: str, number: str | None, shown: str) -> None:
    title = f"{kind} {number or ''}".strip()
    assert Box(SimpleNamespace(number=number), 0, 0, title, "", "", is_here=False).short_title == shown
