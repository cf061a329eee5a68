"""Every setting of the service, read once from the environment, with its default and its unit."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlsplit

from sample_app.records import ReleaseName
from sample_app.store.addresses import database_address

SECRETS = re.compile(r"(?<=//).*(?=@)|(?<=:/)[^/].*(?=@)|(?<=password=)[^&]*", re.DOTALL)  # in an address: never shown
LOG_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class SettingsError(ValueError):
    """The environment says something that the service cannot run with; the message names the variable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an operator may change. Times are seconds, sizes are bytes, lengths are characters (code points)."""

    database_url: str = "sqlite:///sample_app.db"  # a file in the working directory, or postgresql://...
    ledger_url: str = "http://127.0.0.1:8081"
    deadline: float = 1.8  # from the last byte of a request's body to its answer, all waits together
    ledger_deadline: float = 1.0  # from the first byte of the name look-up to the last byte of the answer
    ledger_calls: int = 2  # at a time in one process; with reference_calls fewer than a worker has threads
    ledger_tries: int = 3  # of one call, all within its deadline
    reference_url: str | None = None  # nothing is looked up without it
    reference_deadline: float = 0.4
    reference_calls: int = 1
    reference_tries: int = 2
    call_wait: float = 0.25  # a call waits for its place while those under way are younger than this
    backoff: float = 0.05  # bound of the pause before the second try; doubled for each one after it
    breaker_failures: int = 5  # calls that fail in a row before the dependency is left alone
    breaker_open: float = 0.5  # for how long it is left alone before one call tries it again
    lease_margin: float = 3.0  # a claim outlives the ledger's deadline by this much, then a retry may take it over
    storage_wait: float = 0.8  # how long one transaction waits for a lock, or for the database to come back
    key_ttl: float = 86400.0  # how long a key is known after its event was finished; then it is a new event's
    max_body: int = 64 * 1024
    max_nesting: int = 32
    max_values: int = 1000
    max_value_length: int = 1000
    max_source_length: int = 64
    max_id_length: int = 64
    max_label_length: int = 200
    release: ReleaseName = "0.2"  # which build of the service this process is, see releases.py
    log_level: int = logging.INFO  # debug adds a line for each stage of a request
    defect: str | None = None  # a planted defect, see sample_app.defects; never set in production

    @property
    def lease(self) -> float:
        """Seconds for which a claim belongs to the request that took it."""
        return self.ledger_deadline + self.lease_margin


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError naming the variable, its value and what was expected."""
    chosen: dict[str, Any] = {}
    for variable, (field, read) in VARIABLES.items():
        text = environ.get(variable, "")
        if text:
            chosen[field] = read_variable(variable, text, read)
    return Settings(**chosen)


def read_variable(variable: str, text: str, read: Callable[[str], object]) -> object:
    """Convert one variable, saying which one it was when it cannot be."""
    try:
        return read(text)
    except ValueError as wrong:
        shown = SECRETS.sub("***", text)
        raise SettingsError(f"{variable}={shown!r}: {wrong}") from wrong


def positive_seconds(text: str) -> float:
    """Read a number of seconds above zero."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError("expected a number of seconds above zero")
    return seconds


def positive_count(text: str) -> int:
    """Read a whole number above zero."""
    count = int(text)
    if count < 1:
        raise ValueError("expected a whole number above zero")
    return count


def log_level(text: str) -> int:
    """Read ``debug``, ``info``, ``warning`` or ``error``."""
    level = LOG_LEVELS.get(text.lower())
    if level is None:
        raise ValueError(f"expected one of {', '.join(LOG_LEVELS)}")
    return level


def release_name(text: str) -> ReleaseName:
    """Read the name of a release."""
    names: tuple[ReleaseName, ...] = get_args(ReleaseName)
    for name in names:
        if name == text:
            return name
    raise ValueError(f"expected one of {', '.join(names)}")


def http_address(text: str) -> str:
    """Read ``http://host[:port][/prefix]``, without its last slash.

    Danger: https is refused, because the total deadline of this version guards a plain socket only.
    """
    parts = urlsplit(text)
    plain = parts.scheme == "http" and text.isascii() and not (parts.query or parts.fragment or parts.username)
    if not plain or not parts.hostname:
        raise ValueError("expected http://host[:port][/prefix], in ASCII")
    _ = parts.port, parts.hostname.encode("idna")  # ValueError: no port, or no name that can be looked up
    return text.rstrip("/")


VARIABLES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "DATABASE_URL": ("database_url", database_address),
    "LEDGER_URL": ("ledger_url", http_address),
    "SAMPLE_APP_DEADLINE": ("deadline", positive_seconds),
    "SAMPLE_APP_LEDGER_DEADLINE": ("ledger_deadline", positive_seconds),
    "SAMPLE_APP_LEDGER_CALLS": ("ledger_calls", positive_count),
    "SAMPLE_APP_LEDGER_TRIES": ("ledger_tries", positive_count),
    "REFERENCE_URL": ("reference_url", http_address),
    "SAMPLE_APP_REFERENCE_DEADLINE": ("reference_deadline", positive_seconds),
    "SAMPLE_APP_REFERENCE_CALLS": ("reference_calls", positive_count),
    "SAMPLE_APP_REFERENCE_TRIES": ("reference_tries", positive_count),
    "SAMPLE_APP_CALL_WAIT": ("call_wait", positive_seconds),
    "SAMPLE_APP_BACKOFF": ("backoff", positive_seconds),
    "SAMPLE_APP_BREAKER_FAILURES": ("breaker_failures", positive_count),
    "SAMPLE_APP_BREAKER_OPEN": ("breaker_open", positive_seconds),
    "SAMPLE_APP_LEASE_MARGIN": ("lease_margin", positive_seconds),
    "SAMPLE_APP_STORAGE_WAIT": ("storage_wait", positive_seconds),
    "SAMPLE_APP_KEY_TTL": ("key_ttl", positive_seconds),
    "SAMPLE_APP_MAX_BODY": ("max_body", positive_count),
    "SAMPLE_APP_MAX_NESTING": ("max_nesting", positive_count),
    "SAMPLE_APP_MAX_VALUES": ("max_values", positive_count),
    "SAMPLE_APP_MAX_VALUE_LENGTH": ("max_value_length", positive_count),
    "SAMPLE_APP_MAX_SOURCE_LENGTH": ("max_source_length", positive_count),
    "SAMPLE_APP_MAX_ID_LENGTH": ("max_id_length", positive_count),
    "SAMPLE_APP_MAX_LABEL_LENGTH": ("max_label_length", positive_count),
    "SAMPLE_APP_RELEASE": ("release", release_name),
    "SAMPLE_APP_LOG_LEVEL": ("log_level", log_level),
    "SAMPLE_APP_DEFECT": ("defect", str),
}
