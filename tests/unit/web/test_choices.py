"""What the first page offers before anyone has chosen."""

import pytest

from app.web.choices import likely_country


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
