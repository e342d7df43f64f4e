"""Measuring side by side: rounds of the one and the other by turns, so that a noisy machine is noisy for both."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Result:
    """One line of the table. Times are medians over the rounds, in milliseconds for one act; `ratio` is the median of
    the rounds' own ratios: the program's rate as a part of the floor's."""

    engine: str
    work: str
    size: int
    ours_ms: float
    floor_ms: float
    ratio: float
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a line of JSON."""
        return asdict(self)


def by_turns(
    ours: Callable[[], None], floor: Callable[[], None], *, rounds: int, acts: int
) -> tuple[float, float, float]:
    """Seconds for one act of ours, for one of the floor's, and the ratio of rates; the round before the first is not
    counted, as it warms caches on both sides."""
    pairs = []
    for number in range(rounds + 1):
        pair = []
        for way in (ours, floor) if number % 2 else (floor, ours):
            begun = time.perf_counter()
            way()
            pair.append((time.perf_counter() - begun) / acts)
        pairs.append(pair if number % 2 else pair[::-1])
    counted = pairs[1:]
    return median(o for o, _ in counted), median(f for _, f in counted), median(f / o for o, f in counted)


def table(results: list[Result]) -> str:
    """The results for people."""
    head = f"{'engine':<11}{'work':<28}{'history':>10}{'ours':>12}{'floor':>12}{'ours/s':>9}{'ratio':>8}  note"
    lines = [head, "-" * len(head)]
    for r in results:
        if not r.ours_ms:
            lines.append(f"{r.engine:<11}{r.work:<28}{'':>10}{'skipped':>12}{'':>29}  {r.note}")
            continue
        lines.append(
            f"{r.engine:<11}{r.work:<28}{r.size:>10,}{r.ours_ms:>9.2f} ms{r.floor_ms:>9.2f} ms"
            f"{1000 / r.ours_ms:>9.0f}{r.ratio:>8.2f}  {r.note}"
        )
    return "\n".join(lines)
