"""``python -m sample_app``: what an operator runs beside the service. The settings are those of the service."""

from __future__ import annotations

import json
import os

import click

from sample_app.contracts import contract_page
from sample_app.openapi import openapi
from sample_app.settings import Settings, SettingsError, from_environment


@click.group(help=__doc__)
def commands() -> None:
    """Gather the commands."""


def settings_or_end() -> Settings:
    """Read the settings, or end with exit code 2 and what is wrong with them."""
    try:
        return from_environment(os.environ)
    except SettingsError as wrong:
        raise click.UsageError(str(wrong)) from wrong


@commands.command("contract")
def print_contract() -> None:
    """Print the contracts of all addresses and stages, in Markdown: docs/contract.md."""
    click.echo(contract_page(), nl=False)


@commands.command("openapi")
def print_openapi() -> None:
    """Print the contract as OpenAPI 3.1."""
    click.echo(json.dumps(openapi(settings_or_end()), indent=2))


if __name__ == "__main__":
    commands(prog_name="python -m sample_app")
