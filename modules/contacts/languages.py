"""In which language one writes to a contact."""

from modules.contacts.models import Contact

#: languages that letters and prints are in, by their own names
LANGUAGES = {"en": "English", "ru": "Русский", "vi": "Tiếng Việt"}
#: country → the language in which companies there are written to, unless the contact says another
_SPOKEN = {"RU": "ru", "BY": "ru", "KZ": "ru", "KG": "ru", "VN": "vi"}


def language_of(contact: Contact, home: str) -> str:
    """The contact's own language, or else that of its country; of one without a country, of `home`, the organisation's."""
    return contact.language or _SPOKEN.get(contact.country or home, "en")
