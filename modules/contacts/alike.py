"""How alike contacts are: by names in whatever letters, phones, e-mail addresses and tax numbers. Pure rules, no database."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from rapidfuzz.fuzz import ratio

from app.api.search import latin

#: what says of a company how it is organised, and nothing of which one it is; in Latin letters
_FORMS = frozenset(
    word
    for words in (
        "ltd limited llc inc plc llp co company corp corporation the and",
        "gmbh ag kg ohg as asa ab oy bv nv sa srl spa sarl sas",
        "ooo oao zao pao ao ip tov pp",
        "cong ty tnhh cp mtv jsc",
    )
    for word in words.split()
)
#: names of less likeness (0 to 100) are of two contacts
LEAST = 88
#: of a group that shares so much more nobody is a duplicate: a switchboard's number, a common name
_CROWD = 60
#: what else they share → how sure that is
SURE = {"tax": 100, "email": 95, "phone": 90}


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as far as it is compared."""

    id: int
    kind: str
    name: str
    #: kind of text, a key of SURE, with a text as it is kept
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two contacts are, 0 to 100: by their names alone (zero below LEAST), and by all that they share."""

    by_name: int
    score: int
    #: keys of SURE
    why: tuple[str, ...]


def words_of(name: str) -> list[str]:
    """The words that tell a name from others, in Latin letters and in order; all of them where none does."""
    words = sorted(set(re.findall(r"[a-z0-9]+", latin(name))))
    return [word for word in words if word not in _FORMS] or words


def name_likeness(one: str, other: str) -> int:
    """How alike two names are, 0 to 100, whatever the order of their words, their letters and the form of a company."""
    return round(ratio(_in_order(one), _in_order(other)))


@lru_cache(maxsize=50_000)  # a name is compared with many
def _in_order(name: str) -> str:
    return " ".join(words_of(name))


def likeness(one: Known, other: Known) -> Likeness:
    """How alike two contacts are."""
    named = name_likeness(one.name, other.name)
    named = named if named >= LEAST else 0
    shared = {kind for kind, _ in set(one.texts) & set(other.texts)}
    why = tuple(kind for kind in SURE if kind in shared)
    sure = sorted((*(SURE[kind] for kind in why), *([named - 5] if named else [])), reverse=True)
    return Likeness(named, min(100, sure[0] + 3 * (len(sure) - 1)) if sure else 0, why)


def pairs_among(contacts: Sequence[Known]) -> Iterator[tuple[Known, Known, Likeness]]:
    """Contacts of one kind that are alike, each pair once, the lower number first. Compared are those that share a text or the
    beginnings or ends of two words of their names, so that many contacts take little more time than few."""
    groups: dict[tuple[str, ...], list[Known]] = defaultdict(list)
    often = Counter(text for contact in contacts for text in contact.texts)
    for contact in sorted(contacts, key=lambda contact: contact.id):
        contact = replace(contact, texts=tuple(text for text in contact.texts if often[text] <= _CROWD))
        for key in _keys(contact):
            groups[contact.kind, *key].append(contact)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        for one, other in combinations(group, 2) if len(group) <= _CROWD else ():
            if (one.id, other.id) not in seen:
                seen.add((one.id, other.id))
                found = likeness(one, other)
                if found.score:
                    yield one, other, found


def _keys(contact: Known) -> set[tuple[str, ...]]:
    words = words_of(contact.name)[:5]
    keys: set[tuple[str, ...]] = {(kind, text) for kind, text in contact.texts if text}
    keys |= {("begin", one[:3], other[:3]) for one, other in combinations(words, 2)}
    keys |= {("end", one[-3:], other[-3:]) for one, other in combinations(words, 2)}
    return keys | ({("word", words[0][:4])} if len(words) == 1 else set())


def typed_beginnings(name: str, most: int = 3) -> Iterable[str]:
    """Of a name that is being typed, what the search is asked for: the beginnings of its longest words."""
    words = sorted((word for word in words_of(name) if len(word) > 2), key=len, reverse=True)
    return [word[:4] for word in words[:most]]
