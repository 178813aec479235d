"""The task runner: what it says, and what decides whether it installs again."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tasks.py, working on a folder of its own, with nothing that it would run being run."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("pyproject.toml", "requirements/run.lock", "requirements/test.lock"):
        (tmp_path / name).write_text(f"{name}\n")
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "python", "STAMP": venv / "installed",
              "LOCKS": tmp_path / "requirements", "AUTHORITIES": venv / "ca.crt", "BIN": venv}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.fixture
def installed(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pip was asked to install, one word each, the last."""
    asked: list[str] = []

    def make_venv() -> None:
        asked.append("venv")
        tasks.VENV.mkdir(exist_ok=True)
        tasks.PYTHON.touch()

    monkeypatch.setattr(tasks, "make_venv", make_venv)
    monkeypatch.setattr(tasks, "find_pip", lambda: ["pip"])
    monkeypatch.setattr(tasks, "pip_install", lambda pip, *words: asked.append(Path(words[-1]).name))
    return asked


def test_it_installs_once(tasks: ModuleType, installed: list[str]) -> None:
    tasks.install("run")
    assert installed == ["venv", "run.lock", tasks.ROOT.name]
    tasks.install("run")
    assert len(installed) == 3


def test_a_changed_lock_is_installed_into_the_same_venv(tasks: ModuleType, installed: list[str]) -> None:
    tasks.install("run")
    (tasks.LOCKS / "run.lock").write_text("newer\n")
    tasks.install("run")
    assert installed[3:] == ["run.lock", tasks.ROOT.name]


def test_test_tools_stay_when_a_report_follows(tasks: ModuleType, installed: list[str]) -> None:
    tasks.install("test")
    tasks.install("run")
    assert installed == ["venv", "test.lock", tasks.ROOT.name]
    (tasks.ROOT / "pyproject.toml").write_text("newer\n")
    tasks.install("run")
    assert installed[3] == "test.lock"


def test_a_failed_installation_leaves_no_venv(tasks: ModuleType, installed: list[str],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pip: list[str], *words: object) -> None:
        raise tasks.Stop("no")

    monkeypatch.setattr(tasks, "pip_install", fail)
    with pytest.raises(tasks.Stop):
        tasks.install("run")
    assert not tasks.VENV.exists()


def test_a_moved_copy_starts_anew(tasks: ModuleType, installed: list[str]) -> None:
    tasks.install("run")
    tasks.STAMP.write_text("/elsewhere\n" + tasks.fingerprint("run") + "\n")
    tasks.install("run")
    assert installed.count("venv") == 2


def test_an_old_python_is_told_in_one_line(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    assert tasks.main(["report", "KAZ"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "3.11 or newer is needed, this is 3.10" in error


def test_help_names_every_task(tasks: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main([]) == 0
    shown = capsys.readouterr().out
    assert [word for word in tasks.TASKS if f"tasks.py {word}" not in shown and not word.startswith("-")] == []


def test_other_words_go_to_the_command(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(tasks, "install", lambda level: None)
    monkeypatch.setattr(tasks, "call", lambda *words, cwd=None: called.extend(words) or 4)
    assert tasks.main(["report", "KAZ", "--lang", "zh-Hant"]) == 4
    assert called[1:] == ["report", "KAZ", "--lang", "zh-Hant"]


def test_nothing_leads_an_installation_out_of_its_folder(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    given = tasks.environment()
    assert "PYTHONPATH" not in given
    assert "PIP_TARGET" not in given
    assert given["PIP_USER"] == "0"


def test_a_missing_browser_is_told(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch,
                                   capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tasks, "find_browser", lambda: "")
    monkeypatch.setattr(tasks, "is_root", lambda: False)
    tasks.install_browser()
    assert "apt-get install -y --no-install-recommends chromium fonts-noto-cjk" in capsys.readouterr().err
