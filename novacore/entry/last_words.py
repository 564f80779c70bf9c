"""What a command says when it can't go on through no fault of its own: a full disk, a closed folder, no database.

`cli` asks for it. What is none of these is a bug, and deserves its traceback.
"""

import errno
from collections.abc import Mapping
from typing import Final

from novacore.db import diagnosis
from novacore.errors import NovaCoreError

_FULL: Final = "The disk is full: {what} could not be written. Make room, then run the same command again."
_FILES: Final[Mapping[int, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "{What} would become larger than files may be here. Raise the limit, or choose another place.",
    errno.EROFS: "{What} is on a disk that can only be read. Choose another place.",
    errno.EACCES: "This user may not open {what}. Check its permissions and those of its folder.",
    errno.EPERM: "This user may not open {what}. Check its permissions and those of its folder.",
    errno.ENOENT: "{What} is not there. Check the name.",
    errno.ENOTDIR: "{What} can't be there: a part of the path is a file and no folder. Check the name.",
    errno.EISDIR: "{What} is a folder. Name a file in it.",
    errno.EEXIST: "{What} is there already. Choose another name.",
    errno.ENAMETOOLONG: "{What} has too long a name. Choose a shorter one.",
    errno.ELOOP: "{What} is a link that leads to itself. Name the file itself.",
    errno.EIO: "The disk does not read or write {what} as it should. Check the disk.",
    errno.EMFILE: "Too many files are open. Raise the limit (ulimit -n), then run the same command again.",
    errno.ENFILE: "Too many files are open on this machine. Close some programs, then run the same command again.",
}


def sentence(error: BaseException) -> str | None:
    """Return what to say, or None for a bug."""
    if said := diagnosis.sentence(error):
        return said
    if isinstance(error, NovaCoreError):
        return str(error)
    return _of_file(error) if isinstance(error, OSError) else None


def _of_file(error: OSError) -> str | None:
    template = _FILES.get(error.errno or 0)
    if template is None:
        return None
    what = str(error.filename) if isinstance(error.filename, str) else "a file"
    return template.format(what=what, What=what[:1].upper() + what[1:] if what == "a file" else what)
