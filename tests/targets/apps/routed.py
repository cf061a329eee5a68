"""A Flask application whose views are written in every way there is, and wrappers around it."""

from __future__ import annotations

import functools
from typing import Any

from flask import Blueprint, Flask
from flask.views import MethodView

pages = Blueprint("pages", __name__, url_prefix="/v1")


def logged(view: Any) -> Any:
    @functools.wraps(view)
    def around(*arguments: Any, **named: Any) -> Any:
        return view(*arguments, **named)

    return around


@pages.post("/things")
@logged
def create_thing() -> str:
    return "made"


class Thing(MethodView):
    """A view that is a class."""

    def get(self, number: int) -> str:
        """Read it."""
        return f"{number}"

    def put(self, number: int) -> str:
        """Replace it."""
        return f"{number}"


def create_app() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(pages)
    app.add_url_rule("/things/<int:number>", view_func=Thing.as_view("thing"))
    return app


class Wrapped:
    """Middleware that is an object."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Hand on."""
        return self.inner(environ, start_response)


def closed(inner: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        return inner(environ, start_response)

    return application


def wrapped() -> Any:
    return closed(Wrapped(create_app().wsgi_app))


def broken() -> Any:
    raise RuntimeError("no database")


def silent() -> Any:
    print('[["/etc/passwd", 1]]')
    raise SystemExit(0)
