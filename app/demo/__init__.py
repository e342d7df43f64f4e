"""The sample company: users of every role, and whatever sample data the modules that are on bring along."""

from sqlalchemy.orm import Session

from app.company import Company
from app.reference import organisation
from app.security import SYSTEM
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
)
_NAMES = {
    "admin": "Ada Minsk",
    "maria": "Maria Lindqvist",
    "anna": "Anna Berg",
    "sam": "Sam Okafor",
    "sofia": "Sofia Petrova",
    "steve": "Steve Hansen",
}


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
    fill(company)


def fill(company: Company) -> None:
    """Add the sample users and every module's sample data to a company, in one transaction."""

    def work(session: Session) -> None:
        company.refresh(session)
        for login, password, role in LOGINS:
            if role != "administrator":
                add_user(
                    session, SYSTEM, login=login, name=_NAMES[login], password=password, roles=[role], team="Sales"
                )
        organisation(session).is_sample = True
        for module in company.enabled:
            if sample := module.attribute("sample", "fill"):
                sample(session, SYSTEM)

    company.database.run(work, actor=SYSTEM)
