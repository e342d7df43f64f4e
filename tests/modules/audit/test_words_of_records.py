"""Whatever the audit keeps changes of, or notes a look at, has a word for people."""

from typing import Any

import pytest

from app.audit.kept import kept_of
from app.db import Base
from app.web.admin.recorded import noun_word


@pytest.mark.one_engine
def test_records_and_reports_are_said_in_words(app: Any) -> None:
    kept = [kept_of(mapper.class_) for mapper in Base.registry.mappers]
    with app.test_client() as client:
        client.post("/login", data={"login": "admin", "password": "correct horse"})
        client.get("/reports")  # words come from the modules that are on in a request
        nouns = {how.subject for how in kept if how is not None and how.subject}
        assert len(nouns) > 20
        assert [noun for noun in sorted(nouns) if noun_word(noun) == noun] == []
        assert (noun_word("contacts.ageing"), noun_word("contacts.aged_item")) == ("Ageing of debts", "What was open")
