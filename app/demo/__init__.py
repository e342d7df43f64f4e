"""The sample company: users of every role, and whatever sample data the modules that are on bring along.

Its users have passwords that everybody can read here, so they are made in the sample company alone, and in another only by a
command that prints them.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.company import Company
from app.reference import organisation
from app.reference.operations import change_organisation
from app.reference.requisites import save_requisites
from app.sample import marking
from app.security import SYSTEM, User
from app.security.operations import add_user
from app.setup import create_company

#: Login, password, role: printed at start-up, for trying things out on one's own machine.
LOGINS = (
    ("admin", "admin-sample", "administrator"),
    ("maria", "maria-sample", "manager"),
    ("anna", "anna-sample", "accountant"),
    ("sam", "sam-sample", "salesperson"),
    ("sofia", "sofia-sample", "salesperson"),
    ("steve", "steve-sample", "storekeeper"),
    ("bella", "bella-sample", "buyer"),
)
_NAMES = {
    "admin": "Ada Minsk",
    "maria": "Maria Lindqvist",
    "anna": "Anna Berg",
    "sam": "Sam Okafor",
    "sofia": "Sofia Petrova",
    "steve": "Steve Hansen",
    "bella": "Bella Novak",
}
_ADDRESS, _PHONE = "14 Quay Street, Brighton BN2 5UF", "+44 1273 555 000"


def create_sample(company: Company) -> None:
    """Make the sample company in an empty database."""
    login, password, _ = LOGINS[0]
    create_company(
        company,
        organisation="Hansa Hardware Ltd",
        country="GB",
        currency="GBP",
        edition="trade",
        login=login,
        password=password,
        name=_NAMES[login],
    )
    company.database.run(_introduce, actor=SYSTEM)
    add_users(company)
    fill(company, trades_abroad=True)


def _introduce(session: Session) -> None:
    """What stands on the sample company's papers."""
    own = organisation(session)
    letterhead = f"{_ADDRESS}\n{_PHONE} · office@example.com"
    change_organisation(session, SYSTEM, name=own.name, country=own.country, tax_id=own.tax_id, letterhead=letterhead)
    save_requisites(
        session, SYSTEM, address=_ADDRESS, phone=_PHONE, director=_NAMES["maria"], accountant=_NAMES["anna"]
    )


def add_users(company: Company) -> None:
    """Add the sample users, without the administrator and whoever is called as one of them."""

    def work(session: Session) -> None:
        taken = set(session.scalars(select(User.login)))
        with marking(session, [User.__table__]):
            for login, password, role in LOGINS:
                if role != "administrator" and login not in taken:
                    add_user(
                        session, SYSTEM, login=login, name=_NAMES[login], password=password, roles=[role], team="Sales"
                    )

    company.database.run(work, actor=SYSTEM)


def fill(company: Company, *, trades_abroad: bool = False) -> None:
    """Add every module's sample data to a company, in one transaction; the sample users, as far as there are any, have their
    customers. Which rows it brings is marked, so that it can be removed (`app.sample`).

    A module's `sample.fill` comes before those of the modules that need it; its `sample.finish` comes after all of them.

    `trades_abroad`: also `sample.fill_abroad`, which brings foreign money at invented rates. These would hold for a company's
    own documents too, so only a company that is made as a sample has them."""
    steps = ("fill", "fill_abroad") if trades_abroad else ("fill",)

    def work(session: Session) -> None:
        company.refresh(session)
        organisation(session).is_sample = True
        with marking(session):
            for module in company.enabled:
                for step in steps:
                    if run := module.attribute("sample", step):
                        run(session, SYSTEM)
            for module in company.enabled:
                if run := module.attribute("sample", "finish"):
                    run(session, SYSTEM)

    company.database.run(work, actor=SYSTEM)
