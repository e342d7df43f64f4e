"""Addresses of routes are written as they always were, and nothing is compiled for those that nobody asks for."""

import pytest
from werkzeug.routing import BuildError, Map, Rule

from app.web.edge.addresses import LateRule


def rules(kind: type[Rule]) -> list[Rule]:
    return [
        kind("/items/<int:id>", endpoint="item"),
        kind("/items/", endpoint="items", defaults={"page": 1}),
        kind("/items/page/<int:page>", endpoint="items"),
        kind("/files/<path:name>", endpoint="file"),
    ]


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("item", {"id": 7}),
        ("item", {"id": 7, "as": "a b&c", "more": ["1", "2"]}),
        ("items", {"page": 1}),
        ("items", {"page": 2, "q": "ü"}),
        ("file", {"name": "a/b ü"}),
    ],
)
def test_an_address_is_what_werkzeug_would_write(endpoint: str, values: dict[str, object]) -> None:
    late, usual = (Map(rules(kind)).bind("kontor.test") for kind in (LateRule, Rule))
    for append_unknown in (True, False):
        for _ in range(2):  # compiled, and then known
            address = late.build(endpoint, values, append_unknown=append_unknown)
            assert address == usual.build(endpoint, values, append_unknown=append_unknown)


def test_what_can_not_be_built_is_refused_as_ever() -> None:
    with pytest.raises(BuildError):
        Map(rules(LateRule)).bind("kontor.test").build("item", {"name": "none"})


def test_nothing_is_compiled_for_an_address_that_nobody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[bool] = []
    monkeypatch.setattr(Rule, "_compile_builder", lambda self, unknown=True: compiled.append(unknown))
    Map(rules(LateRule))
    assert compiled == []
