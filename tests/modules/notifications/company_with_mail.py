"""The application, the company and its jobs, where mail is sent to a server that keeps it: for tests to import."""

from typing import Any

import pytest

from app.jobs.worker import Jobs


@pytest.fixture
def app(mailing: Any) -> Any:
    return mailing


@pytest.fixture
def company(app: Any) -> Any:
    return app.company


@pytest.fixture
def jobs(app: Any) -> Jobs:
    made: Jobs = app.extensions["kontor.jobs"]
    return made
