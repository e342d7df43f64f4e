"""Orders by week of delivery: each lies in one row, and rows of nothing are left out."""

from datetime import date, timedelta

from modules.trade.pipeline.overview import Awaited, weeks

TODAY = date(2026, 3, 4)


def in_days(days: int, count: int, ready: int = 0) -> Awaited:
    return Awaited(TODAY + timedelta(days=days), count, ready)


def test_orders_are_late_due_in_a_week_later_or_without_a_day() -> None:
    out = [in_days(-9, 1, 1), in_days(-1, 2), in_days(0, 4, 3), in_days(6, 8), in_days(42, 16), Awaited(None, 32, 5)]
    come = [in_days(7, 1), in_days(41, 2), Awaited(None, 3)]
    rows = [(str(w.since), str(w.until), w.to_ship, w.ready, w.to_arrive) for w in weeks(out, come, TODAY)]
    assert rows == [
        ("None", "2026-03-03", 3, 1, 0),
        ("2026-03-04", "2026-03-10", 12, 3, 0),
        ("2026-03-11", "2026-03-17", 0, 0, 1),
        ("2026-04-08", "2026-04-14", 0, 0, 2),
        ("2026-04-15", "None", 16, 0, 0),
        ("None", "None", 32, 5, 3),
    ]
    late, dated, *_, without = weeks(out, come, TODAY)
    assert (late.asked, dated.asked) == ({"until": "2026-03-03"}, {"since": "2026-03-04", "until": "2026-03-10"})
    assert without.asked == {"dated": "no"}
    assert weeks([], [], TODAY) == []
