"""Reads ``harness.yaml`` into a :class:`~harness.model.services.Configuration`, every mistake at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from harness.config.agreement import note_disagreements
from harness.config.dependencies import dependencies
from harness.config.nodes import (
    Node,
    Problems,
    Reader,
    Refused,
    describe,
    distinct,
    each,
    items_of,
    mapping_of,
    members,
)
from harness.config.operations import operations
from harness.config.routes import get_route
from harness.config.secrets import harmless, secrets
from harness.config.service import at_url, service
from harness.config.yaml_reader import read_yaml
from harness.model.services import Configuration, Route

FORMAT = 1
"""The format of configuration and scenario files that this version reads."""

_MISSING = "name yours with --config, or let 'harness init' write a first one"


def read_format(node: Node, _: Problems) -> int:
    """Read the format's number."""
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value == FORMAT:
        return FORMAT
    written = node.source or (json.dumps(node.value) if isinstance(node.value, str) else describe(node))
    raise Refused(node, f"this version of the harness reads format {FORMAT}, not {written}", str(FORMAT))


def check_format(root: Node, problems: Problems) -> None:
    """Raise at once where the file is of another format: nothing else in it could be judged."""
    given = mapping_of(root)
    if "format" in given and not each([given["format"]], read_format, problems):
        problems.raise_any()


def _watch(node: Node, problems: Problems) -> tuple[Route, ...]:
    """Read the routes that must stay fast."""
    distinct(items_of(node), problems, "route")
    return each(items_of(node), get_route, problems)


def top_level(directory: str) -> Mapping[str, Reader]:
    """Return the keys of the file; the service runs in ``directory``."""
    return {
        "format": read_format,
        "service": partial(service, directory=directory),
        "dependencies": dependencies,
        "operations": operations,
        "watch": _watch,
        "secrets": secrets,
        "not_secret": harmless,
    }


def load_configuration(path: Path, url: str = "") -> Configuration:
    """Return what the file at ``path`` says; its directory is the one that the service runs in.

    A ``url`` (``http://host:port``) takes the place of how the file says that the service runs.
    Raises :class:`~harness.model.errors.ScenarioError` with every problem of the file, each with line, column,
    dotted key, and the right spelling where one is near.
    """
    problems = Problems(str(path))
    root = read_yaml(path, problems, _MISSING)
    check_format(root, problems)
    read = members(root, top_level(str(path.parent)), problems, required=["format", "service", "operations"])
    if url and read.get("service"):
        read["service"] = at_url(read["service"], url)
    note_disagreements(root, read, problems)
    problems.raise_any()
    del read["format"]
    read["secrets"] = (*read.get("secrets", ()), *read.pop("not_secret", ()))
    return Configuration(file=str(path), **read)
