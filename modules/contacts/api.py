"""What neighbours may import of contacts: partners, what they owe, what settles it."""

from modules.contacts.advances import advances_for, settle_in_advance
from modules.contacts.contract_models import Contract
from modules.contacts.contracts import check_contract, contract_by_id, contract_fact, due_for
from modules.contacts.contracts import offered as contracts_offered
from modules.contacts.credit import Planned, check_credit, credit_warnings, refusals
from modules.contacts.families import family_of
from modules.contacts.folders import folder_tree, offered_folders
from modules.contacts.models import (
    INDIVIDUAL,
    KINDS,
    LEGAL_ENTITY,
    SOLE_PROPRIETOR,
    Contact,
    Folder,
    OfContact,
    UnderContract,
)
from modules.contacts.operations import Debt, create_contacts, record_payment, settle
from modules.contacts.parties import contact_by_id, parties_by_id
from modules.contacts.queries import allocations_of, open_of
from modules.contacts.search import ContactSearch
from modules.contacts.settling import debt_in_parts

__all__ = [
    "Contact",
    "ContactSearch",
    "Contract",
    "Debt",
    "Folder",
    "INDIVIDUAL",
    "KINDS",
    "LEGAL_ENTITY",
    "OfContact",
    "SOLE_PROPRIETOR",
    "Planned",
    "UnderContract",
    "advances_for",
    "allocations_of",
    "check_contract",
    "check_credit",
    "credit_warnings",
    "contact_by_id",
    "contract_by_id",
    "contract_fact",
    "contracts_offered",
    "create_contacts",
    "debt_in_parts",
    "due_for",
    "family_of",
    "folder_tree",
    "offered_folders",
    "open_of",
    "parties_by_id",
    "record_payment",
    "refusals",
    "settle",
    "settle_in_advance",
]
