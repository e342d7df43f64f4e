"""Adding pictures to items, choosing the main one, removing them."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.api.data import remove_rows
from app.api.errors import Invalid, NotFound
from app.api.files import Stored, put_files
from app.api.security import SYSTEM, Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Item
from modules.warehouse.pictures.models import ItemPicture
from modules.warehouse.pictures.shrinking import Shrunk

EDIT = "warehouse.item.edit"
#: of one item
MOST = 30


def pictures_of(session: Session, item_id: int) -> list[ItemPicture]:
    """The pictures of an item, the main one first."""
    query = select(ItemPicture).where(ItemPicture.item_id == item_id)
    return list(session.scalars(query.order_by(ItemPicture.is_main.desc(), ItemPicture.id)))


def main_picture(session: Session, item_id: int) -> int | None:
    """The number of the picture that stands on the card; None: there is none."""
    return session.scalars(select(ItemPicture.id).where(ItemPicture.item_id == item_id, ItemPicture.is_main)).first()


def picture_by_id(session: Session, item_id: int, picture_id: int) -> ItemPicture:
    """A picture of an item; NotFound when it isn't one of it."""
    found = session.get(ItemPicture, picture_id)
    if found is None or found.item_id != item_id:
        raise NotFound
    return found


def add_pictures(
    session: Session, actor: Actor, item_id: int, pictures: Sequence[tuple[str, Stored, Shrunk]]
) -> list[ItemPicture]:
    """Add pictures, all or none: what each file was called, where it is stored, and what is shown of it. The first of an item
    is its main one. What was sent goes among the files of the item, whoever may put files there otherwise.

    Refused (Invalid): more than MOST of an item; what `put_files` refuses.
    """
    require(actor, EDIT)
    _locked(session, item_id)
    count = session.scalars(select(func.count()).where(ItemPicture.item_id == item_id)).one()
    if count + len(pictures) > MOST:
        raise Invalid(_l("An item has at most %(n)d pictures.", n=MOST), field="picture")
    files = put_files(session, SYSTEM, "warehouse.item", item_id, 0, [(name, stored) for name, stored, _ in pictures])
    made = [
        ItemPicture(item_id=item_id, name=file.name, is_main=count + n == 0, small=shrunk.small, large=shrunk.large)
        for n, (file, (_, _, shrunk)) in enumerate(zip(files, pictures, strict=True))
    ]
    session.add_all(made)
    session.flush()
    for picture in made:
        _record(session, "add", picture)
    return made


def choose_main(session: Session, actor: Actor, picture: ItemPicture) -> None:
    """Let a picture be the one on the card and in lists."""
    require(actor, EDIT)
    _locked(session, picture.item_id)
    _choose(session, picture.item_id, picture.id)
    _record(session, "choose", picture)


def remove_picture(session: Session, actor: Actor, picture: ItemPicture) -> None:
    """Remove a picture; the oldest that is left is the main one, where this was. What was sent stays among the files."""
    require(actor, EDIT)
    _locked(session, picture.item_id)
    _record(session, "remove", picture)
    item_id, was_main = picture.item_id, picture.is_main
    remove_rows(session, ItemPicture, ItemPicture.id == picture.id)
    left = session.scalars(select(func.min(ItemPicture.id)).where(ItemPicture.item_id == item_id)).one()
    if was_main and left is not None:
        _choose(session, item_id, left)


def _choose(session: Session, item_id: int, picture_id: int) -> None:
    for is_main, those in ((False, ItemPicture.is_main), (True, ItemPicture.id == picture_id)):
        session.execute(update(ItemPicture).where(ItemPicture.item_id == item_id, those).values(is_main=is_main))


def _locked(session: Session, item_id: int) -> None:
    """One after another: an item has one main picture. NotFound: no such item."""
    if session.scalars(select(Item.id).where(Item.id == item_id).with_for_update()).first() is None:
        raise NotFound


def _record(session: Session, verb: str, picture: ItemPicture) -> None:
    subject_id = picture.item_id
    record(session, f"warehouse.picture.{verb}", subject="warehouse.item", subject_id=subject_id, summary=picture.name)
