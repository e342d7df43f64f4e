"""Kontor's version, read from the installed package."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("kontor")
except PackageNotFoundError:
    VERSION = "0"
