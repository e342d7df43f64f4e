"""A worker that takes the waiting job and hangs within it, for a test that kills it. `hang_in_a_job.py URL FOLDER`"""

import sys
import time
from pathlib import Path
from typing import Any

from app import create_app
from app.company import core_files
from app.config import Config
from app.jobs import Kind


def hang(_run: Any) -> dict[str, Any]:
    print("hanging", flush=True)
    time.sleep(600)
    return {}


core_files().files["jobs"].test_resumable = Kind("test.resumable", "Resumable", hang, is_resumable=True)  # type: ignore[attr-defined]
create_app(Config(Path(sys.argv[2]), sys.argv[1], "tests")).extensions["kontor.jobs"].run_waiting()
