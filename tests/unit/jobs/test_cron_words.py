"""Usual schedules are said in words; others stay as they are written."""

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app.jobs.cron import cron_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 2 * * *", "every day at 02:00"),
        ("30 7 * * mon-fri", "on working days at 07:30"),
        ("30 7 * * 1-5", "on working days at 07:30"),
        ("15 9 * * mon", "every week on Monday at 09:15"),
        ("15 9 * * 0", "every week on Sunday at 09:15"),
        ("15 9 * * 7", "every week on Sunday at 09:15"),
        ("0 3 1 * *", "every month on day 1 at 03:00"),
        ("5 * * * *", "every hour, 5 minutes past"),
        ("*/10 * * * *", "every 10 minutes"),
    ],
)
def test_a_usual_schedule_is_said_in_words(cron: str, words: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        assert str(cron_words(cron)) == words


@pytest.mark.parametrize(
    "cron", ["0 2 * jan *", "0 2,3 * * *", "0 2 1 * mon", "0-5 2 * * *", "0 2 1,15 * *", "1 2 * * mon,tue"]
)
def test_an_unusual_one_stays_as_it_is(cron: str) -> None:
    assert cron_words(cron) is None
