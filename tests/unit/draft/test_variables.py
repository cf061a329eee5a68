"""What a variable is for, by its name."""

from __future__ import annotations

from harness.draft.variables import Variables, sorted_out
from harness.model.services import Dependency


def test_addresses_databases_and_the_rest_are_told_apart() -> None:
    """What speaks no HTTP is named and not played; what tells of the service itself is neither."""
    names = (
        "DATABASE_URL",
        "ORDERS_DB",
        "SQLALCHEMY_DATABASE_URI",
        "SQLALCHEMY_TRACK_MODIFICATIONS",
        "LEDGER_URL",
        "TAX_API_URL",
        "MAIL_URL",
        "REDIS_URL",
        "PUBLIC_URL",
        "HTTP_URL",
        "LOG_LEVEL",
    )
    assert sorted_out(names, {}) == Variables(
        dependencies=(Dependency(name="ledger", env="LEDGER_URL"), Dependency(name="tax", env="TAX_API_URL")),
        env={
            "DATABASE_URL": "sqlite:///{tmp}/app.sqlite",
            "ORDERS_DB": "{tmp}/app.sqlite",
            "SQLALCHEMY_DATABASE_URI": "sqlite:///{tmp}/app.sqlite",
        },
        database="DATABASE_URL",
        unplayed=("MAIL_URL", "REDIS_URL"),
    )


def test_two_variables_are_two_dependencies() -> None:
    """Where both would have one name, the second has that of its variable: none is called for real unseen."""
    assert sorted_out(["TAX_API_URL", "TAX_URL"], {}).dependencies == (
        Dependency(name="tax", env="TAX_API_URL"),
        Dependency(name="tax_url", env="TAX_URL"),
    )


def test_what_is_given_stays_as_it_is() -> None:
    """An address that somebody names is called for real; a database of another kind is that of the service."""
    found = sorted_out(
        ["DATABASE_URL", "TAX_URL"], {"DATABASE_URL": "postgresql://db/shop", "TAX_URL": "http://127.0.0.1:9"}
    )
    env = {"DATABASE_URL": "postgresql://db/shop", "TAX_URL": "http://127.0.0.1:9"}
    assert found == Variables(dependencies=(), env=env, database="DATABASE_URL", unplayed=())
