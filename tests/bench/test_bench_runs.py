"""The bench runs and its books are proven; how fast anything is, no test says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_the_bench_runs_on(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-m", "bench", "--quick", "--engine", engine_name, "--json", str(tmp_path / "lines")]
    if engine_name == "postgresql":
        cluster = request.getfixturevalue("cluster")
        cluster.sql("CREATE DATABASE bench_quick")
        command += ["--url", cluster.url("bench_quick")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (tmp_path / "lines").read_text().splitlines()]
    assert {line["work"] for line in lines} >= {"goods receipt, 5 lines", "sale, 5 lines", "payment"}
    assert all(line["engine"] == engine_name and (line["ratio"] > 0 or line["note"]) for line in lines)


def test_a_crowd_leaves_books_that_agree() -> None:
    command = [
        sys.executable,
        "-m",
        "bench",
        "crowd",
        "--engine",
        "sqlite",
        "--seconds",
        "4",
        "--writers",
        "6",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["sell"] > 0
