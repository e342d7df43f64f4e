"""Asking an index of search: which records have every word of a text in what is open to the session's actor.

Parts of three signs or more are found by trigrams. A shorter word is looked for in what the longer ones have found; where there
is none, the first word is the beginning of a name or a code. The index gives numbers of records, whoever may see them: what is
selected by them goes through the session, and so the policy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from app.ordering import order_span
from app.past_policy import PastPolicy
from app.search import fold
from app.search.index import Searched, SearchIndex, by_source, text_columns
from app.search.trigrams import rest_of, trigrams_of
from app.search.words import SHORTEST, Asked, asked, marked
from app.security import sees
from app.security.partners import criterion_for

_NUMBERS = PastPolicy("the index gives numbers of records, of which the session then selects what is open to its actor")

#: As many hits are named by their numbers; where there are more, the index is asked within the statement.
FEW = 1000
#: As many hits of a common word, or records within somebody's scope, are looked at for the few that are offered.
LOOKED_AT = 3000
#: Words that one record in so many has are found soon in any order of the records.
_SPREAD = 200
#: Of a longer word its two ends are looked up, and the whole is looked for in what they find: many trigrams of digits are slow.
_LONG, _END = 12, 6
#: behind whatever begins alike
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class FoundBy:
    """What a list is searched by: the index of its own records, or of those that a `number` of its rows names."""

    index: type[SearchIndex]
    number: Any = None

    def finds(self, session: Session, text: str) -> ColumnElement[bool]:
        """Whether the row's record is found by a text."""
        ways = [words for words in asked(text).ways if words]
        hits = [self._all_hits(session, words) for words in ways]
        if ways and None not in hits:  # one list: of two alternatives no database would use its index
            return self._is_one_of(sorted({number for some in hits for number in some or ()}))
        return or_(*(self.has(session, words) for words in ways)) if ways else true()

    def has(self, session: Session, words: Sequence[str]) -> ColumnElement[bool]:
        """Whether it has all the words, which are folded; accents alone make none."""
        if not words:
            return true()
        if (hits := self._all_hits(session, words)) is not None:
            return self._is_one_of(hits)
        index, own = self.index, self.index.record_id
        each = exists(select(own).where(own == self._named, _all_words(session, index, words)))
        if self.number is not None or _are_spread(session, index, words):
            return each
        if _is_short(words) and session.scalar(select(own).where(_begins(index.code, words[0])).limit(1)) is None:
            begin, end = order_span(words[0])
            return and_(index.owner.name_order >= begin, index.owner.name_order <= end, each)
        # Found whole, before the rows are read in order: they may all be at the end of it.
        return self._named.in_(_numbers(session, index, words).offset(0))  # type: ignore[no-any-return]

    def ways(self, session: Session, text: str) -> list[ColumnElement[bool]]:
        """The two ways by which a page in order of names is soon put together from the first rows of each, where very many
        names begin with what is typed: those names, which stand together, and the few that have it elsewhere. Else none."""
        question = asked(text)
        if self.number is not None or question.number or not question.words:
            return []
        words, index = question.words, self.index
        if not SHORTEST <= len(words[0]) <= _LONG or len(numbers_of(session, index, words)) <= FEW:
            return []
        elsewhere = _NUMBERS(session).scalars(_elsewhere(session, index, words).limit(FEW + 1)).all()
        if len(elsewhere) > FEW or _sees_few(session, index):
            return []
        begin, end = order_span(words[0])
        each = exists(select(index.record_id).where(index.record_id == self._named, _all_words(session, index, words)))
        name = index.owner.name_order
        return [and_(name >= begin, name <= end, each), self._is_one_of(elsewhere)]

    @property
    def _named(self) -> Any:
        return self.index.owner.id if self.number is None else self.number

    def _all_hits(self, session: Session, words: Sequence[str]) -> list[int] | None:
        """The numbers of the records that have all words where these, or the records within the actor's scope, are few."""
        hits = numbers_of(session, self.index, words)
        if len(hits) <= FEW:
            return hits
        if self.number is None and _sees_few(session, self.index):
            return list(session.scalars(select(self.index.record_id).where(_all_words(session, self.index, words))))
        return None

    def _is_one_of(self, numbers: Sequence[int]) -> ColumnElement[bool]:
        """Of the records that rows name, those within the actor's scope: the policy narrows the index itself."""
        own = self.index.record_id
        return self._named.in_(select(own).where(_among(own, numbers))) if numbers else false()


@dataclass(frozen=True)
class Hit:
    """A record that was found, and by what, if not by its name or code."""

    id: int
    name: str
    code: str
    #: what the text is called, and its confidential group
    by: object = None
    group: str | None = None
    #: the text in parts, each with whether a word was found there
    said: tuple[tuple[str, bool], ...] = ()


def _among(column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Written into the statement: a database takes only so many parameters."""
    return column.in_(bindparam(None, numbers, expanding=True, literal_execute=True))  # type: ignore[no-any-return]


def numbers_of(session: Session, index: type[SearchIndex], words: Sequence[str]) -> list[int]:
    """The numbers of the records that have all the words, whoever may see them; where they are more than FEW, one more than
    that. Asked once a session that only reads."""
    known: dict[Any, list[int]] = {} if session.info["writes"] else session.info.setdefault("searched", {})
    key = index, tuple(words), tuple(_columns(session, index))
    if key not in known:
        query = _numbers(session, index, words, is_held=False).limit(FEW + 1)
        known[key] = list(_NUMBERS(session).scalars(query))
    return known[key]


def _sees_few(session: Session, index: type[SearchIndex]) -> bool:
    """Whether the session's actor sees so few of the records that each of them can be looked at."""
    if session.info.get("unrestricted") or criterion_for(index, session.info["actor"]) is None:
        return False
    return len(session.scalars(select(index.owner.id).limit(LOOKED_AT + 1)).all()) <= LOOKED_AT


def _are_spread(session: Session, index: type[SearchIndex], words: Sequence[str]) -> bool:
    """Whether so many records have the words, elsewhere than at the beginning of their names, that a page fills soon in any
    order, as the first hits say."""
    first = numbers_of(session, index, words)
    names = select(func.count()).where(_among(index.record_id, first), not_(_begins(index.name, words[0])))
    return session.scalars(names).one() * _SPREAD >= max(first) - min(first)


def first_found(session: Session, index: type[SearchIndex], text: str, most: int, records: Select[Any]) -> list[Hit]:
    """The first of `records`, a SELECT of numbers, that a text finds, as far as they are open to the session's actor: whose
    code it is, then whose name begins with it, then by name. Of words that more than FEW records have, a part of the hits is
    looked at (`_some_of_many`).
    """
    question = asked(text)
    records = records.join(index, index.record_id == index.owner.id)
    in_order = records.order_by(_rank(index, question), index.owner.name_order, index.owner.id).limit(most)
    hits = [numbers_of(session, index, words) for words in question.ways] if question.words else []
    if any(len(some) > FEW for some in hits):
        found = _some_of_many(session, index, question, records, most)
    elif question.words:
        ids = {number for some in hits for number in some}
        found = list(session.scalars(in_order.where(_among(index.owner.id, sorted(ids))))) if ids else []
    else:
        found = list(session.scalars(records.order_by(index.owner.name_order, index.owner.id).limit(most)))
    return _hits(session, index, found, question)


def _some_of_many(
    session: Session, index: type[SearchIndex], question: Asked, records: Select[Any], most: int
) -> list[int]:
    """The first of what very many records have. Whoever has few of the records is shown the first of theirs; of all of them, or
    of many, codes and beginnings of names are found by their own index, and others among the first hits that it has."""
    found_by = or_(*(_all_words(session, index, words) for words in question.ways))
    by_rank = (_rank(index, question), index.owner.name_order, index.owner.id)
    if _sees_few(session, index):
        return list(session.scalars(records.where(found_by).order_by(*by_rank).limit(most)))
    said = " ".join(question.words)
    found = list(session.scalars(records.where(index.code == said).limit(most)))
    begun = records.where(_begins(index.name, said)).order_by(index.name, index.owner.id).limit(most)
    found += (number for number in session.scalars(begun) if number not in found)
    if len(found) < most:
        some = (_numbers(session, index, words).limit(LOOKED_AT).subquery() for words in question.ways)
        hit = or_(*(index.owner.id.in_(select(part.c[0])) for part in some))
        rest = records.where(hit, index.owner.id.not_in(found)).order_by(index.owner.name_order, index.owner.id)
        found += session.scalars(rest.limit(most - len(found)))
    return found[:most]


def _rank(index: type[SearchIndex], question: Asked) -> ColumnElement[int]:
    said = " ".join(question.words)
    return case((index.code == said, 0), (_begins(index.name, said), 1), else_=2)


def _begins(column: Any, word: str) -> ColumnElement[bool]:
    """Whether a folded text begins with a word: by an index, which LIKE has only where texts are compared byte by byte."""
    return and_(column >= word, column < word + _LAST)


def _columns(session: Session, index: type[SearchIndex]) -> list[str]:
    """The columns of texts that are open to the session's actor."""
    return [column.name for group, column in text_columns(index).items() if sees(session, group)]


def _numbers(
    session: Session,
    index: type[SearchIndex],
    words: Sequence[str],
    *,
    is_held: bool = True,
    unless_begun: bool = False,
) -> Select[Any]:
    """The numbers of records that have all words; `unless_begun`, on SQLite, without those whose names begin with the first.
    `is_held`: the statement goes through the session, to which the bare table is closed."""
    columns = _columns(session, index)
    source: Any = index if is_held else index.__table__.c
    looked_up, compared = _parts(words)
    if session.info["database"].is_sqlite and looked_up:
        trigrams = trigrams_of(index)
        phrases = " AND ".join(map(_phrase, looked_up))
        match = f"{{{' '.join(columns)}}} : ({phrases})"
        if unless_begun:
            match = f"({match}) NOT {text_columns(index)[None].name} : ^ {_phrase(words[0])}"
        numbers = select(trigrams.c.rowid).where(trigrams.c[trigrams.name].op("MATCH")(match))
        if compared:
            numbers = numbers.where(_has(source, columns, compared)).join_from(
                trigrams, index.__table__ if not is_held else index, source.record_id == trigrams.c.rowid
            )
        return numbers
    numbers = select(source.record_id).where(_has(source, columns, words[not looked_up :]))
    return numbers if looked_up else numbers.where(or_(_begins(source.name, words[0]), _begins(source.code, words[0])))


def _elsewhere(session: Session, index: type[SearchIndex], words: Sequence[str]) -> Select[Any]:
    """The numbers of records that have all words, but whose names don't begin with the first one. PostgreSQL has the public
    texts without their first sign in an index of its own: what has the word there has it elsewhere than at its beginning."""
    if session.info["database"].is_sqlite:
        return _numbers(session, index, words, is_held=False, unless_begun=True)
    columns, source = _columns(session, index), index.__table__.c
    texts = (rest_of(source[c]) if c == text_columns(index)[None].name else source[c] for c in columns)
    has_first = or_(*(text.contains(words[0], autoescape=True) for text in texts))
    others = _has(source, columns, words[1:])
    return select(source.record_id).where(has_first, others, not_(_begins(source.name, words[0])))


def _phrase(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _parts(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is looked up among the trigrams, and which words are then compared with the texts themselves."""
    looked_up = [word for word in words if SHORTEST <= len(word) <= _LONG]
    long = [word for word in words if len(word) > _LONG]
    looked_up += (end for word in long for end in (word[:_END], word[-_END:]))
    return looked_up, [*long, *(word for word in words if len(word) < SHORTEST)]


def _is_short(words: Sequence[str]) -> bool:
    """Whether there is nothing to look up among the trigrams."""
    return all(len(word) < SHORTEST for word in words)


def _all_words(session: Session, index: type[SearchIndex], words: Sequence[str]) -> ColumnElement[bool]:
    """The same of one record's row of the index."""
    is_short = _is_short(words)
    named: Any = or_(_begins(index.name, words[0]), _begins(index.code, words[0])) if is_short else true()
    return and_(named, _has(index, _columns(session, index), words[is_short:]))


def _has(source: Any, columns: Sequence[str], words: Sequence[str]) -> ColumnElement[bool]:
    each = (or_(*(getattr(source, c).contains(word, autoescape=True) for c in columns)) for word in words)
    return and_(true(), *each)


def _hits(session: Session, index: type[SearchIndex], ids: Sequence[int], question: Asked) -> list[Hit]:
    """The records in this order, each with the text by which it was found. Rows that go with a record are read only where its
    own texts don't say why."""
    said: dict[int, list[tuple[Searched, str]]] = {}
    why: dict[int, _Why] = {}
    for key, some in by_source(index):
        waiting = [number for number in ids if number not in why]
        for number, text, value in _open_texts(session, index, key, some, waiting) if waiting else ():
            said.setdefault(number, []).append((text, value))
        found = ((number, _explained(said[number], question)) for number in waiting)
        why.update({number: each for number, each in found if each is not None})
    return [Hit(n, said[n][0][1], said[n][1][1], *why.get(n, _BY_NAME)) for n in ids]


def _open_texts(
    session: Session, index: type[SearchIndex], key: Any, texts: Sequence[Searched], ids: Sequence[int]
) -> Iterator[tuple[int, Searched, str]]:
    """What a table says of records in texts that are open to the session's actor; of their own, name and code first."""
    shown = [text for text in texts if sees(session, text.group)]
    columns = [text.source if key.primary_key else text.column for text in shown]
    named = index.owner.id if key.primary_key else texts[0].of
    for number, *values in session.execute(select(named, *columns).where(named.in_(ids))) if shown else ():
        yield from ((number, text, value) for text, value in zip(shown, values, strict=True) if value)


#: what a hit is found by, the confidential group of that, and its words; see `Hit`
_Why = tuple[object, str | None, tuple[tuple[str, bool], ...]]
_BY_NAME: _Why = (None, None, ())


def _explained(texts: Sequence[tuple[Searched, str]], question: Asked) -> _Why | None:
    """Which text has a word that neither name nor code has; None where none of these has it."""
    spelled = [(text, value, [fold(each) for each in text.spelled(value)]) for text, value in texts]
    for words in reversed(question.ways):
        missing = [w for w in words if not any(w in each for t, _, some in spelled if t.title is None for each in some)]
        if not missing:
            return _BY_NAME
        for text, value, some in spelled:
            if text.title is not None and any(word in each for word in missing for each in some):
                return text.title, text.group, tuple(marked(text.shown(value), tuple(missing)))
    return None if question.ways else _BY_NAME
