"""What the source of a service tells: its applications, the variables that it knows, the header that names an event.

The source is parsed and never carried out here. Pure: texts come in, names come out.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from harness.config.service import is_app
from harness.draft.keys import IDEMPOTENCY
from harness.model.records import record

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_USUAL = ("wsgi", "app", "application", "main", "api", "server")
"""Modules in which an application is looked for first."""
_ENVIRONMENT = frozenset(
    (
        *("os.environ", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.getenv"),
        *("environ", "environ.get", "getenv", "env()", "env.str", "env.url", "config()"),
    )
)
"""What is subscripted, or with ``()`` called, to ask the environment; of ``os``, python-decouple and environs."""
_REQUEST = re.compile(r"(?:\w+\.)*request\.headers(?:\.\w+)?")
_FACTORIES = ("create_app", "make_app", "build_app")
_APPLICATIONS = ("app", "application", "api")


@record
class Source:
    """What the texts tell.

    ``apps`` are applications as the configuration names them, the likeliest first; ``variables`` names in capitals that
    the texts hold, as those of environment variables are, and ``read`` those that are surely asked of the environment;
    ``event_header`` is the header of idempotency keys that they read from a request, empty where they read none.
    """

    apps: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    event_header: str = ""


def read_source(texts: Mapping[str, str]) -> Source:
    """Return what ``texts``, by their path below the service's directory, tell; what is no Python tells nothing."""
    trees = {path: tree for path, text in sorted(texts.items(), key=_likeliest) if (tree := _parsed(text))}
    words = tuple(dict.fromkeys(chain.from_iterable(_words(tree) for tree in trees.values())))
    return Source(
        apps=tuple(app for path, tree in trees.items() for app in _apps(path, tree)),
        variables=tuple(sorted(word for word in words if _VARIABLE.fullmatch(word))),
        read=frozenset(chain.from_iterable(_asked(tree) for tree in trees.values())),
        event_header=next(chain.from_iterable(_read_of_requests(tree) for tree in trees.values()), ""),
    )


def _likeliest(item: tuple[str, str]) -> tuple[int, int, str]:
    """Order files by how likely the application stands in them: few directories, a usual name."""
    path, _ = item
    name = _module(path).rpartition(".")[2]
    usual = _USUAL.index(name) if name in _USUAL else len(_USUAL)
    return path.count("/") - path.endswith("/__init__.py"), usual, path


def _apps(path: str, tree: ast.Module) -> Iterator[str]:
    """Yield the applications of a file that a configuration can name."""
    found = (f"{_module(path)}:{name}" for name in _applications(tree))
    return (app for app in found if is_app(app) and path != "__init__.py")


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd in the source is not ours to say
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield every text of the source that is no docstring's sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
            yield node.value


def _asked(tree: ast.Module) -> Iterator[str]:
    """Yield the variables that the source asks the environment for."""
    return (word for of, word in _looked_up(tree) if _VARIABLE.fullmatch(word) and of in _ENVIRONMENT)


def _read_of_requests(tree: ast.Module) -> Iterator[str]:
    """Yield the headers of idempotency keys that the source reads from the request at hand."""
    return (word for of, word in _looked_up(tree) if IDEMPOTENCY.fullmatch(word) and _REQUEST.fullmatch(of))


def _looked_up(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every text by which something is subscripted or called first, with what that is; ``name()``: called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            of, key = _dotted(node.value), node.slice
        elif isinstance(node, ast.Call) and node.args:
            of, key = _dotted(node.func), node.args[0]
            of = of if "." in of or of == "getenv" else f"{of}()"
        else:
            continue
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield of, key.value


def _dotted(node: ast.expr) -> str:
    """Return a name with its attributes, as in ``os.environ``; empty where it is anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _applications(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module that are an application, and its factories that need nothing."""
    flasks = {name for node in tree.body for name in _assigned(node)}
    yield from sorted(flasks, key=lambda name: (name not in _APPLICATIONS, name))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and _needs_nothing(node.args)]
    yield from (f"{name}()" for name in _FACTORIES if any(node.name == name for node in functions))


def _assigned(node: ast.stmt) -> Iterable[str]:
    """Return the names to which a statement assigns ``Flask(...)``, or what a factory returns."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    called = _dotted(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
    return [t.id for t in targets if isinstance(t, ast.Name)] if called in ("Flask", *_FACTORIES) else []


def _needs_nothing(arguments: ast.arguments) -> bool:
    """Tell whether a function can be called with no argument at all."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional == len(arguments.defaults) and None not in arguments.kw_defaults
