"""How alike contacts are: whatever the letters, the order of words and the form of the company."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.contacts.alike import LEAST, Known, likeness, name_likeness, pairs_among, typed_beginnings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов Пётр", "Ivanov Petr"),
        ("ООО «Невский Мастер»", "Nevskii Master LLC"),
        ("Công ty TNHH Đông Á", "Dong A Co., Ltd"),
        ("Nguyễn Thị Hương", "Huong Nguyen Thi"),
        ("Grünwald & Söhne GmbH", "Gruenwald & Sohne"),
        ("Bergen Joinery AS", "Bergen Joinry"),
    ],
)
def test_one_name_in_two_spellings_is_alike(one: str, other: str) -> None:
    assert name_likeness(one, other) >= LEAST


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bergen Joinery AS", "Oslo Joinery AS"), ("Иван Соколов", "Иван Смирнов"), ("ООО Альфа", "ООО Бета")],
)
def test_two_names_are_not(one: str, other: str) -> None:
    assert name_likeness(one, other) < LEAST


def test_what_they_share_makes_it_surer_and_says_why() -> None:
    one = Known(1, "individual", "Ann Berg", (("phone", "+4711"), ("tax", "7")))
    by_name = likeness(one, Known(2, "individual", "Anne Berg"))
    both = likeness(one, Known(2, "individual", "Anne Berg", (("phone", "+4711"),)))
    assert (by_name.why, both.why) == ((), ("phone",))
    assert LEAST - 5 <= by_name.score < both.score
    assert likeness(one, Known(3, "individual", "Xi", (("tax", "7"),))).score == 100
    assert likeness(one, Known(3, "individual", "Xi", (("tax", "8"), ("phone", "7")))).score == 0


def test_pairs_are_found_once_and_of_one_kind() -> None:
    known = [
        Known(1, "individual", "Пётр Иванов"),
        Known(2, "individual", "Petr Ivanov", (("email", "p@x.example"),)),
        Known(3, "legal_entity", "Petr Ivanov"),
        Known(4, "individual", "P.", (("email", "p@x.example"),)),
        Known(5, "individual", "Somebody Else"),
    ]
    found = [(one.id, other.id, like.by_name >= LEAST, like.why) for one, other, like in pairs_among(known)]
    assert sorted(found) == [(1, 2, True, ()), (2, 4, False, ("email",))]


def test_a_number_that_a_crowd_shares_says_nothing() -> None:
    crowd = [Known(n, "individual", f"Zu{chr(97 + n % 26)}{n}", (("phone", "+47"),)) for n in range(61)]
    assert not [like for _, _, like in pairs_among(crowd) if like.why]


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_mutual_and_within_bounds(one: str, other: str) -> None:
    assert name_likeness(one, other) == name_likeness(other, one)
    assert 0 <= name_likeness(one, other) <= 100
    assert all(len(beginning) in (3, 4) for beginning in typed_beginnings(one))
