"""The tables of ``docs/command-line.md``, made from the commands themselves so that they cannot drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from harness.model.exits import MEANING


def options_table(command: click.Command) -> str:
    """Return one Markdown table with a row for every option of ``command``, in its order, without a final newline."""
    with click.Context(command, help_option_names=["-h", "--help"]) as context:
        named = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
        return "\n".join(("| option | meaning |", "| --- | --- |", *(_row(option) for option in named)))


def exits_table() -> str:
    """Return one Markdown table with a row for every exit code, without a final newline."""
    rows = (f"| {code.value} | {meaning} |" for code, meaning in MEANING.items())
    return "\n".join(("| code | meaning |", "| --- | --- |", *rows))


def commands_of(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below ``group`` by its whole name (``harness baseline update``), the group itself first."""
    yield name, group
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def _row(option: click.Option) -> str:
    value = "" if option.is_flag else f" {_placeholder(option)}"
    spelt = ", ".join(f"`{word}{value}`" for word in option.opts)
    told = (option.help or "", *_words(option.type), *_default(option))
    return f"| {spelt} | {' '.join(' '.join(told).split()).replace('<', '&lt;')} |"


def _placeholder(option: click.Option) -> str:
    """Return what stands for the value; never the list of words, which has a bar where a cell would end."""
    plain = "PATH" if isinstance(option.type, click.Path) else option.opts[-1].strip("-").upper()
    return option.metavar or plain


def _words(kind: object) -> Iterable[str]:
    return [f"One of {', '.join(f'`{word}`' for word in kind.choices)}."] if isinstance(kind, click.Choice) else []


def _default(option: click.Option) -> Iterable[str]:
    return [f"[default: {option.default}]"] if option.show_default else []
