"""Reading CAMT.052, .053 and .054 of ISO 20022, in every version: account reports, statements, notifications.

Elements are found by their local names: the versions differ in namespace and in how deep some of them lie. The file may not
declare entities and nothing is fetched.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.statement import BadFile, Line, Party, Statement, bare, joined

_MESSAGES = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
_STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
#: Booked balances: available ones have what isn't booked yet. Of several of one kind the first of the list counts.
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), ("CLBD",), "ITBD"
_NOTHING = ("", "NOTPROVIDED", "NONREF")

Element = Any


def is_xml(content: bytes) -> bool:
    """Whether a file begins as XML does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:1] == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff")


def tree_of(content: bytes) -> Element:
    """The root of an XML file. Refused (BadFile): what isn't well-formed, with the line; a document type, which could name
    entities and files."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise BadFile(_l("the XML is broken: %(error)s. Export the file again.", error=error), line=line) from error
    if root.getroottree().docinfo.doctype:
        raise BadFile(_l("a document type is declared, which banks' files have no use for: it isn't read."), line=1)
    return root


def read_camt(content: bytes) -> list[Statement]:
    """The statements of a file, one for each currency of each.

    Refused (BadFile): a file without such messages, a statement without account, an entry without amount, day or direction, an
    opening balance in one currency and the closing balance in another.
    """
    found: list[Statement] = []
    for element in tree_of(content).iter():
        if name_of(element) in _STATEMENTS and any(name_of(element.getparent()).startswith(m) for m in _MESSAGES):
            found += _by_currency(element)
    return found


def name_of(element: Element) -> str:
    if element is None or not isinstance(element.tag, str):
        return ""
    return str(etree.QName(element).localname)


def children_of(element: Element | None, *path: str) -> list[Element]:
    """The elements at the end of a path of local names."""
    found = [element] if element is not None else []
    for name in path:
        found = [child for one in found for child in one if name_of(child) == name]
    return found


def first_of(element: Element | None, *paths: str) -> Element | None:
    """The first element at one of the paths, such as `Acct/Id/IBAN`."""
    return next((e for path in paths for e in children_of(element, *path.split("/"))), None)


def text_of(element: Element | None, *paths: str) -> str:
    """What the first element at one of the paths says that is filled."""
    texts = (joined([e.text or ""]) for path in paths for e in children_of(element, *path.split("/")))
    return next(filter(None, texts), "")


def _error(element: Element, message: object, tag: str = "") -> BadFile:
    return BadFile(message, line=element.sourceline or 0, tag=tag or name_of(element))


def _by_currency(element: Element) -> Iterator[Statement]:
    account = text_of(
        element, "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC", "Acct/Id"
    )
    if not account:
        raise _error(element, _l("the account's number is missing (Acct/Id)"), "Acct")
    openings, closings = _balances(element)
    if openings and closings and openings.keys() != closings.keys():
        message = _l(
            "the opening balance is in %(opening)s, the closing balance in %(closing)s: the file is damaged. Export it again.",
            opening=", ".join(openings),
            closing=", ".join(closings),
        )
        raise _error(next(iter(closings.values()))[1], message)
    statements: dict[str, Statement] = {}
    own = text_of(element, "Acct/Ccy")
    day = _day(element, "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")

    def of(currency: str) -> Statement:
        if currency not in statements:
            statements[currency] = _empty(element, account, currency)
        return statements[currency]

    for currency, (amount, _bal) in openings.items():
        of(currency).opening = amount
    for currency, (amount, bal) in closings.items():
        of(currency).closing, of(currency).at = amount, bal.sourceline or 0
    for number, entry in enumerate(children_of(element, "Ntry")):
        currency, amount = _signed(entry)
        of(currency).lines.extend(_lines(entry, number, amount, currency, day))
    if not statements:
        of(own or _text_currency(element))
    yield from statements.values()


def _text_currency(element: Element) -> str:
    currencies = (amount.get("Ccy", "") for amount in children_of(element, "Bal", "Amt"))
    if not (currency := next(filter(None, currencies), "")):
        raise _error(element, _l("nothing says the currency (Acct/Ccy)"), "Acct")
    return currency


def _empty(element: Element, account: str, currency: str) -> Statement:
    return Statement(
        account=account,
        currency=currency,
        number=text_of(element, "ElctrncSeqNb", "LglSeqNb", "Id"),
        since=_day(element, "FrToDt/FrDtTm", "FrToDt/FrDt"),
        until=_day(element, "FrToDt/ToDtTm", "FrToDt/ToDt"),
        at=element.sourceline or 0,
    )


def _balances(element: Element) -> tuple[dict[str, Any], dict[str, Any]]:
    """By currency the opening and the closing balance, each with its element. A page between two of a statement begins and ends
    with interim balances; in a report of the day they say nothing of its lines."""
    by_kind: dict[str, list[tuple[str, Decimal, Element]]] = {}
    for bal in children_of(element, "Bal"):
        code = text_of(bal, "Tp/CdOrPrtry/Cd", "Tp/Cd")
        if code in (*_OPENING, *_CLOSING, _INTERIM):
            currency, amount = _signed(bal)
            by_kind.setdefault(code, []).append((currency, amount, bal))
    openings: dict[str, Any] = {}
    for kind in _OPENING:
        for currency, amount, bal in by_kind.get(kind, []):
            openings.setdefault(currency, (amount, bal))
    closings = {c: (a, b) for kind in _CLOSING for c, a, b in by_kind.get(kind, [])}
    interim = by_kind.get(_INTERIM, []) if name_of(element) == "Stmt" else []
    if not openings and (closings or len(interim) > 1):
        openings = {c: (a, b) for c, a, b in interim[:1]}
    if not closings and openings and interim:
        closings = {c: (a, b) for c, a, b in interim[-1:]}
    return openings, closings


def _signed(element: Element) -> tuple[str, Decimal]:
    """Currency and amount of a balance or an entry, below zero for a debit."""
    amount = first_of(element, "Amt")
    if amount is None or not amount.get("Ccy"):
        raise _error(element, _l("an amount with its currency (Amt) is missing"))
    value = _decimal(amount)
    side = text_of(element, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise _error(element, _l("whether it is a credit or a debit (CdtDbtInd) is missing"))
    return amount.get("Ccy"), value if side == "CRDT" else -value


def _decimal(element: Element) -> Decimal:
    text = (element.text or "").strip()
    try:
        value = Decimal(text)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite():
        raise _error(element, _l("“%(value)s” isn't an amount of money", value=text))
    return value


def _is_booked(entry: Element) -> bool:
    """Pending entries and mere information come again when they are booked."""
    return text_of(entry, "Sts/Cd", "Sts/Prtry", "Sts") in ("BOOK", "")


def _day(element: Element, *paths: str) -> date | None:
    found = first_of(element, *paths)
    if found is None or not (text := (found.text or "").strip()):
        return None
    try:
        return datetime.fromisoformat(text.removesuffix("Z")[:19] if "T" in text else text[:10]).date()
    except ValueError:
        raise _error(found, _l("“%(value)s” isn't a date such as 2026-12-31", value=text)) from None


def _lines(entry: Element, number: int, amount: Decimal, currency: str, unless_said: date | None) -> Iterator[Line]:
    """The entry, or its parts where it is a batch whose parts come to it; `unless_said` is its day where it says none."""
    value_day = _day(entry, "ValDt/Dt", "ValDt/DtTm")
    day = _day(entry, "BookgDt/Dt", "BookgDt/DtTm") or value_day or unless_said
    if day is None:
        raise _error(entry, _l("the day (BookgDt, ValDt) is missing"))
    details = [e for e in entry.iter() if name_of(e) == "TxDtls"]
    parts = [_part(e, amount, currency) for e in details]
    if len(parts) < 2 or None in parts or sum(filter(None, parts), Decimal(0)) != amount:
        details, parts, whole = details[:1] or [None], [amount], details
    else:
        whole = []
    own_id = text_of(entry, "AcctSvcrRef", "NtryRef")
    for transaction, part in zip(details, parts, strict=True):
        assert part is not None
        yield Line(
            day=day,
            amount=part,
            value_day=value_day,
            party=_party(transaction, is_credit=(part > 0) != (text_of(entry, "RvslInd") == "true")),
            purpose=_purpose(entry, whole or [transaction]),
            reference=_reference(transaction),
            bank_id=own_id or text_of(transaction, "Refs/AcctSvcrRef"),
            entry=number,
            at=entry.sourceline or 0,
            is_booked=_is_booked(entry),
        )


def _part(transaction: Element, amount: Decimal, currency: str) -> Decimal | None:
    """What a part of a batch comes to, in the entry's direction unless it says another; None in another currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = first_of(transaction, path)
        if found is not None and found.get("Ccy") == currency:
            side = text_of(transaction, "CdtDbtInd")
            is_credit = side == "CRDT" if side else amount > 0
            return _decimal(found) if is_credit else -_decimal(found)
    return None


def _party(transaction: Element | None, *, is_credit: bool) -> Party:
    who, parties = ("Dbtr" if is_credit else "Cdtr"), first_of(transaction, "RltdPties")
    agent = first_of(transaction, f"RltdAgts/{who}Agt/FinInstnId")
    ids = (f"{who}/Pty/Id/OrgId/Othr", f"{who}/Id/OrgId/Othr", f"{who}/Pty/Id/PrvtId/Othr", f"{who}/Id/PrvtId/Othr")
    of_tax = (other for path in ids for other in children_of(parties, *path.split("/")))
    tax_ids = (text_of(other, "Id") for other in of_tax if text_of(other, "SchmeNm/Cd") in ("TXID", "TAXI"))
    return Party(
        name=text_of(
            parties, f"{who}/Pty/Nm", f"{who}/Nm", f"Ultmt{who}/Pty/Nm", f"Ultmt{who}/Nm", f"{who}/Agt/FinInstnId/Nm"
        ),
        account=bare(
            text_of(parties, *(f"{who}Acct/Id/{kind}" for kind in ("IBAN", "Othr/Id", "PrtryAcct/Id", "BBAN")))
        ),
        bic=text_of(agent, "BICFI", "BIC", "ClrSysMmbId/MmbId", "CmbndId/BIC"),
        tax_id=next(filter(None, tax_ids), "") or text_of(transaction, f"Tax/{who}/TaxId"),
    )


def _purpose(entry: Element, transactions: Sequence[Element | None]) -> str:
    texts: list[str] = []
    for transaction in transactions:
        texts += [e.text or "" for e in children_of(transaction, "RmtInf", "Ustrd")]
        for strd in children_of(transaction, "RmtInf", "Strd"):
            texts += [text_of(strd, "CdtrRefInf/Ref", "CdtrRefInf/CdtrRef"), text_of(strd, "AddtlRmtInf")]
            texts += [text_of(document, "Nb", "RfrdDocNb") for document in children_of(strd, "RfrdDocInf")]
    said = joined(dict.fromkeys(filter(None, texts)))
    return said or text_of(transactions[0], "AddtlTxInf") or text_of(entry, "AddtlNtryInf")


def _reference(transaction: Element | None) -> str:
    for path in ("Refs/EndToEndId", "Refs/InstrId", "Refs/TxId", "Refs/ChqNb"):
        if (text := text_of(transaction, path)).upper() not in _NOTHING:
            return text
    return ""
