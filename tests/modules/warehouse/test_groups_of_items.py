"""Groups of items: how deep they lie, how they are renamed, moved and removed, and what an earlier version let in."""

from time import sleep
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Changed, Conflict, Invalid, NotFound
from app.importing import run_import
from app.security import SYSTEM
from modules.warehouse.groups import change_group, remove_group
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.nesting import MOST_DEPTH, Tree, group_choices
from modules.warehouse.operations import create_group, create_item
from tests.at_once import at_once
from tests.statements import counted


def chain(session: Any, names: list[str]) -> list[int]:
    """Groups within each other, however many."""
    ids, parent = [], None
    for name in names:
        group = ItemGroup(name=name, parent_id=parent)
        session.add(group)
        session.flush()
        parent = group.id
        ids.append(group.id)
    return ids


def make(company: Any, names: list[str]) -> list[int]:
    return company.database.run(lambda s: chain(s, names), actor=SYSTEM)


def group(session: Any, group_id: int) -> ItemGroup:
    return session.get(ItemGroup, group_id)


def test_groups_lie_at_most_so_deep(company: Any, refused: Any) -> None:
    ids = make(company, [f"G{n}" for n in range(MOST_DEPTH)])
    words = refused(lambda s: create_group(s, SYSTEM, name="Deeper", parent_id=ids[-1]), Invalid, field="name")
    assert words == "Groups lie at most 20 deep within each other."
    other = make(company, ["A", "B"])
    refused(
        lambda s: change_group(s, SYSTEM, group(s, other[0]), name="A", parent_id=ids[-2]), Invalid, field="parent_id"
    )
    company.database.run(
        lambda s: change_group(s, SYSTEM, group(s, other[0]), name="A", parent_id=ids[-3]), actor=SYSTEM
    )


def test_a_group_does_not_come_to_lie_in_itself(company: Any, refused: Any) -> None:
    ids = make(company, ["A", "B", "C"])
    for parent in ids:
        words = refused(
            lambda s, p=parent: change_group(s, SYSTEM, group(s, ids[0]), name="A", parent_id=p),
            Invalid,
            field="parent_id",
        )
        assert words == "A group can't lie in itself or in a group that lies in it."


def test_a_group_is_renamed_and_moved(company: Any, refused: Any) -> None:
    ids = make(company, ["A", "B", "C"])

    def move(session: Any) -> list[tuple[str, int]]:
        change_group(session, SYSTEM, group(session, ids[2]), name="Zinc", parent_id=None)
        return [(node.name, node.depth) for node in Tree(session).shown()]

    assert company.database.run(move, actor=SYSTEM) == [("A", 0), ("B", 1), ("Zinc", 0)]
    refused(lambda s: change_group(s, SYSTEM, group(s, ids[1]), name="B", parent_id=9999), NotFound)
    refused(lambda s: change_group(s, SYSTEM, group(s, ids[1]), name="Zinc", parent_id=None), Conflict, field="name")
    refused(lambda s: create_group(s, SYSTEM, name="Zinc"), Conflict, field="name")
    refused(lambda s: change_group(s, SYSTEM, group(s, ids[1]), name="N" * 201, parent_id=None), Invalid, field="name")
    refused(lambda s: change_group(s, SYSTEM, group(s, ids[2]), name="B", parent_id=None, version=1), Changed)


def test_what_is_in_a_removed_group_goes_to_the_group_above(company: Any) -> None:
    ids = make(company, ["A", "B", "C"])

    def remove(session: Any) -> tuple[int | None, list[tuple[str, int]]]:
        item = create_item(session, SYSTEM, code="X", name="X", group_id=ids[1])
        remove_group(session, SYSTEM, group(session, ids[1]))
        return item.group_id, [(node.name, node.depth) for node in Tree(session).shown()]

    assert company.database.run(remove, actor=SYSTEM) == (ids[0], [("A", 0), ("C", 1)])


def test_a_group_is_removed_with_the_groups_in_it(company: Any) -> None:
    ids = make(company, ["A", "B", "C"])

    def remove(session: Any) -> tuple[list[int | None], list[str]]:
        items = [create_item(session, SYSTEM, code=f"X{i}", name="X", group_id=i) for i in ids]
        remove_group(session, SYSTEM, group(session, ids[1]), with_inner=True)
        return [item.group_id for item in items], [node.name for node in Tree(session).shown()]

    assert company.database.run(remove, actor=SYSTEM) == ([ids[0]] * 3, ["A"])


@pytest.fixture
def deep(company: Any) -> list[int]:
    """What one row of an import could make in an earlier version."""
    return make(company, [f"Level {n}" for n in range(1200)])


def test_a_tree_a_thousand_deep_is_shown_and_mended(company: Any, deep: list[int], app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    for address in ("items", "stock", "items/new", "groups", f"groups/{deep[600]}", "costing"):
        assert client.get(f"/warehouse/{address}").status_code == 200, address
    assert client.get(f"/warehouse/items?group={deep[0]}").status_code == 200
    answer = client.post(f"/warehouse/groups/{deep[5]}", data={"name": "Level 5", "then": "remove", "with_inner": "y"})
    assert answer.status_code == 302
    left = company.database.run(lambda s: s.scalars(select(ItemGroup.id)).all(), actor=SYSTEM, write=False)
    assert sorted(left) == deep[:5]


def test_a_branch_that_is_too_deep_may_become_less_deep(company: Any, deep: list[int]) -> None:
    def move(session: Any) -> int:
        change_group(session, SYSTEM, group(session, deep[1100]), name="Level 1100", parent_id=deep[3])
        return len(Tree(session).path(deep[1199]))

    assert company.database.run(move, actor=SYSTEM) == 104


def test_a_ring_that_a_database_holds_ends_nothing(company: Any) -> None:
    ids = make(company, ["A", "B"])

    def close(session: Any) -> list[tuple[str, object]]:
        group(session, ids[0]).parent_id = ids[1]
        session.flush()
        tree = Tree(session)
        assert len(tree.path(ids[0])) <= 3
        assert tree.below(ids[0]) == {ids[1]: 1}
        return group_choices(session)

    assert company.database.run(close, actor=SYSTEM) == []


def test_a_deep_path_in_a_row_of_an_import_is_refused_at_its_row(company: Any, tmp_path: Any) -> None:
    path = tmp_path / "items.csv"
    path.write_text("code,name,group\nA,Anvil," + "/".join(["x"] * 1200) + "\nB,Bolt," + "/".join(["y"] * 20) + "\n")
    report = run_import(company, SYSTEM, "warehouse.items", [path], skip_errors=True)
    assert [(e.row, str(e.message)) for e in report.errors] == [(2, "Groups lie at most 20 deep within each other.")]
    names = company.database.run(lambda s: s.scalars(select(Item.code)).all(), actor=SYSTEM, write=False)
    assert names == ["B"]


def test_of_two_who_make_a_group_of_one_name_at_once_one_is_refused(company: Any) -> None:
    def make_one() -> None:
        def work(session: Any) -> None:
            create_group(session, SYSTEM, name="Same")
            sleep(0.3)  # so that the other one looks meanwhile

        company.database.run(work, actor=SYSTEM)

    answers = at_once(make_one, make_one)
    assert sorted(type(a).__name__ for a in answers) == ["Conflict", "NoneType"]
    names = company.database.run(lambda s: s.scalars(select(ItemGroup.name)).all(), actor=SYSTEM, write=False)
    assert names == ["Same"]


def test_many_groups_of_an_import_read_the_tree_no_more_often_than_a_few(company: Any, tmp_path: Any) -> None:
    def reads(name: str, many: int) -> int:
        path = tmp_path / f"{name}.csv"
        rows = "".join(f"{name}{n},Thing,{name}/{name}{n}\n" for n in range(many))
        path.write_text(f"code,name,group\n{rows}")
        engine = company.database.run(lambda s: s.get_bind(), actor=SYSTEM, write=False)
        with counted(SimpleNamespace(get_bind=lambda: engine), "FROM warehouse_item_group") as sent:
            report = run_import(company, SYSTEM, "warehouse.items", [path])
        assert report.created == {"warehouse.item": many, "warehouse.item_group": many + 1}
        return len([s for s in sent if "name_order" in s])

    assert reads("few", 3) == reads("many", 30)


def test_removing_a_group_asks_as_much_for_thirty_groups_in_it_as_for_three(company: Any) -> None:
    def statements(many: int) -> int:
        def work(session: Any) -> int:
            top = create_group(session, SYSTEM, name=f"T{many}")
            for n in range(many):
                inner = create_group(session, SYSTEM, name=f"T{many}-{n}", parent_id=top.id)
                create_item(session, SYSTEM, code=f"T{many}-{n}", name="X", group_id=inner.id)
            with counted(session) as sent:
                remove_group(session, SYSTEM, top, with_inner=True)
                session.flush()
            return len(sent)

        return int(company.database.run(work, actor=SYSTEM))

    assert statements(3) == statements(30)


def test_a_group_that_is_drawn_into_another_lies_there_unless_it_was_saved_meanwhile(company: Any, app: Any) -> None:
    outer, inner, other = *make(company, ["Outer", "Inner"]), *make(company, ["Other"])
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})

    def move(group_id: int, to: int | str, version: int) -> Any:
        return client.post(f"/warehouse/groups/{group_id}/move", data={"to": to, "version": version})

    def parents() -> list[int | None]:
        query = select(ItemGroup.parent_id).order_by(ItemGroup.id)
        return list(company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False))

    refused = move(outer, inner, 1)
    assert refused.status_code == 422
    assert "lie in itself" in refused.text
    assert parents() == [None, outer, None]
    assert move(inner, other, 1).status_code == 302
    assert parents() == [None, other, None]
    assert move(inner, "", 1).status_code == 409
    assert move(inner, "x", 2).status_code == 422
    assert parents() == [None, other, None]
    assert move(inner, "", 2).status_code == 302
    assert parents() == [None, None, None]
    assert f'data-drag="/warehouse/groups/{inner}/move" data-version="3"' in client.get("/warehouse/groups").text


def test_items_that_are_ticked_move_into_a_group_all_or_none(company: Any, app: Any) -> None:
    outer, other = *make(company, ["Outer"]), *make(company, ["Other"])
    company.database.run(
        lambda s: [create_item(s, SYSTEM, code=code, name=code, group_id=outer) for code in "ABC"] and None,
        actor=SYSTEM,
    )
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})

    def put(items: list[Any], to: Any) -> Any:
        return client.post(
            "/warehouse/groups/put", data={"item": items, "to": to, "back": outer}, follow_redirects=True
        )

    def groups() -> list[int | None]:
        query = select(Item.group_id).order_by(Item.id)
        return list(company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False))

    assert "Tick at least one item" in put([], other).text
    assert "Nothing was moved" in put([1, 99], other).text
    put([1], 99)
    for items, to in (([1], "x"), ([1, "x"], other), ([1], None)):  # what isn't a number is neither none nor left out
        assert "Choose from the list" in put(items, to).text, (items, to)
    assert groups() == [outer, outer, outer]
    page = put([1, 3], other).text
    assert "2 items moved" in page
    assert (">B</a>" in page, ">A</a>" in page) == (True, False)
    assert groups() == [other, outer, other]
    put([2], "")
    assert groups() == [other, None, other]
    assert ">B</a>" in client.get("/warehouse/groups?items=0").text
