"""What a form carries along of what one began from comes back from a browser, and may be anything."""

import pytest

from app.web.kit.beginning import read_beginning


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ('{"note":"a","group":["b","c"]}', {"note": "a", "group": ["b", "c"]}),
        ('{"note":5,"group":[["b"]],"name":{"x":1},"code":null,"email":"e"}', {"email": "e"}),
        ("", {}),
        ("[1]", {}),
        ("nonsense", {}),
        ("[" * 100_000, {}),
    ],
)
def test_whatever_is_sent_only_texts_are_read(sent: str, read: object) -> None:
    assert read_beginning(sent) == read
