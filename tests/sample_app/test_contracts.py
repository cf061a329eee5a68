"""The contracts: complete, current, and the same as what is published and what is served."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sample_app
from sample_app import create_app
from sample_app.contract_kind import Contract, Endpoint, errors_of, problems_by_status
from sample_app.contracts import ENDPOINTS, STAGES, contract_page
from sample_app.openapi import openapi
from sample_app.problems import KINDS, TYPE_PREFIX
from sample_app.settings import Settings
from sample_app.versions import promises_table

PAGE = Path(__file__).parents[2] / "docs" / "contract.md"
README = Path(sample_app.__file__).parent / "README.md"
DOCUMENT = openapi(Settings())
NAMES = [endpoint.name for endpoint in ENDPOINTS]


def stated() -> list[Contract | Endpoint]:
    """Find every contract that stands in a module of the app."""
    names = [module.name for module in pkgutil.walk_packages(sample_app.__path__, "sample_app.")]
    quiet = [name for name in names if "migrations" not in name and not name.endswith("__main__")]
    values = [value for name in quiet for value in vars(importlib.import_module(name)).values()]
    flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    return [one for one in flat if isinstance(one, Contract | Endpoint)]


def test_the_command_prints_the_page() -> None:
    """``python -m sample_app contract`` prints it."""
    out = subprocess.run([sys.executable, "-m", "sample_app", "contract"], capture_output=True, check=True, text=True)
    assert out.stdout == contract_page()


def test_no_contract_is_forgotten() -> None:
    """Whatever contract stands beside some code is collected, and no two share a name."""
    collected: list[Contract | Endpoint] = [*ENDPOINTS, *STAGES]
    assert set(stated()) == set(collected)
    assert len({one.name for one in collected}) == len(collected)


def test_contracts_and_problems_know_each_other() -> None:
    """Every error of a contract is a row of KINDS, and every row of KINDS is in the contract of some stage."""
    collected: list[Contract | Endpoint] = [*STAGES, *ENDPOINTS]
    used = {slug for one in collected for slug in one.errors}
    assert used == set(KINDS)


def test_every_contract_says_something_in_sentences() -> None:
    """Each has an input and a guarantee, and every text of it is a sentence."""
    collected: list[Contract | Endpoint] = [*ENDPOINTS, *STAGES]
    texts = [text for one in collected for text in (*one.input, *one.guarantees, *one.non_goals)]
    assert [one.name for one in collected if not (one.input and one.guarantees)] == []
    assert [text for text in texts if not text.endswith(".")] == []


def test_every_route_has_a_contract() -> None:
    """The addresses of the app and those of the contracts are the same, with their methods."""
    routes = {
        f"{method} {re.sub(r'<uuid:batch_id>', '{id}', rule.rule)}"
        for rule in create_app({}).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(NAMES)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
def test_openapi_lists_exactly_the_statuses_of_the_contract(endpoint: Endpoint) -> None:
    """No status is published that the contract does not have, and none is left out; the same for the types."""
    responses = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["responses"]
    problems = [kind.removeprefix(TYPE_PREFIX) for one in responses.values() for kind in one.get("x-problems", [])]
    assert set(map(int, responses)) == {*endpoint.answers, *(KINDS[slug].status for slug in errors_of(endpoint))}
    assert sorted(problems) == sorted(errors_of(endpoint))


def test_problems_are_grouped_by_status() -> None:
    """Statuses rise, and each problem stands under its own."""
    endpoint = next(one for one in ENDPOINTS if one.name == "GET /v2/batches/{id}")
    grouped = {status: [slug for slug, _kind in kinds] for status, kinds in problems_by_status(endpoint).items()}
    assert grouped == {
        400: ["host-invalid", "request-invalid"],
        404: ["not-found"],
        500: ["internal"],
        503: ["storage-unavailable"],
    }


def test_the_readme_names_what_is_there() -> None:
    """Every file and folder that the README names exists, and its rows about versions are those of the table."""
    text = README.read_text()
    named = re.findall(r"`((?:[a-z_]+/)*(?:[a-z_]+\.py|[a-z_]+/))`", text)
    rows = [line for line in text.splitlines() if line.count("|") == 4]
    assert [path for path in named if not (README.parent / path).exists()] == []
    assert len(named) > 20
    assert set(rows) <= set(promises_table().splitlines())
    assert len(rows) == 12
