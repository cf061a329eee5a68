"""How the documentation becomes a site: ``make docs`` builds it into ``site/``, and a broken link is an error.

The pages are plain Markdown, as good on a code host as here. So the source of the site is the whole repository, in
which every relative link leads where it leads in a checkout; the navigation stands below, README.md is the start page.
"""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent

NAVIGATION = {
    "Begin": ("docs/tutorial", "docs/concepts", "docs/glossary"),
    "How to": (
        "docs/your-own-service",
        "docs/ci",
        "docs/gate",
        "docs/load-test-before-a-release",
        "docs/regression-after-an-incident",
        "docs/incidents",
        "docs/recording-in-production",
        "docs/versions-of-a-service",
    ),
    "Reference": (
        "docs/command-line",
        "docs/configuration",
        "docs/scenarios",
        "docs/entries",
        "docs/malformations",
        "docs/faults",
        "docs/checks",
        "docs/report-format",
        "docs/no-false-green",
    ),
    "The sample app": ("sample_app/README", "docs/contract", "docs/defects"),
    "The harness itself": (
        "ARCHITECTURE",
        "docs/proof",
        "docs/benchmarks",
        "docs/adding-a-malformation",
        "docs/adding-a-fault",
        "docs/adding-a-check",
        "CHANGELOG",
    ),
}
"""The pages by their captions; a page of docs/ that stands nowhere here goes to the end of the reference."""

project = "harness"
author = "the authors of harness"
version = release = metadata.version("reliability-harness")
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "docs/*.svg", "sample_app/README.md"]
exclude_patterns = [".*", "site", "reports", "tests", "harness"]
suppress_warnings = ["myst.header"]
myst_heading_anchors = 4
myst_all_links_external = False
html_theme = "furo"
html_title = "harness"
html_copy_source = False
html_show_copyright = False


def with_navigation(_app: Sphinx, name: str, source: list[str]) -> None:
    """Append the navigation to the start page, where only the site shows it."""
    if name == root_doc:
        source[0] += "\n\n".join(("", *(tree(caption, pages) for caption, pages in navigation().items())))


def navigation() -> dict[str, tuple[str, ...]]:
    """Return the captions with their pages, those that nobody has put in a place included."""
    placed = {page for pages in NAVIGATION.values() for page in pages}
    left = sorted({f"docs/{page.stem}" for page in (ROOT / "docs").glob("*.md")} - placed)
    return {**NAVIGATION, "Reference": (*NAVIGATION["Reference"], *left)}


def tree(caption: str, pages: tuple[str, ...]) -> str:
    """Return a table of contents that shows in the margin only."""
    return "\n".join(("```{toctree}", ":hidden:", f":caption: {caption}", "", *(f"/{page}" for page in pages), "```"))


def with_index(app: Sphinx, broken: Exception | None) -> None:
    """Let the start page be what a server shows for the directory, too."""
    if broken is None and app.builder.name == "html":
        shutil.copyfile(Path(app.outdir) / f"{root_doc}.html", Path(app.outdir) / "index.html")


def setup(app: Sphinx) -> None:
    """Tell Sphinx what is ours."""
    app.connect("source-read", with_navigation)
    app.connect("build-finished", with_index)
