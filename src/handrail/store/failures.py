"""What can go wrong with a database, in one sentence each, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from handrail.errors import UserError

_SQLITE = {
    "readonly database": "cannot be written: allow it to be, folder and file, or choose another place for the store",
    "unable to open database file": "cannot be opened: its folder has to exist, and to be yours to write in",
    "is full": "could not be written because the disk is full: nothing that was written before is lost; make room, "
    "then go on",
    "disk i/o error": "cannot be read or written: look whether the disk is full or broken; what was written is kept",
    "database is locked": "is being written by another program for too long: end that program, then try again",
    "file is not a database": "is no store of Handrail's: choose another file",
    "malformed": "is damaged: take it away, and “handrail sync” reads everything anew",
}
_CONNECTING = {
    "password authentication failed": "does not accept this user and password: correct them in the URL",
    "no password supplied": "wants a password: add it to the URL, or to your .pgpass",
    "does not exist": "is not there, or its user is not: create what is missing, or correct the URL",
    "too many": "has no connection to spare: try again later, or raise the server's max_connections",
    "": "cannot be reached: look whether the server runs, and whether host and port in the URL are right",
}
_WORKING = {
    "permission denied": "lacks rights for this user: grant them on its schema, or choose another user",
    "read-only transaction": "takes no writes: is it a standby? Give the URL of the primary",
    "no space left": "could not be written because its disk is full: nothing that was written before is lost; make "
    "room, then go on",
    "terminating connection": "ended the connection: what was written is kept; try again once the server runs",
    "server closed the connection": "ended the connection: what was written is kept; try again once the server runs",
}


@contextmanager
def in_plain_words(place: str) -> Iterator[None]:
    """Turn what a person can mend of the database at ``place`` into a UserError; a fault of ours stays as it is."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).lower()
        for words, sentence in _sentences(error).items():
            if words in said:
                raise UserError(f"{place} {sentence}.") from error
        raise


def _sentences(error: DBAPIError) -> dict[str, str]:
    if type(error.orig).__module__.startswith("sqlite3"):
        return _SQLITE
    # While it connects and commits, SQLAlchemy has no statement to name.
    lost = error.statement is None and isinstance(error, OperationalError)
    return {**_WORKING, **_CONNECTING} if lost else _WORKING
