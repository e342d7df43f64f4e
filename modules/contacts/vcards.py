"""Reading vCards, versions 2.1 to 4.0 (RFC 6350, RFC 2426), as rows of a table of contacts.

Not for writing them. What a contact has no field for, such as a second number, goes into the note, so that nothing is lost;
pictures are left out.
"""

import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.api.imports import Refused
from app.api.texts import lazy_gettext as _l
from app.api.web import country_named
from modules.contacts.models import INDIVIDUAL, LEGAL_ENTITY

COLUMNS = ("code", "name", "kind", "country", "phone", "email", "address", "note", "birth_date")
#: Longer ones are not kept as codes; those of phones and servers are shorter.
_LONGEST_CODE = 40
_LINE = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:[^";:]|"[^"]*")*)*):(.*)', re.DOTALL | re.ASCII)
_PARAMETER = re.compile(r'([^=;"]+)(?:=((?:[^";]|"[^"]*")*))?')
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T.*)?", re.ASCII)
#: Of a name or an address: parts stand apart by semicolons that no backslash precedes.
_PARTS = re.compile(r"(?<!\\);")


class Property(NamedTuple):
    """A line of a card: what it is, of what types, and what it says, still with its backslashes."""

    name: str
    types: frozenset[str]
    value: str


@dataclass
class Card:
    """The properties of one card, in their order."""

    properties: list[Property] = field(default_factory=list)
    #: whether its end was found before the file's, or before the next card's beginning
    is_whole: bool = False

    def all(self, name: str) -> list[str]:
        """What the properties of a name say, the preferred first; blank ones are left out."""
        found = [p for p in self.properties if p.name == name and p.value.strip("; ")]
        return [_plain(p.value) for p in sorted(found, key=lambda p: "PREF" not in p.types)]

    def first(self, name: str) -> str:
        """The preferred one."""
        return next(iter(self.all(name)), "")

    def parts(self, name: str) -> list[str]:
        """The parts of the first property of a name."""
        value = next((p.value for p in self.properties if p.name == name), "")
        return [_plain(part) for part in _PARTS.split(value)]


def read_cards(text: str) -> Iterator[list[Any]]:
    """A header, and a row for each card: the first card's is row 2. A card without its end has a row that is refused: the file
    was cut off, or another card lies within it (AGENT of version 2.1)."""
    yield list(COLUMNS)
    for card in _cards(text):
        row = _row(card)
        if not card.is_whole:
            row["code"] = Refused(_l("the card has no end: the file is cut off, or another card lies within it"))
        yield [row.get(column) for column in COLUMNS]


def _cards(text: str) -> Iterator[Card]:
    card: Card | None = None
    for line in _lines(text):
        found = _property(line)
        if found is None:
            continue
        if _is_beginning(found):
            if card is not None:
                yield card
            card = Card()
        elif found.name == "END" and card is not None:
            card.is_whole = True
            yield card
            card = None
        elif card is not None:
            card.properties.append(found)
    if card is not None:
        yield card


def _is_beginning(found: Property) -> bool:
    """Whether a card begins here, be it on the line of the one that it lies in."""
    said = "".join(found.value.split()).upper()
    return (found.name == "BEGIN" and said == "VCARD") or (found.name == "AGENT" and said == "BEGIN:VCARD")


def _lines(text: str) -> Iterator[str]:
    """Lines as they were before they were folded; those in quoted-printable end in `=` where they go on."""
    pieces = [""]
    is_quoted: bool | None = None  # nobody knows before the colon, up to which a line says what it is
    for piece in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if is_quoted and pieces[-1].endswith("="):
            pieces[-1] = pieces[-1][:-1]
            pieces.append(piece)
        elif piece[:1] in (" ", "\t"):
            pieces.append(piece[1:])
        else:
            yield "".join(pieces)
            pieces, is_quoted = [piece], None
        if is_quoted is None and ":" in piece:
            is_quoted = "QUOTED-PRINTABLE" in "".join(pieces).partition(":")[0].upper()
    yield "".join(pieces)


def _property(line: str) -> Property | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    name, parameters, value = match.groups()
    said: dict[str, str] = {}
    types: set[str] = set()
    for key, what in _PARAMETER.findall(parameters):
        if what and key.strip().upper() != "TYPE":
            said[key.strip().upper()] = what.strip('"')
        else:
            types.update((what or key).strip('" ').upper().replace('"', "").split(","))
    if "PREF" in said:
        types.add("PREF")
    if said.get("ENCODING", "").upper() == "QUOTED-PRINTABLE" or "QUOTED-PRINTABLE" in types:
        value = _decoded(value, said.get("CHARSET", "utf-8"))
    return Property(name.upper(), frozenset(types), value)


def _decoded(value: str, charset: str) -> str:
    raw = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")  # what can't be read is refused with the row


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value, flags=re.DOTALL).strip()


def _row(card: Card) -> dict[str, Any]:
    organisation = ", ".join(part for part in card.parts("ORG") if part)
    person = " ".join(part for part in (*card.parts("N")[1:3], *card.parts("N")[:1]) if part)
    name = card.first("FN") or person or organisation
    is_firm = _is_firm(card, name, person, organisation)
    phones = [phone.removeprefix("tel:") for phone in card.all("TEL")]
    emails = [email.removeprefix("mailto:") for email in card.all("EMAIL")]
    address, country = _address(card)
    birthday = card.first("BDAY")
    born = None if is_firm else _day(birthday)
    phone_word, email_word, born_word = _l("Phone"), _l("E-mail"), _l("Born")
    notes = [
        *card.all("NOTE"),
        *(f"{phone_word}: {phone}" for phone in phones[1:]),
        *(f"{email_word}: {email}" for email in emails[1:]),
        *([] if is_firm else filter(None, (organisation, card.first("TITLE")))),
        *([f"{born_word}: {birthday}"] if birthday and born is None else ()),
    ]
    return {
        "code": _code(card, name, phones, emails) if name else None,
        "name": name,
        "kind": LEGAL_ENTITY if is_firm else INDIVIDUAL,
        "country": country,
        "phone": next(iter(phones), ""),
        "email": next(iter(emails), ""),
        "address": address,
        "note": "\n".join(notes),
        "birth_date": born,
    }


def _is_firm(card: Card, name: str, person: str, organisation: str) -> bool:
    kind = card.first("KIND").lower()
    if kind:
        return kind != "individual"
    return card.first("X-ABSHOWAS").upper() == "COMPANY" or (bool(organisation) and not person and name == organisation)


def _address(card: Card) -> tuple[str, str]:
    """The address in a line, and its country's code; a country that isn't known stays in the address."""
    parts = [part for part in card.parts("ADR") if part]
    country = country_named(parts[-1]) if parts and len(card.parts("ADR")) == 7 and card.parts("ADR")[6] else None
    return ", ".join(parts[:-1] if country else parts).replace("\n", ", "), country or ""


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _code(card: Card, name: str, phones: list[str], emails: list[str]) -> str:
    """The card's own identifier, so that the same card comes in again; without one, or with a long one, a name for it that
    stays the same as long as its name and first number and address do."""
    own = card.first("UID").removeprefix("urn:uuid:")
    if own and len(own) <= _LONGEST_CODE:
        return own
    said = own or "\n".join((name, *phones[:1], *emails[:1]))
    return "vcard-" + hashlib.sha256(said.encode()).hexdigest()[:12]
