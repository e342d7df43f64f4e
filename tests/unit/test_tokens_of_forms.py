"""Every form that writes takes its token from one place, which also says in whose books it was opened."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_template_writes_a_token_by_hand() -> None:
    by_hand = {
        str(path.relative_to(ROOT))
        for folder in ("app", "modules")
        for path in (ROOT / folder).rglob("*.html")
        if 'name="csrf_token"' in path.read_text(encoding="utf-8")
    }
    assert by_hand == {"app/web/templates/macros.html"}
