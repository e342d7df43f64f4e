"""Which of the known formats a bank's file is, and what it says."""

from collections.abc import Sequence

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.camt import is_xml, read_camt
from modules.contacts.bank.client_bank import is_client_bank, read_client_bank
from modules.contacts.bank.mt940 import is_mt940, read_mt940
from modules.contacts.bank.ofx import is_ofx, read_ofx
from modules.contacts.bank.statement import BadFile, Statement, checked

#: Bytes of a file; what banks send of a year of a busy account is a tenth of it.
LARGEST = 64 << 20


def format_of(content: bytes) -> str:
    """1C, OFX, CAMT or MT940, by what is in a file; empty where it is none of them."""
    known = {"1C": is_client_bank, "OFX": is_ofx, "CAMT": is_xml, "MT940": is_mt940}
    return next((name for name, fits in known.items() if fits(content)), "")


def read_statements(content: bytes, encoding: str = "") -> tuple[str, Sequence[Statement]]:
    """The format of a file and its statements, whose figures add up. `encoding` goes before what the text formats say or look
    like.

    Refused (BadFile): a file of none of these formats, an empty or huge one, what the formats refuse, what `checked` refuses.
    """
    if not content.strip(b" \t\r\n\0"):
        raise BadFile(_l("the file is empty. Export the statement again."))
    if len(content) > LARGEST:
        raise BadFile(_l("the file is too large. Export fewer days at once."))
    match format_of(content):
        case "1C":
            return "1C", checked(read_client_bank(content, encoding))
        case "OFX":
            return "OFX", checked(read_ofx(content, encoding))
        case "CAMT":
            return "CAMT", checked(read_camt(content))
        case "MT940":
            return "MT940", checked(read_mt940(content, encoding))
    raise BadFile(
        _l(
            "this isn't a bank statement that can be read: 1C, MT940, MT942, CAMT.052, .053, .054, OFX and tables can be."
        )
    )
