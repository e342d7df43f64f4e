"""What a document says, once for everyone who shows it: its page, a printed form, a workbook, the API.

Values stand as they are, each with what kind of value it is; whoever shows them formats them. What is confidential names its
group, and values that are closed come as MASKED from the query already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is true of the whole document. `kind`: text, date, moment, money, price, quantity, rate or flag."""

    title: object
    value: Any
    kind: str = "text"
    #: by which others find it, such as "open", or the name of a custom field
    name: str = ""
    #: of a quantity
    unit: str = ""
    #: the endpoint where there is more of it, and its arguments
    endpoint: str = ""
    arguments: tuple[tuple[str, Any], ...] = ()
    #: what somebody needs to follow it
    needs: str = ""


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column of the lines. `kind` as of a fact; `group`: the confidential group of its values."""

    name: str
    title: object
    kind: str = "text"
    group: str | None = None
    #: lines → endpoint: the column's cells lead there, with the line's `link` as arguments
    endpoint: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum below the lines."""

    title: object
    value: Any
    kind: str = "money"
    is_grand: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """Facts, lines and totals of a document."""

    facts: Sequence[Fact]
    columns: Sequence[PaperColumn]
    #: column name → value; `link`: the arguments of the cells' endpoint; `packed`: the quantity as typed, such as "3 box";
    #: `second`: the same in a second unit, such as "24.18 kg"; `per`: of what its price is, where that is the second unit
    lines: Sequence[dict[str, Any]]
    totals: Sequence[Total]
    #: of money among the values
    currency: str
    #: what other documents did to it, such as payments: the title of the list, and a fact for each
    attached: tuple[object, Sequence[Fact]] | None = None

    def fact(self, name: str) -> Any:
        """The value of the fact of that name; None without one."""
        return next((fact.value for fact in self.facts if fact.name == name), None)


@dataclass(frozen=True, slots=True)
class Print:
    """Another paper of documents, beside the one of their kind: of this module's kinds or another's. For whoever may see the
    document and holds `needs`, unless it is a draft."""

    #: `module.noun`
    name: str
    title: object
    #: names of kinds; `core.document` is all of them
    kinds: tuple[str, ...]
    paper: Callable[[Session, Any], Paper]
    #: beside the right to see the document
    needs: str = ""
    #: whether it is for whom the document is made with to read, too
    is_for_partner: bool = False

    def fits(self, document: Any) -> bool:
        """Whether the document has such a print."""
        return document.state != "draft" and not {document.kind, "core.document"}.isdisjoint(self.kinds)
