"""PyYAML's parser events into a tree of nodes, on a stack of its own so that nesting costs no recursion.

Refused here: anchors, aliases, merge keys, tags, a key twice, a key that is not text, a second document,
nesting beyond :data:`DEEPEST`. Refusing one goes on with the next; only what leaves no tree stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from harness.config.core_schema import Plain, resolve
from harness.config.nodes import Broken, Node, Problems

DEEPEST = 64
"""Levels of nesting that a file may have."""

_NO_KEY = "a key is text, not an alias, a list or a mapping; a text that begins with {, [ or * needs quotes"
_NO_ALIAS = "anchors and aliases are not used here; write the value out"
_NO_MERGE = "merge keys are not part of YAML 1.2; write the members out"
_NO_TAG = "tags are not used here; quote the value if it is text"


class Stop(Exception):
    """The rest of the file cannot be understood; what is wrong has been noted."""


@dataclass(slots=True)
class _Name:
    """The key that a value stands under, or its own place where it has none. Not kept: key refused, value dropped."""

    text: str
    line: int
    column: int
    keep: bool = True


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen. ``members`` is None for a list."""

    key: str
    name: _Name
    line: int
    column: int
    members: dict[str, Node] | None
    items: list[Node] = field(default_factory=list)
    waiting: _Name | None = None

    def wants_name(self) -> bool:
        """Return whether the next node is a key."""
        return self.members is not None and self.waiting is None

    def add(self, node: Node) -> None:
        """Take the next item, or the value of the waiting key."""
        if self.members is None:
            self.items.append(node)
        elif self.waiting is not None:
            if self.waiting.keep:
                self.members[self.waiting.text] = node
            self.waiting = None


def build(events: Iterable[yaml.Event], problems: Problems) -> Node | None:
    """Return the root node of the document; None where the file holds none."""
    root: Node | None = None
    stack: list[_Open] = []
    for event in events:
        _refuse_second(event, root, problems)
        node = _node(event, stack, problems)
        if node is not None and stack:
            stack[-1].add(node)
        root = root if node is None or stack else node
    return root


def _refuse_second(event: yaml.Event, root: Node | None, problems: Problems) -> None:
    """Stop where another document begins."""
    if isinstance(event, yaml.DocumentStartEvent) and root is not None:
        problems.note_at(*_place(event), "", "a second document begins; a file holds one")
        raise Stop


def _node(event: yaml.Event, stack: list[_Open], problems: Problems) -> Node | None:
    """Return the node that ``event`` completes, if it does."""
    if isinstance(event, yaml.CollectionEndEvent):
        return _closed(stack.pop())
    if not isinstance(event, yaml.NodeEvent):
        return None
    if stack and stack[-1].wants_name():
        stack[-1].waiting = _name(event, stack[-1], problems)
        return None
    if isinstance(event, yaml.CollectionStartEvent):
        stack.append(_opened(event, stack, problems))
        return None
    return _scalar(event, stack, problems)


def _place(event: yaml.Event) -> tuple[int, int]:
    """Return line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _name(event: yaml.NodeEvent, parent: _Open, problems: Problems) -> _Name:
    """Return the key that ``event`` is, with what is wrong with it noted."""
    line, column = _place(event)
    if not isinstance(event, yaml.ScalarEvent):
        problems.note_at(line, column, parent.key, _NO_KEY)
        raise Stop
    text = event.value
    path = _under(parent, text)
    refusal = _refused_name(event, parent)
    if refusal:
        problems.note_at(line, column, path, refusal)
    else:
        _refuse_marks(event, path, problems)
        text = _sound_text(text, (line, column), path, problems)
    return _Name(text, line, column, keep=not refusal)


def _refused_name(event: yaml.ScalarEvent, parent: _Open) -> str:
    """Return why this cannot be a key here; empty: it can."""
    if event.style is None and event.tag is None and event.value == "<<":
        return _NO_MERGE
    if event.style is None and not isinstance(_meaning(event.value), str):
        return f'a key is text; write "{event.value}" in quotes'
    if parent.members is not None and event.value in parent.members:
        return f"this key stands in line {parent.members[event.value].name_line} already"
    return ""


def _under(parent: _Open, name: str) -> str:
    """Return the dotted path of member ``name``."""
    return f"{parent.key}.{name}" if parent.key else name


def _here(event: yaml.Event, stack: list[_Open]) -> tuple[str, _Name]:
    """Return the dotted path of the value that ``event`` begins, and what it stands under."""
    own = _Name("", *_place(event))
    if not stack:
        return "", own
    parent = stack[-1]
    if parent.waiting is None:
        return f"{parent.key}[{len(parent.items)}]", own
    return _under(parent, parent.waiting.text), parent.waiting


def _refuse_marks(event: yaml.NodeEvent, key: str, problems: Problems) -> bool:
    """Note an anchor or a tag; return whether there was a tag, which changes what the value means."""
    if event.anchor is not None:
        problems.note_at(*_place(event), key, _NO_ALIAS)
    tagged = getattr(event, "tag", None) is not None
    if tagged:
        problems.note_at(*_place(event), key, _NO_TAG)
    return tagged


def _opened(event: yaml.CollectionStartEvent, stack: list[_Open], problems: Problems) -> _Open:
    """Return the collection that ``event`` begins."""
    key, name = _here(event, stack)
    line, column = _place(event)
    if len(stack) >= DEEPEST:
        problems.note_at(line, column, "", f"nested deeper than {DEEPEST} levels")
        raise Stop
    _refuse_marks(event, key, problems)
    members: dict[str, Node] | None = {} if isinstance(event, yaml.MappingStartEvent) else None
    return _Open(key=key, name=name, line=line, column=column, members=members)


def _closed(done: _Open) -> Node:
    """Return the node of a finished collection."""
    value = tuple(done.items) if done.members is None else done.members
    return Node(
        value=value,
        line=done.line,
        column=done.column,
        name_line=done.name.line,
        name_column=done.name.column,
        key=done.key,
    )


def _scalar(event: yaml.NodeEvent, stack: list[_Open], problems: Problems) -> Node:
    """Return the node of a scalar; an alias, a tagged or an unsound one is broken."""
    key, name = _here(event, stack)
    line, column = _place(event)
    value: Plain | Broken = Broken.TOKEN
    source = ""
    if isinstance(event, yaml.AliasEvent):
        problems.note_at(line, column, key, _NO_ALIAS)
    elif isinstance(event, yaml.ScalarEvent) and not _refuse_marks(event, key, problems):
        value = _value(event, key, problems)
        source = event.value if event.style is None else ""
    return Node(
        value=value, line=line, column=column, name_line=name.line, name_column=name.column, key=key, source=source
    )


def _value(event: yaml.ScalarEvent, key: str, problems: Problems) -> Plain | Broken:
    """Return what a scalar means."""
    place = _place(event)
    value = event.value if event.style is not None else _meaning(event.value)
    if value is Broken.TOKEN:
        problems.note_at(*place, key, "an integer of more digits than can be read; quote it if it is text")
    return _sound_text(value, place, key, problems) if isinstance(value, str) else value


def _meaning(text: str) -> Plain | Broken:
    """Return what plain text means; broken where it is a number that Python does not convert."""
    try:
        return resolve(text)
    except ValueError:
        return Broken.TOKEN


def _sound_text(text: str, place: tuple[int, int], key: str, problems: Problems) -> str:
    r"""Return ``text`` with escaped surrogate pairs (``"\ud83d\ude00"``) joined; half a pair is a problem."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        problems.note_at(*place, key.encode("utf-8", "replace").decode(), "half of a surrogate pair is not a character")
        return text.encode("utf-8", "replace").decode()
