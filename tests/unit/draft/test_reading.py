"""What the source of a service tells without being carried out."""

from __future__ import annotations

from harness.draft.reading import Source, read_source

SHOP = """
import os
from flask import Flask, request
from decouple import config

app: Flask = Flask(__name__)
LEDGER = os.environ["LEDGER_URL"]
STOCK = os.getenv("STOCK_URL", "http://localhost:9000")
TAX = config("TAX_API_URL")

@app.post("/orders")
def place():
    session.headers["Idempotency-Key"] = "ours"
    return request.headers.get("X-Idempotency-Key") or KNOWN["SHIPPING_URL"]
"""


def test_applications_variables_and_the_event_header_are_found() -> None:
    """A header that the service sets on its own calls tells nothing of the requests that it gets."""
    assert read_source({"app.py": SHOP}) == Source(
        apps=("app:app",),
        variables=("LEDGER_URL", "SHIPPING_URL", "STOCK_URL", "TAX_API_URL"),
        read=frozenset({"LEDGER_URL", "STOCK_URL", "TAX_API_URL"}),
        event_header="X-Idempotency-Key",
    )


def test_the_likeliest_application_comes_first() -> None:
    """Near the top, in a module of a usual name; an application before a factory, and none that needs arguments."""
    texts = {
        "shop/__init__.py": "def create_app(settings=None): ...\n",
        "shop/admin.py": "admin = Flask('admin')\n",
        "tools.py": "def create_app(settings): ...\n",
        "wsgi.py": "from shop import create_app\napplication = create_app()\n",
    }
    assert read_source(texts).apps == ("wsgi:application", "shop:create_app()", "shop.admin:admin")


def test_what_is_no_python_tells_nothing() -> None:
    """Half an edit, Python 2, bytes that are no text."""
    texts = {"a.py": "print 'hello'", "b.py": "def (", "c.py": "x = '\0'", "d.py": "(" * 5_000}
    assert read_source(texts) == Source()


def test_what_a_configuration_cannot_name_is_no_application() -> None:
    """A file whose name is none of a module; and a chain of calls without end keeps nothing from being read."""
    texts = {
        "__init__.py": "app = Flask('a')",
        "my-app.py": "app = Flask('b')",
        "odd.py": f"x = a{'.opt(1)' * 400}\nURL = os.environ['SHOP_URL']",
        "web.py": "app = Flask('c')",
    }
    found = read_source(texts)
    assert (found.apps, found.variables) == (("web:app",), ("SHOP_URL",))
