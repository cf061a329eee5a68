"""List the planted defects as JSON, sorted by family and name; with ``--page`` as docs/defects.md has them."""

from __future__ import annotations

import json

import click

from sample_app.defects import DEFECTS
from sample_app.defects.page import page

FIELDS = ("name", "family", "entry", "check", "combination", "story", "only_on")


@click.command(help=__doc__)
@click.option("--page", "as_page", is_flag=True, help="Print the page of the documentation.")
def main(as_page: bool) -> None:
    """Print the list."""
    listed = sorted(DEFECTS.values(), key=lambda defect: (defect.family, defect.name))
    rows = [{name: getattr(defect, name) for name in FIELDS} for defect in listed]
    click.echo(page(DEFECTS) if as_page else json.dumps(rows, indent=2), nl=not as_page)


if __name__ == "__main__":
    main(prog_name="python -m sample_app.defects")
