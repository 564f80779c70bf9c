"""The shop's terms: those in force, and every version that ever was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from novacore.db.models import TermsVersion
from novacore.states.texts import ANY_LANGUAGE


@dataclass(frozen=True, slots=True)
class ShopTerms:
    """One version. `words` None: from it on there were none."""

    version: int
    words: str | None
    saved_at: datetime


_COLUMNS = (TermsVersion.version, TermsVersion.words, TermsVersion.saved_at)
_OF_LANGUAGE = TermsVersion.language == bindparam("language")
_NEWEST = select(*_COLUMNS).where(_OF_LANGUAGE).order_by(TermsVersion.version.desc()).limit(bindparam("most"))
_ONE = select(*_COLUMNS).where(_OF_LANGUAGE, TermsVersion.version == bindparam("version"))


def newest(session: Session, most: int = 1) -> Sequence[ShopTerms]:
    """Return the newest versions, the newest first; nothing where the shop never had any."""
    rows = session.connection().execute(_NEWEST, {"language": ANY_LANGUAGE, "most": most})
    return [ShopTerms(*row) for row in rows]


def in_force(session: Session) -> ShopTerms | None:
    """Return the terms that hold now; None if there are none."""
    return next((one for one in newest(session) if one.words is not None), None)


def version(session: Session, number: int) -> ShopTerms | None:
    """Return one version as it was; None for a number that never was one."""
    row = session.connection().execute(_ONE, {"language": ANY_LANGUAGE, "version": number}).one_or_none()
    return ShopTerms(*row) if row else None
