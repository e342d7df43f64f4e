"""Users, roles and what they grant, and the sessions in which users are signed in."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.audit.kept import UNKEPT
from app.db import Base, Id
from app.ordering import order, ordered
from app.versions import Versioned

user_role = Table(
    "core_user_role",
    Base.metadata,
    Column("user_id", ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("core_role.id", ondelete="CASCADE"), primary_key=True),
)


class Team(Base):
    """Users who share what the scope "team" opens."""

    __tablename__ = "core_team"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class User(Versioned, Base):
    """Someone who signs in."""

    __tablename__ = "core_user"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: what one types to sign in, lower case
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which it stands in order
    name_order: Mapped[str] = ordered()
    #: where mail to them goes; empty: nowhere
    email: Mapped[str] = mapped_column(String(254), default="")
    #: argon2id
    password_hash: Mapped[str] = mapped_column(String(200), info=UNKEPT)
    #: somebody else has set it: nothing is open until they have chosen one that they alone know
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    team_id: Mapped[int | None] = mapped_column(ForeignKey("core_team.id"))
    #: en, ru or vi; None follows the browser
    locale: Mapped[str | None] = mapped_column(String(5), info=UNKEPT)
    is_active: Mapped[bool] = mapped_column(default=True)
    #: numbers of the own organisations in whose books they work, with commas; empty: of all of them
    books: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: as JSON, noun → numbers of what they are limited to, such as warehouses; what is not named is all open
    limits: Mapped[str] = mapped_column(Text, default="", server_default="")

    roles: Mapped[list["Role"]] = relationship(secondary=user_role, order_by="Role.name")


class Role(Versioned, Base):
    """A bundle of rights. Shipped roles have the names that modules grant to by default."""

    __tablename__ = "core_role"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    #: nothing but setting it up is open to whoever has the role and no second factor
    needs_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())


class Grant(Base):
    """One right of a role: a permission, a confidential field group, or the scope over a noun."""

    __tablename__ = "core_grant"

    role_id: Mapped[int] = mapped_column(ForeignKey("core_role.id", ondelete="CASCADE"), primary_key=True)
    #: permission, group or scope
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: the permission's, the group's or the noun's name
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: for scopes: none, own, team or all
    scope: Mapped[str | None] = mapped_column(String(4))


class Offered(Base):
    """A right that was offered to the shipped roles once: whoever has lost it since does not get it again."""

    audited_as = ""

    __tablename__ = "core_offered"

    #: as in Grant
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)


class Login(Base):
    """A signed-in browser or an API token, until it is revoked."""

    audited_as = ""

    __tablename__ = "core_login"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of the secret that the browser or the program holds; the secret itself is kept nowhere
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: browser or token
    kind: Mapped[str] = mapped_column(String(10), default="browser")
    #: the browser's or the token's name, for the list that its owner reads
    agent: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    #: UTC
    created_at: Mapped[datetime]
    #: UTC; after this moment it opens nothing
    expires_at: Mapped[datetime]
    #: of a token: read, or write, which reads too
    access: Mapped[str] = mapped_column(String(5), default="write", server_default="write")
    #: of a token: modules or nouns, with commas, beyond which it opens nothing; empty: as far as its user's rights go
    reach: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: UTC: when it last asked for anything, to within a few minutes
    seen_at: Mapped[datetime | None]
    #: as whom its user acts there, and how: view (sees what they see) or deputy; None: as themselves
    as_user_id: Mapped[int | None] = mapped_column(BigInteger)
    as_kind: Mapped[str | None] = mapped_column(String(10))
    #: UTC: when the user last gave their password in this browser; None: never since it is kept, or a token
    proved_at: Mapped[datetime | None]


class RoleForTime(Base):
    """A role that a user has from one day to another, both included."""

    __tablename__ = "core_role_for_time"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("core_role.id", ondelete="CASCADE"))
    from_day: Mapped[date]
    until_day: Mapped[date]

    role: Mapped[Role] = relationship()


class Deputy(Base):
    """Who stands in for whom, from one day to another, both included."""

    __tablename__ = "core_deputy"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    for_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]

    user: Mapped[User] = relationship(foreign_keys=user_id)


class SecondFactor(Base):
    """What a user's phone makes codes of (RFC 6238). Begun, until they have typed a code of it; then it is asked for."""

    audited_as = ""

    __tablename__ = "core_second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True)
    #: the secret, encrypted by the installation's own key (`app.security.second_factor`)
    sealed: Mapped[str] = mapped_column(String(300))
    #: UTC; None: begun only
    confirmed_at: Mapped[datetime | None]
    #: the last step of 30 seconds whose code was taken: neither that code nor an older one is taken again
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    #: tries at a code since `tried_since` (UTC) that were wrong or are not decided yet, whichever server was asked
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_since: Mapped[datetime | None]
    #: UTC: browsers that were trusted before are asked again
    trusted_from: Mapped[datetime]


class WrongTries(Base):
    """How often a secret was wrong, whichever server process was asked (`app.security.wrong_tries`)."""

    audited_as = ""

    __tablename__ = "core_wrong_tries"

    #: SHA-256 of what is counted: the limit, and the login, address or browser that it is counted for
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    times: Mapped[int]
    #: UTC; from this moment on they don't count
    until: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code that stands in for the phone's, once."""

    audited_as = ""

    __tablename__ = "core_recovery_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of the code, which has 80 random bits
    digest: Mapped[str] = mapped_column(String(64), unique=True)
