"""List the planted defects as JSON, sorted by family and name; docs/defects.md has them for reading."""

from __future__ import annotations

import json

import click

from sample_app.defects import DEFECTS

FIELDS = ("name", "family", "entry", "check", "combination", "story", "only_on")


@click.command(help=__doc__)
def main() -> None:
    """Print the list."""
    listed = sorted(DEFECTS.values(), key=lambda defect: (defect.family, defect.name))
    rows = [{name: getattr(defect, name) for name in FIELDS} for defect in listed]
    click.echo(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main(prog_name="python -m sample_app.defects")
