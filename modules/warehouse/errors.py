"""What the warehouse refuses, with names and figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.api.errors import Conflict
from app.api.ledger import Shortage
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, number


class NotEnoughStock(Conflict):
    """A place would fall below zero; `short` says by how much and when, per item, place and lot, `lines` what falls short by
    the number of the document's line."""

    column = "quantity"

    def __init__(
        self,
        short: dict[tuple[Any, ...], Shortage],
        items: Mapping[int, str],
        places: Mapping[int, str],
        lots: Mapping[int, str],
        instead: str = "",
        numbers: Mapping[tuple[Any, ...], Sequence[int]] | None = None,
    ) -> None:
        self.short, self.lines = short, dict[int, str]()
        lines = []
        for key, shortage in sorted(short.items()):
            words = _l(
                "%(item)s, %(place)s: %(missing)s short, %(held)s on hand on %(moment)s",
                item=" · ".join(filter(None, (items[key[0]], lots.get(key[2])))),
                place=places[key[1]],
                missing=number(shortage.amount),
                held=number(shortage.held),
                moment=moment(shortage.moment),
            )
            lines.append(_at_its_lines(str(words), (numbers or {}).get(key, ()), self.lines))
        words = _l("Not enough in stock, nothing was posted. %(lines)s", lines="; ".join(lines))
        super().__init__(_with_instead(words, instead))


class NotEnoughFree(Conflict):
    """Goods are on hand, but kept for others or held back; `short` says by how much, per item, warehouse and claim, and `holds`
    by which holds, per item and warehouse; `lines` as in NotEnoughStock."""

    column = "quantity"

    def __init__(
        self,
        short: dict[tuple[Any, ...], Shortage],
        items: Mapping[int, str],
        places: Mapping[int, str],
        holds: Mapping[tuple[int, int], Sequence[str]],
        instead: str = "",
        numbers: Mapping[tuple[Any, ...], Sequence[int]] | None = None,
    ) -> None:
        self.short, self.lines = short, dict[int, str]()
        lines = []
        for key, shortage in sorted(short.items()):
            said = {"item": items[key[0]], "place": places[key[1]], "missing": number(shortage.amount)}
            said["held"] = number(shortage.held)
            words = _l("%(item)s, %(place)s: %(missing)s short, %(held)s are free", **said)
            if held_by := holds.get((key[0], key[1])):
                words = _l("%(short)s, others are held back by %(holds)s", short=words, holds=", ".join(held_by))
            lines.append(_at_its_lines(str(words), (numbers or {}).get(key, ()), self.lines))
        text = "; ".join(lines)
        if holds:
            words = _l("Some of these goods aren't free, nothing was posted. %(lines)s", lines=text)
        else:
            words = _l("Some of these goods are reserved for others, nothing was posted. %(lines)s", lines=text)
        super().__init__(_with_instead(words, instead))


class NotThere(Conflict):
    """Goods would go where their cost has to be known, though the books have too few of what shares it: others left without
    being there."""

    def __init__(self, item: str, missing: Decimal, when: datetime) -> None:
        super().__init__(
            _l(
                "“%(item)s”: on %(moment)s, %(missing)s more are taken than there are by the books, as others left without"
                " being there. Only goods that are sold, issued or written off may be missing: record first what came in,"
                " with its date.",
                item=item,
                missing=number(missing),
                moment=moment(when),
            )
        )


def _at_its_lines(words: str, numbers: Sequence[int], lines: dict[int, str]) -> str:
    """What falls short, with the document's lines that take it, where they are known; kept in `lines`, to be shown there."""
    lines |= dict.fromkeys(numbers, words)
    if not numbers:
        return words
    return str(_l("Line %(numbers)s: %(short)s", numbers=", ".join(map(str, numbers)), short=words))


def _with_instead(words: Any, instead: str) -> Any:
    """A refusal with what may be given instead, where something may."""
    return _l("%(refusal)s. Given instead: %(items)s.", refusal=words, items=instead) if instead else words
