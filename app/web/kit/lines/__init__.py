"""The line grid and the look-ups: what is typed line by line, and records chosen by typing.

The browser's half lies in `app/web/static/js/lines`.
"""
