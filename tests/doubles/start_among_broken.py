"""Run by test_broken_modules: a whole company, worked in, while every broken double is installed."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from app import create_app, ledger
from app.company import Company
from app.config import Config
from app.demo import create_sample
from app.security import SYSTEM
from tests.commands import teller

company = Company(Config(Path(sys.argv[2]), sys.argv[1], "tests"))
create_sample(company)
errors = company.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False)
assert errors == [], errors
answer = create_app(company.config).test_client().get("/healthz")
assert answer.status_code == 200, answer.text
assert not [t for t in company.installed if company.is_on(t) and company.installed[t].error]

with pytest.MonkeyPatch.context() as typed:
    tell = teller(company.config.data_dir, company.config.database_url, typed)
    listed = tell("modules", "list", "--json").json
    refused = tell("modules", "enable", "raises_in_models")
    listed_after = tell("modules", "list").out
print(json.dumps([{n: i.error for n, i in company.installed.items()}, listed, asdict(refused), listed_after]))
