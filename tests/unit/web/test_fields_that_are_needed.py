"""What has to be filled in is marked and refused in our own words: a browser that holds a form back says nothing of it."""

from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_no_form_leaves_it_to_the_browser() -> None:
    files = [path for folder in ("app", "modules") for path in (ROOT / folder).rglob("*.py")]
    found = [
        str(path)
        for path in files
        if "InputRequired" in (text := path.read_text(encoding="utf-8")) or "DataRequired" in text
    ]
    assert files
    assert found == []
