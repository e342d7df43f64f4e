"""Mentions: `@login` in a free text notifies that user, if they may see what the text stands in."""

import re
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices import notify
from app.notifications.kinds import mentioned
from app.notifications.operations import notify_users
from app.notifications.readers import may_see, readers
from app.past_policy import PastPolicy
from app.security import Actor, Scoped, User
from app.translation import lazy_gettext as _l

_READERS = PastPolicy("who is mentioned, and what they may see, is asked for them and not for whoever writes")

# Not within a word, so that an e-mail address mentions nobody; a login may hold points and dashes, but a sentence's own
# end belongs to the sentence.
_MENTION = re.compile(r"(?<![\w@./+-])@(\w(?:[\w.@+-]*\w)?)")


#: So many are looked at of one saving: each costs questions of its own, and a text has no limit.
MOST = 20


def mentioned_in(text: str) -> list[str]:
    """The logins that the text mentions, lower case, each once, in order; pure."""
    return list(dict.fromkeys(found.lower() for found in _MENTION.findall(text)))


def notify_mentioned(
    session: Session,
    actor: Actor,
    text: str,
    link: str,
    *,
    what: object,
    before: str = "",
    needs: str | None = None,
    group: str | None = None,
    record: Scoped | None = None,
) -> list[int]:
    """Notify those whom `text` mentions and its earlier version `before` didn't; gives whom. Refuses nothing: whoever doesn't
    exist or may not see the thing is left out, and the actor is shown who was (`app.notices`), not why. Of many the first MOST
    are considered.

    `what`: what the text stands in, as people call it, such as a document's title. `needs`, `group`, `record`: the permission,
    the confidential group and the scope that one must have to see it. The text itself isn't passed on.
    """
    known = {*mentioned_in(before)}
    logins = list(islice((login for login in mentioned_in(text) if login not in known), MOST))
    if not logins:
        return []
    asked = select(User.id, User.login).where(User.login.in_(logins), User.is_active)
    found = {row.id: row.login for row in _READERS(session).execute(asked)}
    others = [id for id in found if id != actor.user_id]
    to = [id for id, reader in readers(session, others) if may_see(session, reader, needs, group, record)]
    _say_left_out(
        session, [login for login in logins if login not in {found[id] for id in {*to, actor.user_id} & {*found}}]
    )
    words = _l("%(who)s mentions you in %(what)s.", who=actor.name, what=what)
    return notify_users(session, mentioned, to=to, text=words, link=link)


def _say_left_out(session: Session, logins: list[str]) -> None:
    """One sentence, whether somebody may not see it or isn't a user: it tells nobody who may see what."""
    if logins:
        names = ", ".join(f"@{login}" for login in logins)
        notify(session, _l("Not notified, as they may not see this or don't sign in here: %(names)s.", names=names))
