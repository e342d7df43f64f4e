"""Reading OFX: versions 1.x, which are SGML whose leaves have no end, and 2.x, which are XML (Open Financial Exchange 2.3).

Both are read as a stream of tags and texts; there are no entities in it but the five of XML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import unescape

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.decoding import decoded
from modules.contacts.bank.statement import BadFile, Line, Party, Statement, bare, joined

_TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z0-9_.]+)\s*>(?P<text>[^<]*)")
_RESPONSES = ("STMTRS", "CCSTMTRS")
_CHARSET = re.compile(rb"CHARSET:\s*([0-9]{3,4})")


@dataclass
class _Node:
    """An aggregate of a file: its texts by tag, the first of each, and the aggregates within."""

    name: str
    at: int
    texts: dict[str, str] = field(default_factory=dict)
    nodes: list["_Node"] = field(default_factory=list)

    def all(self, *names: str) -> Iterator["_Node"]:
        """Those of these names anywhere within."""
        for node in self.nodes:
            if node.name in names:
                yield node
            yield from node.all(*names)

    def text(self, *names: str) -> str:
        """What the first of these texts says, here or within."""
        for name in names:
            if name in self.texts:
                return self.texts[name]
        return next(filter(None, (node.text(*names) for node in self.nodes)), "")


def is_ofx(content: bytes) -> bool:
    """Whether a file says that it is OFX."""
    start = content[:2000].replace(b"\0", b"").upper()
    return b"OFXHEADER" in start or b"<OFX>" in start


def read_ofx(content: bytes, encoding: str = "") -> list[Statement]:
    """The statements of bank accounts and cards in a file; it says their closing balances alone.

    Refused (BadFile): a file that was cut off, a statement without account or currency, a line without day or amount.
    """
    charset = _CHARSET.search(content[:2000])
    said = encoding or (f"cp{charset[1].decode()}" if charset else "")
    try:
        text, _encoding = decoded(content, said=said)
    except LookupError:
        text, _encoding = decoded(content)
    root = _tree(text)
    for message in root.all("STATUS"):
        if message.text("SEVERITY").upper() == "ERROR":
            said = message.text("MESSAGE") or message.text("CODE")
            raise BadFile(_l("the bank answers with an error: %(error)s", error=said), line=message.at, tag="STATUS")
    return [_statement(response) for response in root.all(*_RESPONSES)]


def _tree(text: str) -> _Node:
    root = _Node("", 0)
    path, at, seen = [root], 1, 0
    for match in _TOKEN.finditer(text):
        at += text.count("\n", seen, match.start())
        seen = match.start()
        name, value = match["name"].upper(), unescape(match["text"]).strip()
        if match["end"]:
            if any(node.name == name for node in path[1:]):  # the end of a leaf is none
                while path.pop().name != name:
                    pass
        elif value or text.startswith(f"</{match['name']}>", match.end()):
            path[-1].texts.setdefault(name, value)
        else:
            node = _Node(name, at)
            path[-1].nodes.append(node)
            path.append(node)
    if len(path) > 1 and any(node.name == "OFX" for node in path):
        raise BadFile(_l("</OFX> is missing at the end: the file was cut off. Export it again."), line=at, tag="OFX")
    return root


def _statement(response: _Node) -> Statement:
    account = next(response.all("BANKACCTFROM", "CCACCTFROM"), None)
    number, currency = (account.text("ACCTID") if account else ""), response.texts.get("CURDEF", "").upper()
    for tag, value in (("ACCTID", number), ("CURDEF", currency)):
        if not value:
            raise BadFile(_l("“%(key)s” is missing", key=tag), line=response.at, tag=tag)
    listed = next(response.all("BANKTRANLIST"), None)
    balance = next(response.all("LEDGERBAL"), None)
    statement = Statement(
        account=number,
        currency=currency,
        closing=_amount(balance, "BALAMT") if balance else None,
        since=_day(listed, "DTSTART") if listed and "DTSTART" in listed.texts else None,
        until=_day(listed, "DTEND") if listed and "DTEND" in listed.texts else None,
        at=balance.at if balance else response.at,
    )
    transactions = listed.all("STMTTRN") if listed else iter(())
    statement.lines.extend(_line(transaction, i) for i, transaction in enumerate(transactions))
    return statement


def _line(node: _Node, number: int) -> Line:
    name, memo = node.text("NAME"), node.texts.get("MEMO", "")
    to = next(node.all("BANKACCTTO", "CCACCTTO"), None)
    return Line(
        day=_day(node, "DTPOSTED"),
        amount=_amount(node, "TRNAMT"),
        value_day=_day(node, "DTAVAIL") if "DTAVAIL" in node.texts else None,
        party=Party(joined([name]), bare(to.text("ACCTID")) if to else "", to.text("BANKID") if to else ""),
        purpose=joined([memo]) or joined([name]),
        reference=node.texts.get("CHECKNUM", "") or node.texts.get("REFNUM", ""),
        bank_id=node.texts.get("FITID", ""),
        entry=number,
        at=node.at,
    )


def _amount(node: _Node, tag: str) -> Decimal:
    text = node.texts.get(tag, "")
    try:
        value = Decimal(text.replace(",", ".").replace(" ", ""))
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadFile(_l("“%(value)s” isn't an amount of money", value=text), line=node.at, tag=tag)
    return value


def _day(node: _Node, tag: str) -> date:
    """YYYYMMDD, whatever time and zone follow."""
    text = node.texts.get(tag, "")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise BadFile(_l("“%(value)s” isn't a date such as 20261231", value=text), line=node.at, tag=tag) from None
