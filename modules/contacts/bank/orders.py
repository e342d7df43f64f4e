"""Writing payment orders as files for banks: 1C client-bank text, and pain.001 of ISO 20022.

1C's format: v8.1c.ru (“Обмен данными с системами Клиент банка”), version 1.03. pain.001.001.03 and .09: the ISO 20022 message
definition, CustomerCreditTransferInitiation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree
from stdnum import iban

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of

#: pain.001 allows so many signs: of names, of references, of purposes
_NAME, _REFERENCE, _PURPOSE = 70, 35, 140
VERSIONS = {"pain.001.001.03": "BIC", "pain.001.001.09": "BICFI"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an account, where, and under which number."""

    name: str
    account: str
    bank: str = ""
    bic: str = ""
    correspondent: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One amount that the bank is to pay. `reference` comes back in the statement."""

    reference: str
    amount: Decimal
    payee: Holder
    purpose: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file asks the bank to pay, on one day, from one account."""

    number: str
    made_at: datetime
    day: date
    payer: Holder
    currency: str
    orders: Sequence[Order]


def check_batch(batch: Batch) -> None:
    """Refuse (Invalid) a batch without orders, and one that pays somebody whose account isn't known."""
    if not batch.orders:
        raise Invalid(_l("Choose at least one document to pay."))
    if not batch.payer.account:
        raise Invalid(_l("The account to pay from has no number. Add it under “Cash and bank”."))
    for order in batch.orders:
        if not order.payee.account:
            raise Invalid(_l("%(name)s has no bank account. Add one on the contact's card.", name=order.payee.name))


def as_client_bank(batch: Batch) -> bytes:
    """The batch as 1C text in windows-1251; what that can't write becomes a question mark."""
    check_batch(batch)
    return "\r\n".join(_client_bank_lines(batch)).encode("cp1251", "replace")


def _client_bank_lines(batch: Batch) -> Iterator[str]:
    day = f"{batch.day:%d.%m.%Y}"
    yield from ("1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", "Отправитель=Kontor")
    yield from (f"ДатаСоздания={batch.made_at:%d.%m.%Y}", f"ВремяСоздания={batch.made_at:%H:%M:%S}")
    yield from (
        f"ДатаНачала={day}",
        f"ДатаКонца={day}",
        f"РасчСчет={batch.payer.account}",
        "Документ=Платежное поручение",
    )
    for number, order in enumerate(batch.orders, 1):
        yield from ("СекцияДокумент=Платежное поручение", f"Номер={order.reference or number}", f"Дата={day}")
        yield f"Сумма={order.amount:.2f}"
        yield from _client_bank_holder("Плательщик", batch.payer)
        yield from _client_bank_holder("Получатель", order.payee)
        yield from (
            "ВидОплаты=01",
            "Очередность=5",
            f"НазначениеПлатежа={' '.join(order.purpose.split())}",
            "КонецДокумента",
        )
    yield from ("КонецФайла", "")


def _client_bank_holder(who: str, holder: Holder) -> Iterator[str]:
    name = " ".join(holder.name.split())
    yield from (f"{who}Счет={holder.account}", f"{who}={name}", f"{who}1={name}", f"{who}ИНН={holder.tax_id}")
    yield from (f"{who}РасчСчет={holder.account}", f"{who}Банк1={holder.bank}", f"{who}БИК={holder.bic}")
    yield f"{who}Корсчет={holder.correspondent}"


def as_pain(batch: Batch, version: str) -> bytes:
    """The batch as pain.001 of a version. Refused (Invalid): a version that isn't written, what `check_batch` refuses."""
    if version not in VERSIONS:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=version))
    check_batch(batch)
    space = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    root = etree.Element("Document", nsmap={None: space}, attrib={})
    message = _add(root, "CstmrCdtTrfInitn")
    total = sum((order.amount for order in batch.orders), Decimal(0))
    header = _add(message, "GrpHdr")
    _texts(header, MsgId=batch.number, CreDtTm=f"{batch.made_at:%Y-%m-%dT%H:%M:%S}", NbOfTxs=str(len(batch.orders)))
    _texts(header, CtrlSum=_money(total, batch.currency))
    _texts(_add(header, "InitgPty"), Nm=batch.payer.name[:_NAME])
    payment = _add(message, "PmtInf")
    _texts(payment, PmtInfId=batch.number, PmtMtd="TRF", NbOfTxs=str(len(batch.orders)))
    _texts(payment, CtrlSum=_money(total, batch.currency))
    if version.endswith(".03"):
        _texts(payment, ReqdExctnDt=batch.day.isoformat())
    else:
        _texts(_add(payment, "ReqdExctnDt"), Dt=batch.day.isoformat())
    _texts(_add(payment, "Dbtr"), Nm=batch.payer.name[:_NAME])
    _account(payment, "DbtrAcct", batch.payer.account, batch.currency)
    _agent(payment, "DbtrAgt", batch.payer, VERSIONS[version])
    for order in batch.orders:
        _transfer(payment, order, batch.currency, VERSIONS[version])
    for element in root.iter():
        element.tag = f"{{{space}}}{element.tag}"
    etree.cleanup_namespaces(root, top_nsmap={None: space})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _transfer(payment: etree._Element, order: Order, currency: str, bic: str) -> None:
    transfer = _add(payment, "CdtTrfTxInf")
    _texts(_add(transfer, "PmtId"), InstrId=order.reference[:_REFERENCE], EndToEndId=order.reference[:_REFERENCE])
    amount = _add(_add(transfer, "Amt"), "InstdAmt")
    amount.set("Ccy", currency)
    amount.text = _money(order.amount, currency)
    if order.payee.bic:
        _agent(transfer, "CdtrAgt", order.payee, bic)
    _texts(_add(transfer, "Cdtr"), Nm=order.payee.name[:_NAME])
    _account(transfer, "CdtrAcct", order.payee.account)
    _texts(_add(transfer, "RmtInf"), Ustrd=" ".join(order.purpose.split())[:_PURPOSE])


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, name)


def _texts(parent: etree._Element, **texts: str) -> None:
    for name, text in texts.items():
        _add(parent, name).text = text


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:.{digits_of(currency)}f}"


def _account(parent: etree._Element, name: str, number: str, currency: str = "") -> None:
    account = _add(parent, name)
    holder = _add(account, "Id")
    if iban.is_valid(number):
        _texts(holder, IBAN=str(iban.compact(number)))
    else:
        _texts(_add(holder, "Othr"), Id=number)
    if currency:
        _texts(account, Ccy=currency)


def _agent(parent: etree._Element, name: str, holder: Holder, bic: str) -> None:
    """The bank; a statement of one that isn't known is required of the payer's."""
    institution = _add(_add(parent, name), "FinInstnId")
    if len(holder.bic) in (8, 11):
        _texts(institution, **{bic: holder.bic})
    elif holder.bic:
        _texts(_add(institution, "ClrSysMmbId"), MmbId=holder.bic)
    else:
        _texts(_add(institution, "Othr"), Id="NOTPROVIDED")
