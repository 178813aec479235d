"""What the repository promises about itself: links, locks, the README's example."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS = ROOT / "requirements"
IMPORTED_AS = {"arviz-stats": "arviz_stats", "vl-convert-python": "vl_convert",
               "python-calamine": "python_calamine"}
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PINNED.findall((LOCKS / name).read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inside = [t for t in targets if "://" not in t and not t.startswith("mailto:")]
    assert [t for t in inside if not (page.parent / t).exists()] == []


@pytest.mark.parametrize("name", ["run.lock", "test.lock"])
def test_locks_have_hashes_and_no_addresses(name: str) -> None:
    text = (LOCKS / name).read_text()
    assert "://" not in text
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text))


def test_the_run_lock_is_part_of_the_test_lock() -> None:
    assert pins("run.lock").items() < pins("test.lock").items()


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {re.split(r"[ <>=!~\[;]", d)[0].lower() for d in project["dependencies"]}


def test_every_dependency_is_locked() -> None:
    assert dependencies() | {"flit-core"} <= pins("run.lock").keys()


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def optional() -> set[str]:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    return {re.split(r"[ <>=!~\[;]", d)[0].lower() for wanted in extras.values() for d in wanted}


def test_nothing_undeclared_is_imported() -> None:
    wanted = {IMPORTED_AS.get(d, d) for d in dependencies() | optional()}
    allowed = wanted | set(sys.stdlib_module_names) | {"equipoise"}
    undeclared = {p.name: imports(p) - allowed for p in (ROOT / "src").rglob("*.py")}
    assert {name: found for name, found in undeclared.items() if found} == {}


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.slow
def test_the_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    monkeypatch.chdir(tmp_path)
    exec(compile(example[1], "README.md", "exec"), {})
    assert (tmp_path / "kaz.html").stat().st_size > 10_000
