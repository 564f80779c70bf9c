"""Whether a customer has accepted the shop's terms: in the form, and once more when the order is placed.

Nobody is bound to words that they have not seen: what counts is the version that the form named.
"""

from sqlalchemy.orm import Session

from novacore.db.queries import terms
from novacore.db.queries.terms import ShopTerms
from novacore.errors import TermsNotAccepted

UNTICKED = "Please read our terms, and tick the box in the form if you accept them. Nothing was ordered."

CHANGED = "Our terms have changed since you opened the form. Please read them again before you order."


def require_ticked(now: ShopTerms | None, asked: int | None, *, ticked: bool) -> int | None:
    """Return the version that someone has accepted in the form; None if the shop has no terms now.

    `asked` is the version that the form named. Raises TermsNotAccepted.
    """
    if now is None:
        return None
    if asked is not None and asked != now.version:
        raise TermsNotAccepted(CHANGED)
    if asked is None or not ticked:
        raise TermsNotAccepted(UNTICKED)
    return now.version


def require_accepted(session: Session, accepted: int | None) -> int | None:
    """Return the version that an order is placed on, None for none. Raises TermsNotAccepted where another holds now."""
    now = terms.in_force(session)
    if now is not None and now.version != accepted:
        raise TermsNotAccepted(UNTICKED if accepted is None else CHANGED)
    return now.version if now else None
