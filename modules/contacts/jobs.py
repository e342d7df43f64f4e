"""The contacts' jobs."""

from modules.contacts.letters.sending import letter_job

__all__ = ["letter_job"]
