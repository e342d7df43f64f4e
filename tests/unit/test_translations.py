"""Russian and Vietnamese are complete, and every translation takes the same values as its text."""

import re
from pathlib import Path

import pytest

from app.translations.refresh import LANGUAGES, catalog_path, folders, read, texts_of

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_every_text_is_translated(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wanted = {message.id for message in texts_of(folder) if message.id}
    missing = {text for text in wanted if not (catalog.get(text) and catalog[text].string)}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_a_translation_takes_the_values_of_its_text(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wrong = {
        message.id: message.string
        for message in catalog
        if message.id
        and message.string
        and sorted(PLACEHOLDER.findall(message.id)) != sorted(PLACEHOLDER.findall(message.string))
    }
    assert wrong == {}
