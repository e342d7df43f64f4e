"""What the first page offers before anyone has chosen."""

import pytest

from app.web.kit.choices import currency_by_country, likely_country


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (["en-GB", "en"], ("GB", "GBP")),
        (["ru", "en"], ("RU", "RUB")),
        (["vi-VN"], ("VN", "VND")),
        (["de-AT", "de"], ("AT", "EUR")),
        (["tlh"], ("GB", "GBP")),
        ([], ("GB", "GBP")),
    ],
)
def test_the_country_is_guessed_from_the_browsers_languages(accepted: list[str], expected: tuple[str, str]) -> None:
    assert likely_country(accepted) == expected


def test_a_country_pays_in_the_currency_that_it_has_now() -> None:
    currencies = currency_by_country()
    assert [currencies[country] for country in ("HR", "VN", "RU", "CH", "SE")] == ["EUR", "VND", "RUB", "CHF", "SEK"]
    assert "AQ" not in currencies
