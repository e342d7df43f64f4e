"""Backups that prove themselves: a copy of the database and the files, with the figures that it must show when restored.

`making` writes one while people work, `proof` restores one into a scratch place and compares, `restoring` makes a company of
one, `nightly` does it by itself. ADR 21 says why the file is as it is, `docs/backup.md` how it is used.
"""
