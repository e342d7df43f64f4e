"""A scratch copy of the sample company in which every record is one's own, a teammate's or somebody else's.

Nothing of what is tried in it is kept: its database is written once, and then only read.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import sessionmaker

from app import create_app
from app.config import Config
from app.db import Database, KontorSession
from app.demo import create_sample
from app.documents import Document
from app.registry.state import bump_generation
from app.security import SYSTEM, Role, Scoped, User
from app.security.operations import add_user
from app.setup import set_edition
from app.web.edge.request import Kontor

#: whose a record can be, seen from whoever asks
WHOSE = ("own", "team", "other")
#: who signs in without a role, and who doesn't sign in
NO_ROLE, STRANGER = "no role", "signed out"
_LOGIN, _PASSWORD = "asking", "only in a scratch copy"  # nobody else ever has this company


class _UnkeptSession(KontorSession):
    """A session whose commit gives up what it wrote, after the database has checked it."""

    def commit(self) -> None:
        self.flush()
        self.rollback()


class _UnkeptDatabase(Database):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._sessions = sessionmaker(class_=_UnkeptSession, expire_on_commit=False, autoflush=False)


class Scene:
    """The web application over the copy, and whose each record in it is."""

    def __init__(self, app: Kontor) -> None:
        self.app = app
        #: model of records that scopes narrow → row → whose it is
        self.whose: dict[Any, dict[int, str]] = {}
        self._cookie = ""
        self._kept = app.company.database
        self._unkept = _UnkeptDatabase(app.company.config.database_url)

    def act_as(self, role: str) -> None:
        """Let whoever asks have this role and no other, or be a stranger."""
        company = self.app.company

        def work(session: Any) -> None:
            user = session.scalars(select(User).where(User.login == _LOGIN)).one()
            user.roles = list(session.scalars(select(Role).where(Role.name == role)))
            bump_generation(session)

        company.database = self._kept
        self._kept.run(work, actor=SYSTEM)
        self._cookie = "" if role == STRANGER else self._sign_in()
        company.database = self._unkept

    def ask(self, method: str, address: str) -> Any:
        """The answer to whoever asks; what it changed is given up."""
        client = self.app.test_client(use_cookies=False)
        headers = {"Cookie": self._cookie} if self._cookie else {}
        return client.open(address, method=method, headers=headers, buffered=True)  # closes the files that it is given

    def read(self, work: Any) -> Any:
        """What `work` reads as the program itself."""
        return self._kept.run(work, actor=SYSTEM, write=False)

    def close(self) -> None:
        """Close its databases."""
        self.app.company.database = self._kept
        self._kept.dispose()
        self._unkept.dispose()

    def _sign_in(self) -> str:
        client = self.app.test_client(use_cookies=False)
        answer = client.post("/login", data={"login": _LOGIN, "password": _PASSWORD})
        return "; ".join(line.partition(";")[0] for line in answer.headers.getlist("Set-Cookie"))


@contextmanager
def scratch_copy(sample: Path | None = None) -> Iterator[Scene]:
    """The scene over a sample company of its own, or over a copy of one that is there, in the edition with every module."""
    with tempfile.TemporaryDirectory(prefix="kontor-access-") as folder:
        file = Path(folder) / "kontor.db"
        if sample is not None:
            shutil.copy(sample, file)
        app = create_app(Config(Path(folder), f"sqlite:///{file}", "scratch"))
        app.config.update(WTF_CSRF_ENABLED=False)
        if sample is None:
            create_sample(app.company)
        scene = Scene(app)
        app.company.database.run(lambda s: _share_out(s, scene), actor=SYSTEM)
        try:
            yield scene
        finally:
            scene.close()


def _share_out(session: Any, scene: Scene) -> None:
    """Give every record to whoever asks, a teammate or somebody else in turn; documents to whom the record is that they are
    made with, so that a document is one person's alone."""
    company = scene.app.company
    company.refresh(session)
    set_edition(session, SYSTEM, company, "enterprise")
    people = [
        add_user(session, SYSTEM, login=login, name=login, password=_PASSWORD, roles=[], team=team)
        for login, team in ((_LOGIN, "near"), ("teammate", "near"), ("somebody", "far"))
    ]
    for person in people:
        person.must_change_password = False
    ids = [person.id for person in people]
    for model in narrowed_models():
        scene.whose[model] = _give_out(session, model, ids) if model is not Document else {}
    for mapper in Document.__mapper__.polymorphic_map.values():
        scene.whose[Document] |= _give_out_kind(session, mapper.class_, scene, ids)


def narrowed_models() -> list[Any]:
    """The models whose rows are open by who is responsible for them."""
    return [m for m in Scoped._scoped if issubclass(m, Scoped) and hasattr(m, "responsible_id")]


def _give_out(session: Any, model: Any, people: Sequence[int]) -> dict[int, str]:
    table = model.__table__
    rows = session.scalars(select(table.c.id).order_by(table.c.id)).all()
    given = {row: number % 3 for number, row in enumerate(rows)}
    for number, person in enumerate(people):
        of_them = table.c.id.in_([row for row, whose in given.items() if whose == number])
        session.execute(update(table).where(of_them).values(responsible_id=person))
    return {row: WHOSE[number] for row, number in given.items()}


def _give_out_kind(session: Any, kind: Any, scene: Scene, people: Sequence[int]) -> dict[int, str]:
    table: Any = Document.__table__
    own = kind.__table__
    if own is table:
        return {}
    partner = own.c[kind.partner] if kind.partner else None
    columns = (own.c.id,) if partner is None else (own.c.id, partner)
    given = {}
    for number, row in enumerate(session.execute(select(*columns).order_by(own.c.id)).all()):
        whose = WHOSE[number % 3] if partner is None else scene.whose[kind.partner_model()][row[1]]
        given[row[0]] = whose
        person = people[WHOSE.index(whose)]
        session.execute(update(table).where(table.c.id == row[0]).values(responsible_id=person, owner_id=None))
    return given
