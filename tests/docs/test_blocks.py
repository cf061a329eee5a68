"""What the documentation shows can be done: files that are read, commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path

import click
import pytest
import yaml

from harness.cli.commands import main
from harness.config import load_changes, load_configuration
from harness.scenario import load_scenarios
from harness.stage.planning import vocabulary
from sample_app.defects import DEFECTS
from tests.docs.pages import PAGES, ROOT, Block, blocks, inline_code

KINDS = {
    "service": "configuration",
    "family": "scenario",
    "client": "answer book",
    "changes": "declared changes",
}
"""What a YAML document is, by a key that only it has."""


def shown(language: str) -> list[Block]:
    """Return the blocks of a language in all pages."""
    return [block for page in PAGES for block in blocks(page) if block.language == language]


def place(block: Block) -> str:
    """Name a block by where it stands."""
    return f"{block.page}:{block.line}"


def kind_of(block: Block) -> str:
    """Tell what a YAML block is: a whole file with a format, or something that is none of ours."""
    document = yaml.safe_load(block.text)
    named = document if isinstance(document, dict) and "format" in document else {}
    return next((kind for key, kind in KINDS.items() if key in named), "foreign")


@pytest.mark.parametrize("block", [b for b in shown("yaml") if kind_of(b) == "configuration"], ids=place)
def test_every_configuration_is_read(block: Block, tmp_path: Path) -> None:
    """A reader can start from any configuration that is shown: the real loader takes it as it stands."""
    path = tmp_path / "harness.yaml"
    path.write_text(block.text, encoding="utf-8")
    assert load_configuration(path).operations


@pytest.mark.parametrize("block", [b for b in shown("yaml") if kind_of(b) == "declared changes"], ids=place)
def test_declared_changes_are_read(block: Block, tmp_path: Path) -> None:
    """They are of the sample app's own operations, and fit its configuration."""
    path = tmp_path / "changes.yaml"
    path.write_text(block.text, encoding="utf-8")
    operations = load_configuration(ROOT / "harness.yaml").operations
    assert load_changes(path, [operation.name for operation in operations])


@pytest.mark.parametrize("block", [b for b in shown("yaml") if kind_of(b) == "scenario"], ids=place)
def test_every_scenario_is_read(block: Block, tmp_path: Path) -> None:
    """A reader can start from any scenario that is shown: the real loader takes it beside a configuration of ours."""
    path = tmp_path / "shown.yaml"
    path.write_text(block.text, encoding="utf-8")
    for name in yaml.safe_load(block.text).get("clients", []):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / "scenarios" / name).read_text(encoding="utf-8"), encoding="utf-8")
    configuration = load_configuration(ROOT / "harness.yaml")
    (scenario,) = load_scenarios((path,), known=vocabulary(configuration))
    assert scenario.entries


@pytest.mark.parametrize("block", [b for b in shown("yaml") if kind_of(b) == "answer book"], ids=place)
def test_every_answer_book_is_read(block: Block, tmp_path: Path) -> None:
    """A reader can start from any answer book that is shown: a scenario that names it is read."""
    (tmp_path / "book.yaml").write_text(block.text, encoding="utf-8")
    path = tmp_path / "shown.yaml"
    path.write_text(
        "format: 1\nfamily: version-compatibility\nclients: [book.yaml]\nentries: [R08]\n", encoding="utf-8"
    )
    (scenario,) = load_scenarios((path,), known=vocabulary(load_configuration(ROOT / "harness.yaml")))
    assert [len(book.exchanges) > 0 for book in scenario.books] == [True]


def commands(block: Block) -> Iterator[str]:
    """Yield the command lines of a console block, those that go on in the next line joined."""
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            yield line.removeprefix("$ ").split("  #")[0]


CONSOLE = [(place(block), line) for block in shown("console") for line in commands(block)]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
INLINE = [
    (page.relative_to(ROOT).as_posix(), code)
    for page in PAGES
    for code in inline_code(page)
    if re.match(r"(\.venv/bin/)?harness [a-z-]", code) and "..." not in code
]


@pytest.mark.parametrize(("where", "line"), CONSOLE, ids=str)
def test_every_command_that_is_shown_parses(where: str, line: str) -> None:
    """Whoever copies a command gets what the page says: its options and their words are those of the command line."""
    assert [wrong for words in simple_commands(line) for wrong in strange(words)] == []


@pytest.mark.parametrize(("where", "code"), INLINE, ids=str)
def test_every_command_that_is_mentioned_exists(where: str, code: str) -> None:
    """A sentence may leave arguments out; the command and the options that it names exist."""
    command, rest = found(code.split()[1:])
    named = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert named <= {"--help", "-h", *(word for parameter in command.params for word in parameter.opts)}


def simple_commands(line: str) -> Iterator[list[str]]:
    """Yield the words of each simple command in a shell's line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if re.fullmatch(r"[;&|]+", word):
            yield words
            words = []
        else:
            words.append(word)


def strange(words: list[str]) -> Iterator[str]:
    """Yield what a simple command, as far as it is ours, asks for and nobody has; nothing is carried out."""
    variables = dict(word.split("=", 1) for word in words if assigns(word))
    yield from {variables.get("SAMPLE_APP_DEFECT", "")} - {"", *DEFECTS}
    rest = list(dropwhile(assigns, words))
    if rest and rest[0] in ("harness", ".venv/bin/harness"):
        yield from refused(rest[1:])
    if rest and rest[0] == "make":
        yield from {word for word in rest[1:] if not assigns(word)} - set(
            re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
        )
        yield from refused(["run", *shlex.split(variables.get("ARGS", "") if "run" in rest else "")])


def assigns(word: str) -> bool:
    """Tell whether a word gives a variable its value, where it stands before a command or is one of make's."""
    return re.match(r"\w+=", word) is not None


def refused(words: list[str]) -> Iterator[str]:
    """Yield why our own command line takes words not; nothing where it takes them."""
    try:
        command, rest = found(words)
        command.make_context(command.name, rest, parent=click.Context(main), resilient_parsing="--help" in rest)
    except click.UsageError as error:
        yield error.format_message()


def found(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that the words begin with, and the words behind its name."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands
        command, words = command.commands[words[0]], words[1:]
    return command, words
