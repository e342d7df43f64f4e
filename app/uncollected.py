"""Work that makes many objects and drops few of them, without looking for garbage: loading the program, a recost."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage within the block. Loading makes a million objects and drops none: searching them again and again
    took a sixth of the time to the first answer; of a recost it took half of what isn't the database's.

    No thread of the process looks meanwhile, so the block is a second long, not a minute."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
