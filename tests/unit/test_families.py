"""Whoever reads what a contact owes reads its whole family: nobody compares with one contact's number alone."""

import re
from pathlib import Path

MODULES = Path(__file__).parents[2] / "modules"
#: a criterion of one contact over open items or the settlements register
ALONE = re.compile(
    r"""(OpenItem|OPEN\.c)\.contact_id == (?!OpenItem)|where=\{[^}]*"contact": (?!list\(|contact\b|family)[^}]*\}"""
)


def test_no_reader_forgets_what_was_merged_into_a_contact() -> None:
    found = [
        f"{path.relative_to(MODULES)}: {line.strip()}"
        for path in MODULES.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if ALONE.search(line)
    ]
    assert found == []
    assert ALONE.search("query.where(OPEN.c.contact_id == contact_id)")
    assert ALONE.search('now(session, Settlements.balance, where={"contact": contact_id})')
    assert not ALONE.search('where={"contact": family_of(session, contact_id)}')
