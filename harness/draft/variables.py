"""What an environment variable is for, by its name: the address of a dependency, a database, or nothing we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.model.records import record
from harness.model.services import Dependency

_DATABASE = re.compile(r"(?:.*_)?(?:DATABASE|DB|SQLALCHEMY|SQLITE|POSTGRES|POSTGRESQL)(?:_.*)?")
_DATABASE_URL = re.compile(r"sqlite:|postgres(?:ql)?(?:\+psycopg)?:")
_ADDRESS = re.compile(r"(?P<name>.+?)_(?:BASE_|API_)?(?:URL|URI|ENDPOINT)")
_OTHER = re.compile(
    r"(?:.*_)?(?:REDIS|CELERY|BROKER|AMQP|RABBITMQ|KAFKA|MONGO|MONGODB|MEMCACHED|SENTRY|SMTP|MAIL)(?:_.*)?"
)
"""What speaks no HTTP, or is nothing that the service waits for."""
_FLASK = re.compile(r"SQLALCHEMY_(?!DATABASE_UR[IL]$).*")
"""Settings of Flask-SQLAlchemy that are no address."""
_OWN = re.compile(
    r"(?:FLASK|WERKZEUG|GUNICORN|PYTHON|HTTP|HTTPS|NO|ALL|PUBLIC|STATIC|MEDIA|CALLBACK|REDIRECT|SELF|WSGI)"
)
"""Names that tell of the service itself, or of its server."""


@record
class Variables:
    """The variables of a service: the dependencies that they name, its database, and what its environment has to be.

    ``unplayed`` are those of dependencies that the harness cannot play.
    """

    dependencies: tuple[Dependency, ...]
    env: Mapping[str, str]
    database: str
    unplayed: tuple[str, ...]


def sorted_out(names: Iterable[str], known: Mapping[str, str]) -> Variables:
    """Return what each of ``names`` is for; a database is a file in the instance's own directory.

    What is ``known`` stays as it is: somebody has said what it is for.
    """
    given = tuple(name for name in names if name not in known)
    databases = [name for name in given if _DATABASE.fullmatch(name) and not _FLASK.fullmatch(name)]
    others = [name for name in given if _OTHER.fullmatch(name)]
    addresses: dict[str, str] = {}
    for variable in given:
        found = _ADDRESS.fullmatch(variable)
        if found and variable not in (*databases, *others) and not _OWN.fullmatch(found["name"]):
            name = found["name"].lower()
            addresses[name if name not in addresses else variable.lower()] = variable
    env = {name: value for name in databases if (value := _file(name))} | dict(known)
    return Variables(
        dependencies=tuple(Dependency(name=name, env=variable) for name, variable in addresses.items()),
        env=env,
        database=next((name for name, value in env.items() if _DATABASE_URL.match(value)), ""),
        unplayed=tuple(name for name in others if _ADDRESS.fullmatch(name)),
    )


def _file(name: str) -> str:
    """Return a database of the instance's own for a variable; empty where its name does not say what it takes."""
    if name.endswith(("_URL", "_URI", "_DSN")):
        return "sqlite:///{tmp}/app.sqlite"
    return "{tmp}/app.sqlite" if name.endswith(("_DB", "_DATABASE", "_FILE", "_PATH")) else ""
