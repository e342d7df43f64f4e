"""What is right of the values of a model's axes, and what its variants are called. No database."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.api.errors import Invalid
from app.api.texts import kept_text
from app.api.texts import lazy_gettext as _l

#: values of one axis
MOST = 30
LONGEST_NAME, LONGEST_CODE = 60, 12


class Named(Protocol):
    """What has a name and a code."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an axis as somebody typed it."""

    name: str
    code: str


Known = TypeVar("Known", bound=Named)


def read_values(text: str, *, field: str) -> list[Value]:
    """The values that a text names, each on a line of its own: `red`, or with its code behind it, `red = RED`. Where none is
    said, one is proposed.

    Refused (Invalid): two of one name or code, whatever their case; more than MOST; what is too long.
    """
    parts = [_parts(line, field=field) for line in text.splitlines() if line.strip()]
    if len(parts) > MOST:
        raise Invalid(_l("An axis has at most %(n)d values.", n=MOST), field=field)
    codes = {code.casefold() for _, code in parts if code}
    values = []
    for name, code in parts:
        if not code:
            code = proposed_code(name, codes)
            codes.add(code.casefold())
        values.append(Value(name, code))
    for said in ([v.name for v in values], [v.code for v in values]):
        folded = [each.casefold() for each in said]
        if twice := next((each for each in said if folded.count(each.casefold()) > 1), None):
            raise Invalid(_l("“%(text)s” stands here twice.", text=twice), field=field)
    return values


def _parts(line: str, *, field: str) -> tuple[str, str]:
    before, sign, behind = line.rpartition("=")
    name = kept_text(before if sign else behind, LONGEST_NAME, field=field)
    code = kept_text(behind if sign else "", LONGEST_CODE, field=field)
    if not name:
        raise Invalid(_l("“%(text)s” has no name before the sign =.", text=line.strip()), field=field)
    return name, code


def proposed_code(name: str, taken: Collection[str]) -> str:
    """A short code for a value, none of those `taken`, which are without case."""
    base = re.sub(r"[\W_]+", "-", name.upper()).strip("-") or "X"
    return _unlike(base[:LONGEST_CODE], taken, most=LONGEST_CODE)


def shown_values(values: Sequence[Named]) -> str:
    """The text that `read_values` reads as these."""
    return "\n".join(f"{value.name} = {value.code}" for value in values)


def matched(known: Sequence[Known], wanted: Sequence[Value]) -> list[Known | None]:
    """Which of the values known each of those wanted is: the one of its name, else the one of its code; None: it is new."""
    left = list(known)
    found: list[Known | None] = [_take(left, "name", value.name) for value in wanted]
    return [each or _take(left, "code", value.code) for each, value in zip(found, wanted, strict=True)]


def _take(left: list[Known], by: str, text: str) -> Known | None:
    found = next((each for each in left if getattr(each, by).casefold() == text.casefold()), None)
    if found is not None:
        left.remove(found)
    return found


def proposed_variant(model: Named, values: Sequence[Named], taken: Collection[str]) -> tuple[str, str]:
    """Code and name of a variant. The code is none of those `taken`, which are without case."""
    code = "-".join([model.code, *(value.code for value in values)])
    return _unlike(code, taken, most=60), ", ".join([model.name, *(value.name for value in values)])


def _unlike(base: str, taken: Collection[str], *, most: int) -> str:
    code, n = base, 1
    while code.casefold() in taken:
        n += 1
        end = f"-{n}"
        code = base[: most - len(end)] + end
    return code
