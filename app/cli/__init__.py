"""The `kontor` command as it is installed: it loads the commands, and runs the one that was typed."""

import gc

from app.uncollected import uncollected


def main() -> None:
    """Run the command that the process was started with; `app.cli.commands` says how it ends."""
    with uncollected():
        from app.cli.commands import run
    gc.freeze()
    run()
