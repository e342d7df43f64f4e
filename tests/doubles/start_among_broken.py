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
faults = company.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False)
assert faults == [], faults
answer = create_app(company.config).test_client().get("/healthz")
assert answer.status_code == 200, answer.text
assert not [t for t in company.installed if company.is_on(t) and company.installed[t].fault]
print(json.dumps({name: installed.fault for name, installed in company.installed.items()}))
