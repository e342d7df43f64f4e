"""People and companies one works with, what they owe and are owed, and their payments."""

from app.api.module import Begin, FieldGroup, MenuItem, Module, Noun, Permission, Tab
from app.api.texts import lazy_gettext as _l

_GROUP = _l("Contacts")
_OWN_MONEY = _l("Money")
_SELLERS = ("salesperson", "manager")
_MONEY = ("accountant", "manager")

module = Module(
    name="contacts",
    title=_GROUP,
    version="1.0",
    permissions=(
        Permission("contacts.contact.view", _l("See contacts"), (*_SELLERS, "accountant", "storekeeper")),
        Permission("contacts.contact.edit", _l("Add and change contacts"), (*_SELLERS, "accountant")),
        Permission("contacts.contact.merge", _l("Merge contacts, and find duplicates"), _MONEY),
        Permission(
            "contacts.client.view",
            _l("See what clients may open themselves"),
            _MONEY,
            requires=("contacts.contact.view", "contacts.private"),
        ),
        # Whoever makes a link can open it.
        Permission(
            "contacts.client.edit",
            _l("Give clients links and sign-ins"),
            ("manager",),
            requires=("contacts.client.view", "contacts.statement.view"),
        ),
        # All that is kept of somebody, whatever one sees otherwise: whom an administrator trusts with it says a role.
        Permission(
            "contacts.person.export",
            _l("Take along everything on a person"),
            requires=("contacts.contact.view", "contacts.private", "contacts.financial"),
        ),
        Permission("contacts.person.erase", _l("Erase a person for good"), requires=("contacts.person.export",)),
        Permission("contacts.label.edit", _l("Rename and remove sources, statuses and tags"), ("manager",)),
        Permission(
            "contacts.contract.view", _l("See contracts"), (*_SELLERS, "accountant"), ("contacts.contact.view",)
        ),
        Permission(
            "contacts.limit.edit",
            _l("Set what happens beyond credit limits"),
            ("manager",),
            requires=("contacts.financial",),
        ),
        Permission("contacts.limit.override", _l("Sell beyond credit limits and to whoever is late"), ("manager",)),
        Permission("contacts.contract.edit", _l("Add and change contracts"), (*_SELLERS, "accountant")),
        Permission(
            "contacts.activity.view",
            _l("See notes, calls, letters and meetings"),
            (*_SELLERS, "accountant"),
            requires=("contacts.contact.view",),
        ),
        # What is written there is private.
        Permission(
            "contacts.activity.edit",
            _l("Write notes, calls, letters and meetings"),
            (*_SELLERS, "accountant"),
            requires=("contacts.private",),
        ),
        # What files say of a contact is private.
        Permission(
            "contacts.file.view",
            _l("See the files of contacts"),
            (*_SELLERS, "accountant"),
            requires=("contacts.contact.view", "contacts.private", "core.file.view"),
        ),
        Permission("contacts.task.view", _l("See tasks"), (*_SELLERS, "accountant", "storekeeper")),
        Permission("contacts.task.edit", _l("Give and do tasks"), (*_SELLERS, "accountant", "storekeeper")),
        Permission("contacts.task_kind.edit", _l("Change the kinds of tasks"), ("manager",)),
        Permission("contacts.folder.edit", _l("Make, move and remove folders of contacts"), ("salesperson", "manager")),
        Permission("contacts.payment.view", _l("See payments"), (*_MONEY, "salesperson")),
        Permission("contacts.payment.post", _l("Record payments"), _MONEY),
        Permission("contacts.payment.reverse", _l("Reverse payments"), _MONEY),
        Permission("contacts.allocation.view", _l("See allocations"), _MONEY, requires=("contacts.financial",)),
        Permission("contacts.allocation.post", _l("Allocate payments to documents"), _MONEY),
        Permission("contacts.allocation.reverse", _l("Reverse allocations"), _MONEY),
        Permission(
            "contacts.letter.view",
            _l("See letters to contacts"),
            (*_SELLERS, "accountant"),
            requires=("contacts.contact.view", "contacts.private"),
        ),
        Permission("contacts.letter.send", _l("Send letters to contacts"), (*_SELLERS, "accountant")),
        Permission(
            "contacts.mailing.edit",
            _l("Send statements and acts to many by a schedule"),
            _MONEY,
            requires=("contacts.letter.send", "contacts.statement.view"),
        ),
        Permission("contacts.letter.edit", _l("Change the texts of letters"), ("manager",)),
        Permission(
            "contacts.reminder.send",
            _l("Remind contacts of what is overdue"),
            _MONEY,
            requires=("contacts.financial", "contacts.private", "contacts.statement.view", "contacts.letter.send"),
        ),
        Permission(
            "contacts.bank.view", _l("See bank statements"), _MONEY, requires=("contacts.financial", "contacts.private")
        ),
        Permission("contacts.bank.import", _l("Import bank statements"), _MONEY),
        Permission(
            "contacts.bank.order",
            _l("Pay suppliers by files for the bank"),
            _MONEY,
            requires=("contacts.financial", "contacts.private", "contacts.statement.view"),
        ),
        Permission("contacts.bank.post", _l("Post payments from bank statements"), _MONEY),
        # Statements, balances and open items name contacts and are made of what is owed.
        Permission(
            "contacts.statement.view",
            _l("See statements"),
            (*_MONEY, "salesperson"),
            requires=("contacts.contact.view", "contacts.financial"),
        ),
        Permission(
            "contacts.account.view", _l("See cash desks and bank accounts"), _MONEY, requires=("contacts.cash",)
        ),
        Permission("contacts.account.edit", _l("Change cash desks, bank accounts and expense items"), _MONEY),
        Permission("contacts.other_payment.view", _l("See payments without a contact"), _MONEY),
        Permission("contacts.other_payment.post", _l("Record payments without a contact"), _MONEY),
        Permission("contacts.other_payment.reverse", _l("Reverse payments without a contact"), _MONEY),
        Permission("contacts.adjustment.view", _l("See debt adjustments"), _MONEY, requires=("contacts.financial",)),
        Permission("contacts.adjustment.post", _l("Enter opening debts, write off, offset"), _MONEY),
        Permission("contacts.adjustment.reverse", _l("Reverse debt adjustments"), _MONEY),
        Permission("contacts.revaluation.view", _l("See revaluations"), _MONEY, requires=("contacts.cash",)),
        Permission("contacts.revaluation.post", _l("Revalue foreign currencies at a period's end"), _MONEY),
        Permission("contacts.revaluation.reverse", _l("Reverse revaluations"), _MONEY),
        Permission(
            "contacts.penalty.view",
            _l("See penalty interest and key rates"),
            _MONEY,
            requires=("contacts.financial", "contacts.contract.view", "contacts.statement.view"),
        ),
        Permission("contacts.penalty.post", _l("Charge penalty interest, change key rates"), _MONEY),
        Permission("contacts.penalty.reverse", _l("Reverse penalty interest"), _MONEY),
        Permission("contacts.transfer.view", _l("See transfers between own accounts"), _MONEY),
        Permission("contacts.transfer.post", _l("Transfer money between own accounts"), _MONEY),
        Permission("contacts.transfer.reverse", _l("Reverse transfers"), _MONEY),
    ),
    nouns=(
        Noun("contacts.contact", _l("Contacts"), {"salesperson": "own"}),
        Noun("contacts.task", _l("Tasks"), {"salesperson": "own", "accountant": "own", "storekeeper": "own"}),
        Noun("contacts.payment", _l("Payments"), {"salesperson": "own"}),
        Noun("contacts.allocation", _l("Allocations"), {"salesperson": "own"}),
        Noun("contacts.adjustment", _l("Debt adjustments"), {"salesperson": "own"}),
        Noun("contacts.penalty", _l("Penalty interest"), {"salesperson": "own"}),
    ),
    field_groups=(
        FieldGroup(
            "contacts.private",
            _l("Addresses, phones, birthdays, tax numbers"),
            (*_SELLERS, "accountant"),
            is_watched=True,
        ),
        FieldGroup(
            "contacts.financial",
            _l("Balances, debts, credit limits, bank details"),
            (*_MONEY, "salesperson"),
            is_watched=True,
        ),
        FieldGroup("contacts.cash", _l("Balances of cash desks and bank accounts"), _MONEY),
    ),
    menu=(
        MenuItem(_l("Legal entities"), "contacts.legal_entity_list", "contacts.contact.view", _GROUP, "building"),
        MenuItem(
            _l("Sole proprietors"), "contacts.sole_proprietor_list", "contacts.contact.view", _GROUP, "user-circle"
        ),
        MenuItem(_l("Individuals"), "contacts.individual_list", "contacts.contact.view", _GROUP, "user"),
        MenuItem(_l("Contracts"), "contacts.contract_list", "contacts.contract.view", _GROUP, "file-text"),
        MenuItem(_l("Tasks"), "contacts.task_list", "contacts.task.view", _GROUP, "clipboard-list"),
        MenuItem(_l("Folders"), "contacts.folder_list", "contacts.contact.view", _GROUP, "folder"),
        MenuItem(_l("Duplicates"), "contacts.duplicate_list", "contacts.contact.merge", _GROUP, "copy"),
        MenuItem(_l("Payments"), "contacts.payment_list", "contacts.payment.view", _GROUP, "cash"),
        MenuItem(_l("Bank statements"), "contacts.bank_list", "contacts.bank.view", _OWN_MONEY, "building-bank"),
        MenuItem(_l("Pay suppliers"), "contacts.bank_order_list", "contacts.bank.order", _OWN_MONEY, "cash"),
        MenuItem(_l("Cash and bank"), "contacts.account_list", "contacts.account.view", _OWN_MONEY, "building-bank"),
        MenuItem(
            _l("Payments without a contact"),
            "contacts.other_payment_list",
            "contacts.other_payment.view",
            _OWN_MONEY,
            "receipt",
        ),
        MenuItem(_l("Transfers"), "contacts.transfer_list", "contacts.transfer.view", _OWN_MONEY, "arrows-exchange"),
        MenuItem(_l("Expense items"), "contacts.expense_item_list", "contacts.account.view", _OWN_MONEY, "list"),
        MenuItem(_l("Open items"), "contacts.open_item_list", "contacts.statement.view", _GROUP, "clipboard-list"),
        MenuItem(_l("Allocations"), "contacts.allocation_list", "contacts.allocation.view", _GROUP, "transfer"),
        MenuItem(
            _l("Debt adjustments"),
            "contacts.adjustment_list",
            "contacts.adjustment.view",
            _OWN_MONEY,
            "adjustments-horizontal",
        ),
        MenuItem(_l("Penalty interest"), "contacts.penalty_list", "contacts.penalty.view", _OWN_MONEY, "clock"),
        MenuItem(_l("Revaluations"), "contacts.revaluation_list", "contacts.revaluation.view", _OWN_MONEY, "chart-bar"),
        MenuItem(_l("Payment calendar"), "contacts.calendar_list", "contacts.statement.view", _OWN_MONEY, "calendar"),
        MenuItem(_l("Balances"), "contacts.balance_list", "contacts.statement.view", _GROUP, "scale"),
        MenuItem(_l("Mailings"), "contacts.mailing_list", "contacts.mailing.edit", _GROUP, "mail"),
        MenuItem(_l("Letter texts"), "contacts.letter_text_list", "contacts.letter.edit", _l("Administration"), "mail"),
        MenuItem(_l("Ageing of debts"), "contacts.ageing_list", "contacts.statement.view", _GROUP, "clock"),
        MenuItem(_l("Payment reminders"), "contacts.reminder_list", "contacts.reminder.send", _GROUP, "send"),
        MenuItem(
            _l("Credit control"), "contacts.limit_edit", "contacts.limit.edit", _l("Administration"), "shield-lock"
        ),
        MenuItem(_l("Words for contacts"), "contacts.label_list", "contacts.label.edit", _l("Administration"), "list"),
        MenuItem(
            _l("Kinds of tasks"), "contacts.task_kind_list", "contacts.task_kind.edit", _l("Administration"), "flag"
        ),
    ),
    words={
        "contacts.contact": _l("Contact"),
        "contacts.client": _l("Client access"),
        "contacts.person": _l("Person"),
        "contacts.contract": _l("Contract"),
        "contacts.file": _l("Files of contacts"),
        "contacts.letter": _l("Letter"),
        "contacts.mailing": _l("Mailing"),
        "contacts.limit": _l("Credit control"),
        "contacts.reminder": _l("Payment reminder"),
        "contacts.account": _l("Account"),
        "contacts.expense_item": _l("Expense item"),
        "contacts.key_rate": _l("Key rate"),
        "contacts.policy": _l("Settings of settlements"),
        "contacts.label": _l("Word for contacts"),
        "contacts.activity": _l("Note, call, letter or meeting"),
        "contacts.bank": _l("Bank statement"),
        "contacts.bank_order": _l("Payment batch"),
        "contacts.folder": _l("Folder of contacts"),
        "contacts.statement": _l("Statement"),
        # why somebody's scope was left: as the code says it
        "allocations go with the document that is reversed": _l("allocations go with the document that is reversed"),
        "a kind of tasks is removed only when nobody has one of it": _l(
            "a kind of tasks is removed only when nobody has one of it"
        ),
        "codes of contacts are unique for everyone": _l("codes of contacts are unique for everyone"),
        "what lies in a folder that is removed moves up, whoever may see it": _l(
            "what lies in a folder that is removed moves up, whoever may see it"
        ),
        "companies of a group lie above each other, whoever may see them": _l(
            "companies of a group lie above each other, whoever may see them"
        ),
    },
    begins=(
        Begin(
            "contacts.contact",
            _l("Record a payment"),
            "contacts.payment_new",
            "contacts.payment.post",
            "contact",
            "cash",
            "Alt+M",
        ),
        Begin(
            "contacts.contact",
            _l("New letter"),
            "contacts.letter_new",
            "contacts.letter.send",
            "contact_id",
            "mail",
            "Alt+L",
        ),
        Begin(
            "contacts.contact",
            _l("New contract"),
            "contacts.contract_new",
            "contacts.contract.edit",
            "contact",
            "file-text",
            "Alt+C",
        ),
    ),
    tabs=(
        Tab(
            "contacts.contact",
            _l("Timeline"),
            "tabs:timeline",
            "contacts.contact.view",
            address="/contacts/<int:contact_id>/timeline",
            help="contacts.timeline",
        ),
        Tab(
            "contacts.contact",
            _l("Files"),
            "tabs:files",
            "contacts.file.view",
            address="/contacts/<int:contact_id>/files",
            help="core.file",
        ),
        Tab(
            "contacts.contact",
            _l("Statement"),
            "tabs:statement_view",
            "contacts.statement.view",
            address="/contacts/<int:contact_id>/statement",
            help="contacts.statement",
        ),
        Tab(
            "contacts.contact",
            _l("Open items"),
            "tabs:open_items_of_contact",
            "contacts.statement.view",
            address="/contacts/<int:contact_id>/open-items",
            help="contacts.open_item",
        ),
        Tab(
            "contacts.contact",
            _l("Contracts"),
            "tabs:contract_tab",
            "contacts.contract.view",
            address="/contacts/<int:contact_id>/contracts",
            help="contacts.contract",
        ),
        Tab(
            "contacts.contact",
            _l("Letters"),
            "tabs:letters_of_contact",
            "contacts.letter.view",
            address="/contacts/<int:contact_id>/letters",
            help="contacts.letter",
        ),
        Tab(
            "contacts.contact",
            _l("Client access"),
            "tabs:client_access_of_contact",
            "contacts.client.view",
            address="/contacts/<int:contact_id>/client-access",
            help="contacts.client",
        ),
        Tab(
            "core.document",
            _l("Letters"),
            "tabs:letters_of_document",
            "contacts.letter.view",
            address="/documents/<int:document_id>/letters",
            help="contacts.letter",
            with_partner=True,
        ),
    ),
)
