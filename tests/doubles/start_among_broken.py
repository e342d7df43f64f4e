"""Run by test_broken_modules: a whole company, worked in, while every broken double is installed."""

import json
import sys
from pathlib import Path

from app import create_app, ledger
from app.company import Company
from app.config import Config
from app.demo import create_sample
from app.security import SYSTEM

company = Company(Config(Path(sys.argv[2]), sys.argv[1], "tests"))
create_sample(company)
errors = company.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False)
assert errors == [], errors
answer = create_app(company.config).test_client().get("/healthz")
assert answer.status_code == 200, answer.text
assert not [t for t in company.installed if company.is_on(t) and company.installed[t].error]
print(json.dumps({name: installed.error for name, installed in company.installed.items()}))
