"""The sample company's contacts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.security import Actor, User
from modules.contacts.models import INDIVIDUAL, LEGAL_ENTITY
from modules.contacts.operations import create_contact

#: code, name, country, phone, whose it is
_COMPANIES = (
    ("C-1001", "Bergen Joinery AS", "NO", "+47 55 30 12 00", "sam"),
    ("C-1002", "Brightwater Builders Ltd", "GB", "+44 1273 555 010", "sam"),
    ("C-1003", "Clockwork Cycles LLP", "GB", "+44 117 555 0184", "sofia"),
    ("C-1004", "Đông Á Furniture Co.", "VN", "+84 28 3822 0011", "sofia"),
    ("C-1005", "Fenland Boatyard Ltd", "GB", "+44 1353 555 062", "sam"),
    ("C-1006", "Grünwald & Söhne GmbH", "DE", "+49 89 5550 1420", "sofia"),
    ("C-1007", "ООО «Невский Мастер»", "RU", "+7 812 555 01 43", "sofia"),
    ("S-2001", "Sheffield Fasteners plc", "GB", "+44 114 555 0133", "maria"),
    ("S-2002", "Lübeck Tools GmbH", "DE", "+49 451 555 0177", "maria"),
)
_PEOPLE = (
    ("P-3001", "Eleanor Whitby", "GB", "+44 7700 900 118", "sam"),
    ("P-3002", "Иван Соколов", "RU", "+7 921 555 01 18", "sofia"),
    ("P-3003", "Nguyễn Thị Hương", "VN", "+84 90 555 0142", "sofia"),
    ("P-3004", "Thomas Ashdown", "GB", "+44 7700 900 733", "sam"),
)


def fill(session: Session, actor: Actor) -> None:
    """Companies and people, shared between the sample salespeople."""
    users = {user.login: user.id for user in session.scalars(select(User))}
    for kind, rows in ((LEGAL_ENTITY, _COMPANIES), (INDIVIDUAL, _PEOPLE)):
        for code, name, country, phone, login in rows:
            create_contact(
                session,
                actor,
                kind=kind,
                name=name,
                code=code,
                country=country,
                phone=phone,
                email=f"{code.lower()}@example.com",
                responsible_id=users.get(login),
            )
