"""The documentation is true: its examples run, its output is what the commands print, and the CLI reference is whole.

`python tests/test_docs.py` writes the CLI reference and the outputs of console blocks anew.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from pkgutil import resolve_name

import pytest
import typer

from equipoise.cli import app, data_app, panel_app
from equipoise.commands.measure import app as measure_app
from equipoise.commands.organisations import app as organisations_app
from equipoise.commands.trade import app as trade_app

DOCS = Path(__file__).resolve().parents[1] / "docs"
REFERENCE = DOCS / "reference" / "cli.md"
CONSOLE = re.compile(r"```console\n\$ (equipoise [^\n]*)\n(.*?)```", re.DOTALL)
NAME = re.compile(r"`(equipoise(?:\.\w+)+)`")
PYTHON = re.compile(r"```python\n(>>> .*?)```", re.DOTALL)
START = "import sys; from equipoise.cli import main; sys.argv[0] = 'equipoise'; main()"
HEAD = """\
# Command line

What `--help` prints, command by command. In a copy of the repository `python3 tasks.py` takes the same words.
Codes that a command ends with: [exit codes](exit-codes.md). `python tests/test_docs.py` writes this page.

| environment variable | meaning |
|---|---|
| `EQUIPOISE_CACHE` | folder of downloaded sources, instead of the platform's cache folder |
| `EQUIPOISE_PACK` | folder of a data pack to use instead of the one that is installed |
"""


def pages_with(block: re.Pattern[str]) -> list[Path]:
    return [p for p in sorted(DOCS.rglob("*.md")) if block.search(p.read_text(encoding="utf-8"))]


def printed(*words: str) -> str:
    """What a command prints, in an empty folder and a terminal of 100 columns."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", START, *words], cwd=folder, env=env, capture_output=True,
                              encoding="utf-8", check=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"


def names(of: typer.Typer) -> list[str]:
    return [c.name or c.callback.__name__.replace("_", "-") for c in of.registered_commands if c.callback]


def reference() -> str:
    """The page of the command line's reference."""
    commands = [[word] for word in names(app)]
    for group, under in (("panel", panel_app), ("measure", measure_app), ("organisations", organisations_app),
                         ("trade", trade_app), ("data", data_app)):
        commands += [[group], *([group, word] for word in names(under))]
    parts = [f"\n## {' '.join(['equipoise', *words])}\n\n```text\n{printed(*words, '--help')}```\n"
             for words in ([], *commands)]
    return HEAD + "".join(parts)


def with_outputs(text: str) -> str:
    """The page with the output of its console blocks as it is now."""
    return CONSOLE.sub(lambda m: f"```console\n$ {m[1]}\n{printed(*shlex.split(m[1])[1:])}```", text)


def test_the_reference_is_what_help_prints() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "write it anew: python tests/test_docs.py"


@pytest.mark.slow
@pytest.mark.parametrize("page", pages_with(CONSOLE), ids=lambda p: p.stem)
def test_console_output_is_what_is_printed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == with_outputs(text), "write it anew: python tests/test_docs.py"


@pytest.mark.parametrize("page", pages_with(PYTHON), ids=lambda p: p.stem)
def test_python_examples_run(page: Path) -> None:
    code = "\n".join(PYTHON.findall(page.read_text(encoding="utf-8")))
    example = doctest.DocTestParser().get_doctest(code, {}, page.stem, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    said: list[str] = []
    runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_names_in_prose_exist() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in DOCS.rglob("*.md"))
    missing = []
    for name in sorted(set(NAME.findall(text))):
        try:
            resolve_name(name)
        except (ImportError, AttributeError):
            missing.append(name)
    assert missing == []


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
    for path in pages_with(CONSOLE):
        path.write_text(with_outputs(path.read_text(encoding="utf-8")), encoding="utf-8")
