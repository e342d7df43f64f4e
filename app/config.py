"""Where a company's data lies and how it is reached: environment first, then `kontor.toml` in the data folder."""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.errors import Invalid


@dataclass(frozen=True)
class Config:
    """Settings of one company."""

    data_dir: Path
    database_url: str
    secret_key: str

    @classmethod
    def load(cls, data_dir: str | Path | None = None) -> "Config":
        """The settings of the company in `data_dir` (or KONTOR_DATA_DIR, or ./data); the folder is made if missing.

        Refused (Invalid): a folder that can't be made or written to.
        """
        folder = Path(data_dir or os.environ.get("KONTOR_DATA_DIR") or "data").resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            settings = _settings(folder / "kontor.toml")
            secret = os.environ.get("KONTOR_SECRET_KEY") or settings.get("secret_key") or _kept_secret(folder)
        except OSError as error:
            raise Invalid(
                _l(
                    "The data folder %(folder)s can't be used: %(why)s. Choose another with --data.",
                    folder=folder,
                    why=error.strerror,
                )
            ) from error
        url = (
            os.environ.get("KONTOR_DATABASE_URL") or settings.get("database_url") or f"sqlite:///{folder / 'kontor.db'}"
        )
        return cls(folder, url, secret)


def _settings(path: Path) -> dict[str, str]:
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def _kept_secret(folder: Path) -> str:
    """The key that signs cookies: made once, readable by its owner alone."""
    path = folder / "secret.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
