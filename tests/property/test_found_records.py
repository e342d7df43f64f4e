"""What an index of search finds, against a naive model: parts of folded texts, for any records, groups, scopes and words."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.search import fold
from app.search.proof import verify
from app.search.words import asked
from app.security import SYSTEM, Actor
from app.web.kit.tables import Query, fetch
from modules.contacts.models import Contact, Individual
from modules.contacts.tables import contact_lookup, individuals

#: Few letters, so that much is found; accents, scripts, signs of SQL and of full-text search.
_WORD = st.text("abéёж1Đ%_\"'*", min_size=1, max_size=5)
_TEXT = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_RECORD = st.fixed_dictionaries(
    {
        "name": _TEXT,
        "email": st.one_of(st.just(""), _TEXT),
        "note": st.one_of(st.just(""), _TEXT, st.tuples(_TEXT, _TEXT).map("\n".join)),
        "bank_account": st.one_of(st.just(""), _TEXT),
        "responsible_id": st.sampled_from([None, 1]),
    }
)
_GROUPS = st.frozensets(st.sampled_from(["contacts.private", "contacts.financial"]))
_GROUP_OF = {
    "name": None,
    "code": None,
    "email": "contacts.private",
    "note": "contacts.private",
    "bank_account": "contacts.financial",
}


def naive(record: dict[str, Any], text: str, actor: Actor) -> bool:
    """Whether the record has every word in what is open to the actor."""
    if actor.scopes["contacts.contact"] == "own" and record["responsible_id"] != actor.user_id:
        return False
    texts = [fold(record[field]) for field, group in _GROUP_OF.items() if actor.sees(group)]
    if actor.sees("contacts.financial"):
        texts.append("".join(c for c in fold(record["bank_account"]) if c.isalnum()))
    question = asked(text)
    return any(_has(record, words, texts) for words in question.ways)


def _has(record: dict[str, Any], words: tuple[str, ...], texts: list[str]) -> bool:
    if words and all(len(word) < 3 for word in words):
        begins = fold(record["name"]).startswith(words[0]) or fold(record["code"]).startswith(words[0])
        return begins and all(any(word in text for text in texts) for word in words[1:])
    return all(any(word in text for text in texts) for word in words)


@pytest.mark.parametrize("examples", [60])
def test_it_finds_what_a_naive_search_finds(company: Any, engine: str, examples: int) -> None:
    """A third of the examples on PostgreSQL."""

    @settings(
        max_examples=examples if engine == "sqlite" else examples // 3,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.lists(_RECORD, min_size=1, max_size=6),
        st.lists(st.one_of(_TEXT, _WORD), min_size=1, max_size=4),
        _GROUPS,
        st.sampled_from(["own", "all"]),
    )
    def holds(records: list[dict[str, Any]], texts: list[str], groups: frozenset[str], scope: str) -> None:
        records = [{**record, "code": f"C{n}"} for n, record in enumerate(records)]
        actor = Actor(
            1, "x", permissions=frozenset({"contacts.contact.view"}), groups=groups, scopes={"contacts.contact": scope}
        )

        def write(session: Any) -> None:
            session.execute(delete(Contact))
            session.add_all(Individual(**record) for record in records)

        company.database.run(write, actor=SYSTEM)
        texts += [record["name"] for record in records] + [record["note"][:4] for record in records]
        for text in filter(lambda text: fold(text).split(), texts):
            expected = {record["code"] for record in records if naive(record, text, actor)}
            ask = company.database.run
            looked_up = ask(lambda s, t=text: contact_lookup.find(s, t, 12), actor=actor, write=False)
            listed = ask(lambda s, t=text: fetch(s, individuals, Query(text=t)).rows, actor=actor, write=False)
            assert {row["code"] for row in looked_up} == expected, text
            assert {row.code for row in listed} == expected, text
        assert company.database.run(lambda s: list(verify(s)), actor=SYSTEM, write=False) == []

    holds()
