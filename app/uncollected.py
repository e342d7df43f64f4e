"""Loading the program without looking for garbage: what is loaded stays for good."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage within the block. Loading makes a million objects and drops none: searching them again and again
    took a sixth of the time to the first answer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
