"""A server's jobs alone, for a test that kills it. `send_letters.py URL FOLDER PORT`: the mail server's."""

import sys
import threading
from pathlib import Path

from app import create_app
from app.config import Config
from app.mail import MailSettings

url, folder, port = sys.argv[1:]
settings = MailSettings("127.0.0.1", int(port), "none", "Kontor <kontor@example.com>")
create_app(Config(Path(folder), url, "tests", mail=settings)).extensions["kontor.jobs"].start()
threading.Event().wait(600)
