"""What neighbours may import of contacts: partners, what they owe, what settles it."""

from modules.contacts.advances import advances_by_document, advances_for, settle_in_advance
from modules.contacts.conditions import TERMS
from modules.contacts.contract_models import STATES as CONTRACT_STATES
from modules.contacts.contract_models import Contract
from modules.contacts.contracts import (
    check_contract,
    contract_by_id,
    contract_fact,
    contracts_of,
    create_contract,
    discount_for,
    due_for,
)
from modules.contacts.contracts import offered as contracts_offered
from modules.contacts.credit import Planned, check_credit, credit_warnings, refusals
from modules.contacts.families import by_head, family_of
from modules.contacts.folders import folder_tree, offered_folders
from modules.contacts.instalments import payments_of
from modules.contacts.languages import language_of
from modules.contacts.letters.by_itself import send_document
from modules.contacts.letters.declaring import declare_document_letter, declare_worded_letter
from modules.contacts.models import (
    INDIVIDUAL,
    KINDS,
    LEGAL_ENTITY,
    SOLE_PROPRIETOR,
    Address,
    BankAccount,
    Contact,
    Folder,
    OfContact,
    Payment,
    TaxNumber,
    UnderContract,
)
from modules.contacts.money.accounts import (
    KIND_OF_METHOD,
    account_to_use,
    accounts_in_use,
    expense_item_by_id,
    expense_items,
    save_expense_item,
)
from modules.contacts.money.adjustments import record_credit
from modules.contacts.money.models import BANK, BOTH, CASH, ExpenseItem, MoneyAccount
from modules.contacts.money.paying_to import PaidTo, account_to_pay
from modules.contacts.money.recording import record_other_payment, record_transfer
from modules.contacts.money.registers import Cash
from modules.contacts.money.words import item_word
from modules.contacts.operations import Debt, create_contacts, record_payment, settle
from modules.contacts.overdue import count_overdue, overdue_documents
from modules.contacts.pairs import settled_with
from modules.contacts.parties import contact_by_id, parties_by_id
from modules.contacts.penalties.agreed import rate_words
from modules.contacts.queries import (
    allocations_of,
    contacts_called,
    left_to_pay,
    open_of,
    sees_open_items,
    unpaid_documents,
)
from modules.contacts.reductions import Reduction, declare_reductions
from modules.contacts.registers import Settlements
from modules.contacts.search import ContactSearch
from modules.contacts.settling import debt_in_parts, open_amount, open_amounts
from modules.contacts.taxable import tax_facts

__all__ = [
    "Address",
    "BANK",
    "by_head",
    "BankAccount",
    "CONTRACT_STATES",
    "TERMS",
    "rate_words",
    "BOTH",
    "CASH",
    "Cash",
    "ExpenseItem",
    "KIND_OF_METHOD",
    "MoneyAccount",
    "Payment",
    "account_to_use",
    "accounts_in_use",
    "expense_item_by_id",
    "expense_items",
    "item_word",
    "open_amount",
    "open_amounts",
    "record_credit",
    "record_other_payment",
    "record_transfer",
    "save_expense_item",
    "Contact",
    "ContactSearch",
    "declare_document_letter",
    "declare_worded_letter",
    "language_of",
    "Contract",
    "Debt",
    "Folder",
    "INDIVIDUAL",
    "KINDS",
    "LEGAL_ENTITY",
    "OfContact",
    "PaidTo",
    "SOLE_PROPRIETOR",
    "Planned",
    "Settlements",
    "TaxNumber",
    "UnderContract",
    "advances_by_document",
    "advances_for",
    "account_to_pay",
    "allocations_of",
    "check_contract",
    "check_credit",
    "credit_warnings",
    "contact_by_id",
    "contacts_called",
    "contract_by_id",
    "contract_fact",
    "contracts_of",
    "contracts_offered",
    "create_contacts",
    "create_contract",
    "debt_in_parts",
    "declare_reductions",
    "discount_for",
    "due_for",
    "Reduction",
    "family_of",
    "send_document",
    "folder_tree",
    "offered_folders",
    "open_of",
    "count_overdue",
    "overdue_documents",
    "parties_by_id",
    "payments_of",
    "record_payment",
    "refusals",
    "sees_open_items",
    "settle",
    "settled_with",
    "settle_in_advance",
    "tax_facts",
    "left_to_pay",
    "unpaid_documents",
]
