"""When a worker is started again."""

import pytest

from app.serving.supervising import LONGEST, Restarts, keep_serving, pause_after


def test_the_first_restart_is_at_once_and_further_ones_wait_ever_longer() -> None:
    assert [pause_after(n) for n in range(9)] == [0, 0, 1, 2, 4, 8, 16, 30, 30]
    assert pause_after(5000) == LONGEST


def test_it_serves_until_a_worker_ends_by_itself() -> None:
    seen: list[int] = []

    def serve(restarts: Restarts) -> None:
        seen.append(restarts.count)
        if restarts.count < 6:
            raise SystemExit(1)

    pauses: list[float] = []
    keep_serving(serve, sleep=lambda seconds: bool(pauses.append(seconds)))
    assert seen == [0, 1, 2, 3, 4, 5, 6]
    assert pauses == [0, 1, 2, 4, 8, 16]


def test_a_worker_that_lived_long_begins_the_pauses_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lived = iter([0, 1, 10, 11, 20, 21, 30, 130, 200, 200])  # began, ended, …
    monkeypatch.setattr("app.serving.supervising.time.monotonic", lambda: next(lived))

    def serve(restarts: Restarts) -> None:
        if restarts.count < 4:
            raise SystemExit(1)

    pauses: list[float] = []
    keep_serving(serve, sleep=lambda seconds: bool(pauses.append(seconds)))
    assert pauses == [0, 1, 2, 0]


@pytest.mark.parametrize("code", [0, None])
def test_it_ends_when_the_server_does(code: int | None) -> None:
    def serve(_restarts: Restarts) -> None:
        raise SystemExit(code)

    keep_serving(serve, sleep=lambda _seconds: pytest.fail("it waits"))


def test_it_ends_when_it_is_asked_to_while_it_waits() -> None:
    served: list[int] = []

    def serve(restarts: Restarts) -> None:
        served.append(restarts.count)
        raise SystemExit(1)

    keep_serving(serve, sleep=lambda _seconds: True)
    assert served == [0]


def test_it_ends_when_ctrl_c_meets_no_server() -> None:
    def serve(_restarts: Restarts) -> None:
        raise KeyboardInterrupt

    keep_serving(serve, sleep=lambda _seconds: False)
