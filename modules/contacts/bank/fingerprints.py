"""By what an entry of a bank is known again, in whatever file it comes the next time."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from modules.contacts.bank.statement import Line, Statement, bare


def entries_of(statement: Statement) -> list[list[Line]]:
    """The booked entries of a statement, each with its lines: more than one where a batch says its parts."""
    entries: dict[int, list[Line]] = defaultdict(list)
    for line in statement.lines:
        if line.is_booked:
            entries[line.entry].append(line)
    return list(entries.values())


def fingerprint(statement: Statement, entry: Sequence[Line]) -> str:
    """What stays the same of an entry: account, day, sum, and the bank's own number of it, or else all that it says.

    Signs and blanks don't count: banks wrap the same text in other places in other formats.
    """
    first = entry[0]
    said: tuple[str, ...] = ("id", first.bank_id)
    if not first.bank_id:
        texts = (text for line in entry for text in (line.reference, line.party.name, line.party.account, line.purpose))
        said = ("text", str(first.value_day), *(bare(text.casefold()) for text in texts))
    total = sum((line.amount for line in entry), Decimal(0))
    key = (bare(statement.account), statement.currency, first.day.isoformat(), f"{total.normalize():f}", *said)
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:40]


def unknown_entries(
    statements: Iterable[Statement], known: Mapping[str, int]
) -> Iterator[tuple[Statement, list[tuple[str, list[Line]]], list[list[Line]]]]:
    """Of each statement the entries that are new, with their fingerprints, and those that were taken before.

    `known` says how often each is there already. Entries that look the same are counted, over all statements of a file: of
    three equal fees of one day of which two are there, one is new.
    """
    seen: Counter[str] = Counter()
    for statement in statements:
        new, old = [], []
        for entry in entries_of(statement):
            key = fingerprint(statement, entry)
            seen[key] += 1
            if seen[key] > known.get(key, 0):
                new.append((key, entry))
            else:
                old.append(entry)
        yield statement, new, old
