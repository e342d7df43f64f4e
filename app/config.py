"""Where a company's data lies and how it is reached: environment first, then `kontor.toml` in the data folder."""

import base64
import hmac
import os
import secrets
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from app.errors import Invalid
from app.mail.settings import MailSettings, mail_settings, password_file
from app.translation import lazy_gettext as _l


@dataclass(frozen=True)
class Config:
    """Settings of one company."""

    data_dir: Path
    database_url: str
    secret_key: str
    #: how many proxies stand before the server: the last so many addresses and schemes that they add to a request are true
    proxies: int = 0
    #: how mail leaves; None: there is no mail
    mail: MailSettings | None = None
    #: where users find the program, such as https://kontor.example.com: links in mails begin with it; empty: mails have no
    #: links
    site: str = ""
    #: hosts of the own network, as host:port, that the program may call although strangers can't reach them
    near_hosts: tuple[str, ...] = ()
    #: files with secrets of this machine's own that the settings name, in the data folder or elsewhere; no backup holds them
    secret_files: tuple[Path, ...] = ()
    #: whether others than this machine's own users reach the server
    is_exposed: bool = False

    @classmethod
    def load(cls, data_dir: str | Path | None = None, *, make: bool = True) -> "Config":
        """The settings of the company in `data_dir` (or KONTOR_DATA_DIR, or ./data).

        `make`: make the folder when it is missing; otherwise refuse one without a company, so that a slip of the hand
        makes nothing. Refused (Invalid): a folder that can't be used, settings that can't be read, a database that is
        neither SQLite nor PostgreSQL, settings of mail that can't work.
        """
        folder = Path(data_dir or os.environ.get("KONTOR_DATA_DIR") or "data").resolve()
        try:
            if make:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif not folder.is_dir():
                raise NoCompany(folder)
            settings = _settings(folder / "kontor.toml")
            url = _named(settings) or embedded(folder)
            if not make and url == embedded(folder) and not (folder / "kontor.db").exists():
                raise NoCompany(folder)
            secret = os.environ.get("KONTOR_SECRET_KEY") or settings.get("secret_key") or _kept_secret(folder)
        except OSError as error:
            raise Invalid(
                _l(
                    "The data folder %(folder)s can't be used: %(why)s. Choose another with --data.",
                    folder=folder,
                    why=error.strerror,
                )
            ) from error
        except ValueError as error:
            raise _no_toml(error) from error
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise Invalid(_l("The database's address begins with postgresql:// or sqlite:///; this one does not."))
        proxies = str(os.environ.get("KONTOR_PROXIES") or settings.get("proxies") or 0)
        if not proxies.isdecimal():
            raise Invalid(_l("How many proxies stand before the server is a number, such as 1."))
        section = _section(settings, "mail")
        mail, kept = mail_settings(section, os.environ, folder), password_file(section, os.environ, folder)
        files = (kept,) if kept else ()
        return cls(folder, url, secret, int(proxies), mail, _site(settings), _near_hosts(settings), files)

    @property
    def setup_secret(self) -> str | None:
        """What makes the first company, and is printed by the command that serves it: on an exposed server anybody could be
        first. None: nothing is asked. It stays the same as long as the folder's own key, in every process of the server."""
        if not self.is_exposed:
            return None
        digest = hmac.digest(self.secret_key.encode(), b"kontor setup", "sha256")
        word = base64.b32encode(digest).decode()[:16]
        return "-".join(word[i : i + 4] for i in range(0, 16, 4))

    @classmethod
    def named_database(cls, folder: Path) -> str | None:
        """The database's address that the environment or the folder's settings name; None: it is the file in the folder.

        Makes nothing. Refused (Invalid): settings that can't be read.
        """
        try:
            return _named(_settings(folder / "kontor.toml"))
        except ValueError as error:
            raise _no_toml(error) from error


class NoCompany(Invalid):
    """There is no company in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            _l("There is no company in %(folder)s yet; make one with `kontor init` or `kontor up`.", folder=folder)
        )


def embedded(folder: Path) -> str:
    """The address of the database file in a folder, whatever characters the folder's name has."""
    return URL.create("sqlite", database=str(folder / "kontor.db")).render_as_string()


def _named(settings: dict[str, Any]) -> str | None:
    return os.environ.get("KONTOR_DATABASE_URL") or settings.get("database_url") or None


def _no_toml(error: ValueError) -> Invalid:
    return Invalid(_l("%(file)s is not written as TOML is: %(why)s", file="kontor.toml", why=error))


def _section(settings: dict[str, Any], name: str) -> dict[str, Any]:
    section = settings.get(name) or {}
    if not isinstance(section, dict):
        raise Invalid(_l("In kontor.toml, “%(name)s” is a section: [%(name)s].", name=name))
    return section


def _site(settings: dict[str, Any]) -> str:
    site = str(os.environ.get("KONTOR_SITE") or settings.get("site") or "").rstrip("/")
    if site and not site.startswith(("https://", "http://")):
        raise Invalid(_l("The site's address begins with https:// or http://; this one does not."))
    return site


def _near_hosts(settings: dict[str, Any]) -> tuple[str, ...]:
    given = os.environ.get("KONTOR_NEAR_HOSTS", "").split(",") if "KONTOR_NEAR_HOSTS" in os.environ else None
    hosts = settings.get("near_hosts", []) if given is None else [each.strip() for each in given if each.strip()]
    if not isinstance(hosts, list) or not all(
        isinstance(each, str) and each.rpartition(":")[2].isdecimal() for each in hosts
    ):
        raise Invalid(_l('Hosts of the own network are written as near_hosts = ["bridge.local:8080"].'))
    return tuple(each.lower() for each in hosts)


def _settings(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def _kept_secret(folder: Path) -> str:
    """The key that signs cookies: made once, readable by its owner alone."""
    path = folder / "secret.key"
    if not path.exists():
        # Written elsewhere and then put there whole: of two first starts at once, both go on with the same key.
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix="secret-") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    key = path.read_text().strip()
    if not key:
        raise Invalid(_l("%(file)s is empty. Remove it, and a new one is made.", file=path))
    return key
