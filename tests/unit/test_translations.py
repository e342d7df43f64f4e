"""Russian and Vietnamese are complete, and every translation takes the same values as its text."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.translations.refresh import LANGUAGES, catalog_path, folders, read, texts_of

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def forms_of(text: Any) -> tuple[str, ...]:
    """A text's one form, or all that a number can ask for."""
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_every_text_is_translated(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wanted = {message.id for message in texts_of(folder) if message.id}
    missing = {text for text in wanted if not (catalog.get(text) and all(forms_of(catalog[text].string)))}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_a_translation_takes_the_values_of_its_text(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wrong = {
        message.id: message.string
        for message in catalog
        if message.id
        for form in forms_of(message.string)
        if form and sorted(PLACEHOLDER.findall(forms_of(message.id)[-1])) != sorted(PLACEHOLDER.findall(form))
    }
    assert wrong == {}
