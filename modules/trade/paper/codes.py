"""What stands in the codes by which somebody pays with a phone. Pure.

EPC069-12 of the European Payments Council (SEPA), ГОСТ Р 56042-2014 (Russia), and VietQR: EMVCo's merchant-presented code as
NAPAS has it. Each refuses (ValueError) what its standard has no room for: better no code than one
that can't be paid.
"""

import re
import unicodedata
from decimal import Decimal

#: ISO 9362 of a Vietnamese bank, without its branch → the number by which NAPAS knows it
VIETNAMESE_BANKS = {
    "ABBKVNVX": "970425",
    "ASCBVNVX": "970416",
    "BFTVVNVX": "970436",
    "BIDVVNVX": "970418",
    "BVBVVNVX": "970438",
    "EBVIVNVX": "970431",
    "HDBCVNVX": "970437",
    "IABBVNVX": "970434",
    "ICBVVNVX": "970415",
    "KLBKVNVX": "970452",
    "LVBKVNVX": "970449",
    "MCOBVNVX": "970426",
    "MSCBVNVX": "970422",
    "NAMAVNVX": "970428",
    "NASCVNVX": "970409",
    "NVBAVNVX": "970419",
    "ORCOVNVX": "970448",
    "PGBLVNVX": "970430",
    "SACLVNVX": "970429",
    "SEAVVNVX": "970440",
    "SGTTVNVX": "970403",
    "SHBAVNVX": "970443",
    "SHBKVNVX": "970424",
    "TPBVVNVX": "970423",
    "VBAAVNVX": "970405",
    "VNACVNVX": "970427",
    "VNIBVNVX": "970441",
    "VNTTVNVX": "970433",
    "VPBKVNVX": "970432",
    "VTCBVNVX": "970407",
    "WBVNVNVX": "970412",
}


def epc_code(name: str, iban: str, amount: Decimal, text: str, bic: str = "") -> str:
    """A SEPA credit transfer (version 002, UTF-8). `amount` in euros, from 0.01 to 999,999,999.99. Name and text are cut to the
    70 and 140 characters that there are."""
    if not Decimal("0.01") <= amount <= Decimal("999999999.99") or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("amount")
    if not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", iban) or not name:
        raise ValueError("account")
    lines = ("BCD", "002", "1", "SCT", bic, _line(name, 70), iban, f"EUR{amount:.2f}", "", "", _line(text, 140))
    return "\n".join(lines)


def russian_code(
    name: str, account: str, bank: str, bic: str, correspondent: str, amount: Decimal, purpose: str, inn: str, kpp: str
) -> str:
    """A payment in roubles (`ST0001`, UTF-8); the separator is one that no value has. Kopecks as a whole number."""
    if not (re.fullmatch(r"\d{20}", account) and re.fullmatch(r"\d{9}", bic) and name and amount > 0):
        raise ValueError("account")
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("amount")
    values = {
        "Name": _line(name, 160),
        "PersonalAcc": account,
        "BankName": _line(bank, 45),
        "BIC": bic,
        "CorrespAcc": correspondent or "0",
        "PayeeINN": inn,
        "KPP": kpp,
        "Sum": f"{amount * 100:.0f}",
        "Purpose": _line(purpose, 210),
    }
    said = [f"{key}={value}" for key, value in values.items() if value]
    separator = next(mark for mark in "|~^\x1d" if mark not in "".join(said))
    return separator.join(("ST00012", *said))


def vietnamese_code(account: str, bic: str, amount: Decimal, text: str) -> str:
    """A transfer in đồng to an account. Of the text 25 characters go, without marks: banks refuse others."""
    bank = VIETNAMESE_BANKS.get(bic[:8])
    if bank is None or not re.fullmatch(r"[A-Za-z0-9]{6,19}", account):
        raise ValueError("account")
    if amount < 0 or amount != amount.to_integral_value() or amount >= 10**13:
        raise ValueError("amount")
    to = _field("00", bank) + _field("01", account)
    said = _plain(text)[:25].strip()
    code = _field("00", "01") + _field("01", "12" if amount else "11")
    code += _field("38", _field("00", "A000000727") + _field("01", to) + _field("02", "QRIBFTTA"))
    code += _field("53", "704") + (_field("54", f"{amount:.0f}") if amount else "") + _field("58", "VN")
    code += (_field("62", _field("08", said)) if said else "") + "6304"
    return f"{code}{crc16(code.encode()):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, beginning at 0xFFFF (ISO/IEC 13239, EMVCo 4.7.3)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _field(name: str, value: str) -> str:
    return f"{name}{len(value):02}{value}"


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def _plain(text: str) -> str:
    """In letters without marks, digits, blanks and hyphens."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return " ".join(re.sub(r"[^A-Za-z0-9 -]", " ", "".join(c for c in bare if not unicodedata.combining(c))).split())
