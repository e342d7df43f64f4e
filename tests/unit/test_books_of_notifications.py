"""What trade's documents notify of is said with whose books it happened in: all of it, as every document stands in some."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_notification_of_trade_names_the_organisation() -> None:
    calls = [
        (file.relative_to(ROOT).as_posix(), call.lineno, {keyword.arg for keyword in call.keywords})
        for file in sorted((ROOT / "modules/trade").rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "notify_users"
    ]
    assert len(calls) >= 5
    assert [(file, line) for file, line, said in calls if "organisation" not in said] == []
