"""What an operator runs beside the service. The settings are those of the service, from the environment."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from sample_app.contracts import contract_page
from sample_app.openapi import openapi
from sample_app.settings import Settings, SettingsError, from_environment
from sample_app.store.database import StorageUnavailable
from sample_app.store.migrate import migrate
from sample_app.sweep import LIMIT, sweep


class Unavailable(click.ClickException):
    """The database cannot be used now. Exit code 75, EX_TEMPFAIL of sysexits.h: try again later."""

    exit_code = 75


@click.group(help=__doc__)
def commands() -> None:
    """Gather the commands."""


def settings_or_end() -> Settings:
    """Read the settings, or end with exit code 2 and what is wrong with them."""
    try:
        return from_environment(os.environ)
    except SettingsError as wrong:
        raise click.UsageError(str(wrong)) from wrong


def unavailable(broken: StorageUnavailable) -> Unavailable:
    """Say what to do."""
    return Unavailable(f"the database cannot be used: {broken}; see DATABASE_URL, then try again")


@commands.command("migrate")
def migrate_command() -> None:
    """Bring the database up to the schema of this version."""
    try:
        revision = migrate(settings_or_end())
    except StorageUnavailable as broken:
        raise unavailable(broken) from broken
    click.echo(f"the database is at revision {revision}")


@commands.command("sweep")
@click.option(
    "--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="The most events to finish."
)
def sweep_command(limit: int) -> None:
    """Finish events that nobody retries, and forget expired keys; the counts are the last line."""
    try:
        swept = sweep(settings_or_end(), limit=limit)
    except StorageUnavailable as broken:
        raise unavailable(broken) from broken
    click.echo(json.dumps({"event": "swept", **asdict(swept)}))


@commands.command("openapi")
def openapi_command() -> None:
    """Print the contract as OpenAPI 3.1."""
    click.echo(json.dumps(openapi(settings_or_end()), indent=2))


@commands.command("contract")
def contract_command() -> None:
    """Print the page of all contracts (docs/contract.md)."""
    click.echo(contract_page(), nl=False)


if __name__ == "__main__":
    commands(prog_name="python -m sample_app")
