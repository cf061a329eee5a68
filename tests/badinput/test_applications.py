"""A service that cannot be started is told with the application's own traceback, blamed on it, and what may help."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from harness.model.errors import TargetError
from harness.model.services import Route
from tests.targets.conftest import Stage

pytestmark = pytest.mark.server

FAILED = "the application shop:app failed to start: "

BROKEN: tuple[tuple[str, ...], ...] = (
    (
        "a misspelt module",
        "import flsk\n",
        "ModuleNotFoundError: No module named 'flsk'; did you mean 'flask'?",
        """\
Traceback (most recent call last):
  File "{file}", line 1, in <module>
    import flsk
ModuleNotFoundError: No module named 'flsk'
""",
    ),
    (
        "a module of another environment",
        "import zzzqqq\n",
        (
            "ModuleNotFoundError: No module named 'zzzqqq'; the service runs in the harness's environment {prefix}: install "
            "what it needs there"
        ),
        """\
Traceback (most recent call last):
  File "{file}", line 1, in <module>
    import zzzqqq
ModuleNotFoundError: No module named 'zzzqqq'
""",
    ),
    (
        "a mistake of syntax",
        "x = 1\ndef app(:\n",
        "SyntaxError: invalid syntax (shop.py, line 2)",
        """\
  File "{file}", line 2
    def app(:
            ^
SyntaxError: invalid syntax
""",
    ),
    (
        "an error with its cause",
        (
            "def load():\n    raise KeyError('BANK_URL')\ntry:\n    load()\n"
            "except KeyError as error:\n    raise RuntimeError('no bank:\\nset BANK_URL') from error\n"
        ),
        "RuntimeError: no bank: set BANK_URL",
        """\
Traceback (most recent call last):
  File "{file}", line 4, in <module>
    load()
  File "{file}", line 2, in load
    raise KeyError('BANK_URL')
KeyError: 'BANK_URL'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "{file}", line 6, in <module>
    raise RuntimeError('no bank:\\nset BANK_URL') from error
RuntimeError: no bank:
set BANK_URL
""",
    ),
    (
        "an end of the process",
        "raise SystemExit(0)\n",
        "SystemExit: 0",
        'Traceback (most recent call last):\n  File "{file}", line 1, in <module>\n    raise SystemExit(0)\nSystemExit: 0\n',
    ),
    ("a number", "app = 5\n", *["TypeError: shop:app is no WSGI application, but of type int"] * 2),
    (
        "an attribute of another name",
        "def application(environ, start_response): ...\n",
        *["AttributeError: shop has no attribute 'app'; it has application"] * 2,
    ),
    (
        "a factory without its call",
        "def app(): ...\n",
        *[
            (
                "TypeError: shop:app cannot be called as a WSGI application is: too many positional arguments; if it is a "
                "factory, write shop:app()"
            )
        ]
        * 2,
    ),
)
"""What is wrong; the module; what is told; the traceback that is shown."""


def refusal(stage: Stage, directory: Path, server: str, app: str = "shop:app", patience: float = 5.0) -> TargetError:
    """Return how starting the application in ``directory`` fails."""
    with pytest.raises(TargetError) as caught:
        stage.start(server, app=app, directory=str(directory), start_timeout=patience)
    assert [what for what, _ in stage.processes()][-1:] in ([], ["stopped"])
    return caught.value


@pytest.mark.parametrize(("source", "told", "shown"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_an_application_that_cannot_be_loaded(
    source: str, told: str, shown: str, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it raised, with no frame but its own."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    file = tmp_path / "shop.py"
    file.write_text(source, encoding="utf-8")
    error = refusal(stage, tmp_path, "wsgi")
    assert str(error) == FAILED + told.format(prefix=sys.prefix)
    assert error.detail.strip("\n") == shown.format(file=file).strip("\n")


@pytest.mark.parametrize("server", ["gunicorn", "waitress"])
@pytest.mark.parametrize("number", [0, 4, 5], ids=[BROKEN[number][0] for number in (0, 4, 5)])
def test_a_server_tells_no_less(number: int, server: str, stage: Stage, tmp_path: Path) -> None:
    """The servers bury the traceback in frames of their own, show their usage, or say nothing at all: not here."""
    _, source, told, shown = BROKEN[number]
    file = tmp_path / "shop.py"
    file.write_text(source, encoding="utf-8")
    error = refusal(stage, tmp_path, server)
    assert (str(error), error.detail.strip("\n")) == (FAILED + told, shown.format(file=file).strip("\n"))


def test_a_factory_that_raises_or_returns_nothing(stage: Stage, tmp_path: Path) -> None:
    """A factory is called before anything is judged, and what it returns is looked at."""
    (tmp_path / "shop.py").write_text("def bad(): raise ValueError('no')\ndef none(): ...\n", encoding="utf-8")
    told = "the application shop:{} failed to start: {}"
    assert str(refusal(stage, tmp_path, "wsgi", "shop:bad()")) == told.format("bad()", "ValueError: no")
    assert str(refusal(stage, tmp_path, "wsgi", "shop:none()")) == told.format(
        "none()", "TypeError: shop:none() is no WSGI application, but of type NoneType"
    )


def test_a_module_that_is_not_there(stage: Stage, tmp_path: Path) -> None:
    """The module of the application is looked for where the configuration lies; what is there is offered."""
    told = "the application shop:app failed to start: ModuleNotFoundError: No module named 'shop'"
    where = f"; it was looked for in {tmp_path} and in the environment {sys.prefix}"
    assert str(refusal(stage, tmp_path, "wsgi")) == told + where
    (tmp_path / "shopp.py").touch()
    assert str(refusal(stage, tmp_path, "wsgi")) == f"{told}; did you mean 'shopp'?"


def test_the_active_environment_is_another(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed in one environment is missed in the other: both are named."""
    monkeypatch.setenv("VIRTUAL_ENV", "/srv/shop/.venv")
    (tmp_path / "shop.py").write_text("import zzzqqq\n", encoding="utf-8")
    assert str(refusal(stage, tmp_path, "wsgi")) == (
        f"{FAILED}ModuleNotFoundError: No module named 'zzzqqq'; the service runs in the harness's environment "
        f"{sys.prefix}, and not in the active one /srv/shop/.venv: install the harness there, or run the service by "
        "`command`"
    )


def test_a_process_that_ends_without_a_word(stage: Stage, tmp_path: Path) -> None:
    """A server would start it again and again, and never answer."""
    (tmp_path / "shop.py").write_text("import os; os._exit(0)\n", encoding="utf-8")
    error = refusal(stage, tmp_path, "gunicorn", patience=2.0)
    assert str(error) == "the application shop:app ends its process while it is imported"


ANSWERS = """\
def app(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise LookupError("no table")
    start_response(environ["PATH_INFO"][1:] + " Status", [])
    return [b""]
"""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/500", "500: the service runs, but fails there"),
        ("/404", "404: the service runs, but has no such route"),
        ("/401", "401: the service runs, but asks who is there; `ready` is a route for everybody"),
        ("/boom", "500: the service runs, but fails there (LookupError: no table)"),
    ],
)
def test_a_service_that_is_never_ready(path: str, told: str, stage: Stage, tmp_path: Path) -> None:
    """What its answers were, what that means, and what it raised."""
    (tmp_path / "shop.py").write_text(ANSWERS, encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        stage.start(
            "wsgi", app="shop:app", directory=str(tmp_path), ready=Route(method="GET", path=path), start_timeout=1.0
        )
    begin, _, rest = str(caught.value).partition(" answers was ")
    assert begin.startswith(
        f"WSGI application shop:app in a process of its own was not ready within 1 s: GET {path} must be answered, and "
        "each of its "
    )
    assert rest == f"{told}; set `ready` to a route that answers 2xx, or `start_timeout` to what it needs"


LISTEN = "import socket; socket.create_server(('127.0.0.1', {}))"


def test_a_command_whose_port_is_taken(stage: Stage) -> None:
    """A port that stands in the command itself may be anybody's: what helps is {port}."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TargetError) as caught:
            stage.start("command", command=(sys.executable, "-c", LISTEN.format(port)), start_timeout=5.0)
    assert str(caught.value).endswith(
        "ended (exit status 1) before it was ready; a port that it asks for is in use: end what listens there, or have "
        "it listen on {port}"
    )
