"""What :86: and the text below :61: say of who paid and for what, in the ways in which banks structure it.

* `166?00GUTSCHRIFT?20SVWZ+…?31IBAN?32NAME`: three digits, a separator, fields of two digits (German banks and their neighbours;
  Triodos writes `>`); `EREF+`, `SVWZ+` and others within.
* `/IBAN/…/NAME/…/REMI/…`: words between slashes (Dutch banks).
* `22…`, `15…` below `:NS:`: lines that begin with two digits.
* plain text, in which an IBAN is looked for.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from stdnum import iban

from modules.contacts.bank.statement import Line, Party, bare, joined

_STRUCTURED = re.compile(r"\s*([0-9]{3})([^\w\s])[0-9]{2}", re.ASCII)
_KEYWORD = re.compile(r"(?:^|(?<=[\s?.]))?(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)[+]", re.ASCII)
_SLASHED = re.compile(
    r"/(TRCD|TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|CNTP|MARF|CSID|ISDT|ADDR|ULTD|ULTB|ULTC|PREF|KREF|RTRN|RTYP|PURP|ACCW|BBAN|CDTRREF"
    r"|SVCL|UDTR|UCRD|RREF|SWOC|EXCH|OCMT|CHGS|INIT|CREF|ID)(?=/)",
    re.ASCII,
)
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.ASCII)
_NUMBERED = re.compile(r"([0-9]{2})(.*)", re.ASCII)
#: German banks cut the fields of a purpose at this length, within a word too.
_FULL = 27
_NOTHING = ("", "NOTPROVIDED", "NONREF")
_POLISH = {
    "account": re.compile(r"Z RACH\.?:\s*([0-9 ]{26,34})"),
    "name": re.compile(r"\bOD:\s*(.*?);"),
    "purpose": re.compile(r"\bTYT\.?:\s*(.*?)\s*;"),
}


def details_of(line: Line, lines: Sequence[str]) -> Line:
    """The line with what its details say; nothing of them is lost, as what has no place of its own stays in the purpose."""
    lines = [text for text in lines if text.strip()]
    for read in (_structured, _slashed, _polish, _numbered):
        found = read(lines)
        if found is not None:
            party, purpose, reference = found
            break
    else:
        party, purpose, reference = Party(), joined(lines), ""
    party = replace(party, account=bare(party.account) or _iban_in(line.reference) or _iban_in(" ".join(lines)))
    reference = reference if reference.upper() not in _NOTHING else ""
    return replace(line, party=party, purpose=purpose, reference=reference or line.reference)


Found = tuple[Party, str, str] | None


def _structured(lines: Sequence[str]) -> Found:
    start = next((i for i, text in enumerate(lines) if _STRUCTURED.match(text)), None)
    if start is None:
        return None
    first = _STRUCTURED.match(lines[start])
    assert first is not None
    text = "".join(lines[start:])
    fields: dict[str, str] = {}
    for piece in text.split(first[2])[1:]:
        match = _NUMBERED.match(piece.strip("\r\n"))
        if match is not None:
            fields[match[1]] = match[2]
        elif fields:  # the separator stands within a text
            last = next(reversed(fields))
            fields[last] += first[2] + piece
    pieces = [fields[key] for key in sorted(fields) if "20" <= key <= "29" or "60" <= key <= "69"]
    whole = "".join(piece if len(piece) >= _FULL else piece + " " for piece in pieces)
    said = _keywords(whole)
    name = joined(
        [
            fields.get("32", "")
            + (fields.get("33", "") if len(fields.get("32", "")) >= _FULL else " " + fields.get("33", ""))
        ]
    )
    party = Party(
        name=name or said.get("ABWA", "") or said.get("ABWE", ""),
        account=fields.get("38", "") or fields.get("31", "") or said.get("IBAN", ""),
        bic=fields.get("30", "").strip() or said.get("BIC", ""),
    )
    purpose = said.get("SVWZ") or said.get("") or ""
    return party, joined([purpose or fields.get("00", "")]), said.get("EREF") or said.get("KREF") or ""


def _keywords(text: str) -> dict[str, str]:
    """`EREF+…SVWZ+…` by word; what stands before the first of them is under the empty one."""
    parts = _KEYWORD.split(text)
    found = {"": joined([parts[0]])}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(word, joined([value]))
    return found


def _slashed(lines: Sequence[str]) -> Found:
    text = "".join(lines)
    parts = _SLASHED.split(text)
    if len(parts) < 3:
        return None
    said: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        said.setdefault(word, value.strip("/ \r\n"))
    account, bic, name = said.get("IBAN", ""), said.get("BIC", ""), said.get("NAME", "")
    if other := said.get("CNTP", ""):  # account/BIC/name/city
        account, bic, name, *_city = [*other.split("/"), "", ""][:4]
    remi = said.get("REMI", "")
    for prefix in ("USTD//", "STRD/CUR/", "STRD//"):
        remi = remi.removeprefix(prefix)
    rest = "" if "REMI" in said else joined([parts[0]])
    return Party(joined([name]), account, bic), joined([remi or rest or said.get("PURP", "")]), said.get("EREF", "")


def _polish(lines: Sequence[str]) -> Found:
    text = " ".join(line.strip() for line in lines)
    found = {name: match[1].strip() for name, rule in _POLISH.items() if (match := rule.search(text))}
    if not found:
        return None
    return Party(found.get("name", ""), found.get("account", "")), found.get("purpose", "") or joined([text]), ""


def _numbered(lines: Sequence[str]) -> Found:
    """Lines that each begin with two digits: 01–14 the purpose, 15 and 16 the name, 17 the posting text, 31 and 33 the account
    and the bank."""
    matches = [_NUMBERED.fullmatch(line.strip()) for line in lines]
    if not matches or matches[0] is None or matches[0][1] not in ("01", "02", "15", "17"):
        return None
    said: dict[str, str] = {}
    last = ""
    for line, match in zip(lines, matches, strict=True):
        if match is not None:
            last = match[1]
            said[last] = said.get(last, "") + match[2]
        else:
            said[last] = said.get(last, "") + " " + line.strip()
    purpose = joined(said[key] for key in sorted(said) if "01" <= key <= "14")
    party = Party(
        joined([said.get("15", ""), said.get("16", "")]), said.get("34", "") or said.get("31", ""), said.get("33", "")
    )
    return party, purpose or joined([said.get("17", "")]), ""


def _iban_in(text: str) -> str:
    """The first valid IBAN in a text."""
    for match in _IBAN.finditer(text):
        words = match[0].split(" ")
        for count in range(len(words), 0, -1):
            if iban.is_valid(number := "".join(words[:count])):
                return str(number)
    return ""
