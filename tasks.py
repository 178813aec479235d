#!/usr/bin/env python3
"""The task runner, and the only thing a fresh copy needs: Python 3.11 or newer, its standard library, a network once.

    python3 tasks.py report KAZ     write Kazakhstan's report; what the command line takes, this takes too
    python3 tasks.py test           run all tests; with arguments: run pytest with them
    python3 tasks.py check          lint, types, import rules
    python3 tasks.py setup [run]    only make .venv and install what is locked (run: without the test tools)
    python3 tasks.py bench [NAME]   run the benchmarks
    python3 tasks.py pack [...]     build the embedded data pack from source files (equipoise data build ...)
    python3 tasks.py picture        draw the README's picture of the report
    python3 tasks.py lock [...]     resolve requirements/*.lock anew (--upgrade: to the newest versions)
    python3 tasks.py clean          remove .venv and all caches
    python3 tasks.py help           print this

The first word decides; any other first word goes to the equipoise command. Progress is told on standard error, so that
standard output carries only what the command itself prints. Exit codes: docs/reference/exit-codes.md.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed"
AUTHORITIES = VENV / "ca-certificates.crt"      # only where the system has none, see pip_of_debian
LOCKS = ROOT / "requirements"
OLDEST = (3, 11)
WRONG_USE, UNREACHABLE, NO_TESTS = 2, 5, 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk", "libatomic1")   # the last for the driver of the browser tests


class Stop(Exception):
    """Ends the run with one line of explanation."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def main(words: list) -> int:
    """Run the task that the first word names; return its exit code."""
    try:
        if sys.version_info < OLDEST:
            raise Stop("Python 3.11 or newer is needed, this is {}.{} ({}). Run it with a newer one, as in: "
                       "python3.13 tasks.py".format(*sys.version_info[:2], sys.executable), code=WRONG_USE)
        task = TASKS.get(words[0] if words else "help")
        return task(words[1:]) if task else equipoise(words)
    except Stop as stop:
        print("equipoise: " + " ".join(str(stop).split()), file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return 130


# The tasks


def equipoise(words: list) -> int:
    """Run the installed command, in the folder the user stands in."""
    install("run")
    return call(BIN / "equipoise", *words, cwd=None)


def test(words: list) -> int:
    """Run the fast tests, then the slow ones and those in a browser; report a failure of either."""
    install("test")
    install_browser()
    if words:
        return call(PYTHON, "-m", "pytest", *words)
    tell("fast tests, then slow and browser tests")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a core is enough; threads of both would wait in turn
    spread = ["-m", "pytest", "-n", "auto", "--dist", "loadgroup", "-m"]
    fast = call(PYTHON, *spread, "not slow and not browser and not live")
    slow = call(PYTHON, *spread, "(slow or browser) and not live", "--durations=20")
    return fast or (slow if slow != NO_TESTS else 0)


def check(words: list) -> int:
    """Run every checker, even after one has failed."""
    install("test")
    failed = []
    for name, *options in (["ruff", "check", "--output-format", "concise"], ["mypy"], ["lint-imports", "--no-logo"]):
        tell(name)
        if call(BIN / name, *options):
            failed.append(name)
    if failed:
        raise Stop("not clean: " + ", ".join(failed) + ".")
    return 0


def setup(words: list) -> int:
    """Make .venv and install what is locked."""
    install("run" if words == ["run"] else "test")
    tell("ready: {}".format(BIN / "equipoise"))
    return 0


def bench(words: list) -> int:
    """Run the benchmarks, all or those named."""
    install("test")
    found = sorted((ROOT / "benchmarks").glob("*.py"))
    chosen = [path for path in found if not words or path.stem in words]
    if not chosen:
        raise Stop("no such benchmark. There are: " + ", ".join(path.stem for path in found), code=WRONG_USE)
    return max(call(PYTHON, path) for path in chosen)


def pack(words: list) -> int:
    """Build the embedded data pack."""
    return equipoise(["data", "build"] + words)


def picture(words: list) -> int:
    """Write Kazakhstan's report and photograph its first page for the README."""
    install("run")
    install_browser()
    browser = find_browser()
    if not browser:
        raise Stop("no Chromium on the PATH to take the picture with.")
    target = ROOT / "docs" / "images" / "report-KAZ.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        if call(BIN / "equipoise", "report", "KAZ", "--out", page):
            return 1
        sandbox = ["--no-sandbox"] if is_root() else []
        if not quiet(browser, "--headless", *sandbox, "--disable-gpu", "--hide-scrollbars", "--window-size=1200,1500",
                     "--user-data-dir={}/profile".format(folder), "--screenshot={}".format(target), page.as_uri()):
            raise Stop("{} took no picture of {}.".format(browser, page))
    tell("wrote {}".format(target))
    return 0


def lock(words: list) -> int:
    """Resolve the locks: exact versions and hashes for every platform, no download addresses."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(BIN))
    if not uv:
        install("test")
        pip_install(find_pip(), "uv")
        uv = shutil.which("uv", path=str(BIN))
    # The test lock is a superset of the run lock, so the second resolution is held to the versions of the first.
    resolve(uv, "test", *words)
    resolve(uv, "run", "--group", "build", "--constraints", LOCKS / "test.lock")
    return 0


def clean(words: list) -> int:
    """Remove .venv and everything that tools leave behind."""
    caches = [".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "dist"]
    compiled = [path for part in ("src", "tests", "benchmarks") for path in (ROOT / part).rglob("__pycache__")]
    for path in [ROOT / name for name in caches] + compiled:
        shutil.rmtree(str(path), ignore_errors=True)
    return 0


def show_help(words: list) -> int:
    """Print what there is."""
    print(__doc__.strip())
    return 0


TASKS = {"test": test, "check": check, "setup": setup, "bench": bench, "pack": pack, "picture": picture, "lock": lock,
         "clean": clean, "help": show_help, "--help": show_help, "-h": show_help}


# Making .venv and installing into it


def install(level: str) -> None:
    """Bring .venv to what requirements/{level}.lock says; at once where the stamp says that it is there already."""
    # Installed scripts name the folder they were installed in: a copy that was moved starts anew.
    stamp = STAMP.read_text().splitlines() if STAMP.exists() and PYTHON.exists() else []
    fresh = stamp[:1] != [str(ROOT)]
    if not fresh and fingerprint(level) in stamp:
        return
    # What was installed for the tests stays so: a later report must not make the next test run install again.
    levels = ["run", "test"] if level == "test" or (len(stamp) == 3 and not fresh) else ["run"]
    try:
        make_venv() if fresh else STAMP.unlink()
        pip = find_pip()
        tell("installing the locked packages (the first time takes about a minute)")
        pip_install(pip, "--require-hashes", "--no-deps", "-r", LOCKS / (levels[-1] + ".lock"))
        pip_install(pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
    except Stop:
        shutil.rmtree(str(VENV), ignore_errors=True)
        raise
    STAMP.write_text("\n".join([str(ROOT)] + [fingerprint(name) for name in levels]) + "\n")


def fingerprint(level: str) -> str:
    """Hash of all that decides what is installed."""
    files = (LOCKS / (level + ".lock"), ROOT / "pyproject.toml")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def make_venv() -> None:
    """Make an empty .venv, in the place of a half-made one if need be."""
    import venv

    tell("making {}".format(VENV))
    try:
        venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(str(VENV))
    except OSError as error:
        raise Stop("cannot make {}: {}. Is the folder writable?".format(VENV, error.strerror or error)) from None


def find_pip() -> list:
    """The command that installs into .venv: its own pip, else this Python's, else the one Debian packages.

    Debian's python3 comes without ensurepip, and may come without pip.
    """
    own = [str(PYTHON), "-m", "pip"]
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    for make, pip in ((None, own), ([str(PYTHON), "-m", "ensurepip", "--default-pip"], own), (None, outer)):
        if (not make or quiet(*make)) and quiet(*pip, "--version"):
            return pip
    pip_of_debian()
    return own


def pip_of_debian() -> None:
    """Unpack Debian's pip, which is one file, and install it into .venv; nothing is installed on the system."""
    if not shutil.which("apt-get"):
        raise Stop("this Python has neither ensurepip nor pip. Install pip for {}.".format(sys.executable))
    tell("this Python has no pip: fetching Debian's, for .venv only")
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "unpacked"
        roots = unpacked / "usr/share/ca-certificates/mozilla"
        debian_files("python3-pip-whl", into=unpacked)
        if not Path("/etc/ssl/certs/ca-certificates.crt").exists():
            debian_files("ca-certificates", into=unpacked)
            AUTHORITIES.write_bytes(b"".join(path.read_bytes() for path in sorted(roots.glob("*.crt"))))
        wheel = next((unpacked / "usr/share/python-wheels").glob("pip-*.whl"))
        pip_install([str(PYTHON), str(wheel / "pip")], "--no-index", wheel)


def debian_files(package: str, *, into: Path) -> None:
    """Download a Debian package without installing it; apt checks its signature. Works for any user."""
    into.mkdir(exist_ok=True)
    own = Path(tempfile.mkdtemp(dir=str(into.parent)))
    (own / "lists" / "partial").mkdir(parents=True)
    private = ["-o", "Dir::State::Lists={}/lists".format(own), "-o", "Dir::Cache={}".format(own)]
    if is_root():
        private += ["-o", "APT::Sandbox::User=root"]
    download = ["apt-get", "-qq", "download", package]
    # The system's lists may be there; on a slim image they are not, and only root may fill them: then use our own.
    if not quiet(*download, cwd=own) and not (
        quiet("apt-get", "-qq", *private, "update") and quiet(*download, *private, cwd=own)
    ):
        raise Stop("cannot download {}. Connect to the network once, or install it: apt-get install python3-venv "
                   "ca-certificates".format(package), code=UNREACHABLE)
    if not quiet("dpkg-deb", "-x", next(own.glob("*.deb")), into):
        raise Stop("cannot unpack {}. Install it instead: apt-get install python3-venv".format(package))


def pip_install(pip: list, *words: object) -> None:
    """Run pip; end with one line if it fails, told apart by whether the network is the reason."""
    options = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    result = subprocess.run(pip + options + [str(word) for word in words], env=environment(), cwd=str(ROOT),
                            stderr=subprocess.PIPE, universal_newlines=True)
    if result.returncode == 0:
        return
    errors = [line for line in result.stderr.splitlines() if line.lstrip().startswith("ERROR")]
    because = (errors or result.stderr.splitlines() or ["pip failed without a word"])[0 if errors else -1]
    if any(mark in result.stderr for mark in ("NewConnectionError", "NameResolutionError", "ConnectTimeout",
                                              "ProxyError", "CERTIFICATE_VERIFY_FAILED", "Connection refused")):
        raise Stop("the package index cannot be reached. The first run needs the network once; behind a mirror or a "
                   "proxy, set PIP_INDEX_URL, PIP_PROXY or PIP_CERT.", code=UNREACHABLE)
    raise Stop("installing failed: {}".format(because))


def resolve(uv: str, level: str, *words: object) -> None:
    """Write requirements/{level}.lock and refuse one that names an address."""
    path = LOCKS / (level + ".lock")
    groups = ["--group", "test"] if level == "test" else []
    # Nothing of this machine may get in: neither its configuration nor the indexes its environment names.
    plain = {key: value for key, value in environment().items() if not key.startswith(("UV_", "PIP_"))}
    command = [uv, "--no-config", "pip", "compile", "pyproject.toml", *groups, "--universal", "--generate-hashes",
               "--python-version", "3.11", "--fork-strategy", "fewest", "--no-header", "--no-annotate", "--quiet",
               "--output-file", path, *words]
    if subprocess.call([str(word) for word in command], cwd=str(ROOT), env=plain, stdout=subprocess.DEVNULL):
        raise Stop("uv could not resolve the dependencies, see above.")
    text = path.read_text()
    if "://" in text:
        raise Stop("{} names a download address.".format(path))
    tell("{}: {} packages".format(path.name, sum(line[:1].isalnum() for line in text.splitlines())))


# Browser


def find_browser() -> str:
    """Path of Chromium or Chrome; empty if there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def install_browser() -> None:
    """Install Chromium and a Chinese font where that can be done without asking; else say how to."""
    if find_browser() and has_chinese_font() and has_libatomic():
        return
    command = "apt-get install -y --no-install-recommends " + " ".join(BROWSER_PACKAGES)
    if is_root() and shutil.which("apt-get"):
        tell(command)
        quiet("apt-get", "-qq", "update")
        if quiet(*command.split()) and find_browser():
            return
    tell("browser tests need Chromium, a Chinese font and libatomic, and will fail without. On Debian: sudo " + command)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Traditional Chinese."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-tw"], stdout=subprocess.PIPE).stdout.strip())


def has_libatomic() -> bool:
    """Whether the C library that the driver of the browser tests is linked to is here; only Linux needs it."""
    return not sys.platform.startswith("linux") or ctypes.util.find_library("atomic") is not None


# Running


def is_root() -> bool:
    """Whether packages may be installed without asking; never on Windows."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def environment() -> dict:
    """The environment without what would lead an installation, or an import, out of .venv."""
    drop = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV")
    plain = {key: value for key, value in os.environ.items() if key not in drop}
    plain.update(PIP_USER="0", DEBIAN_FRONTEND="noninteractive")
    if AUTHORITIES.exists():
        plain.setdefault("PIP_CERT", str(AUTHORITIES))
    return plain


def call(*words: object, cwd: object = ROOT) -> int:
    """Run a command with the user's terminal; return its exit code."""
    sys.stdout.flush()
    return subprocess.call([str(word) for word in words], cwd=str(cwd) if cwd else None, env=environment())


def quiet(*words: object, cwd: object = ROOT) -> bool:
    """Whether a command can be run and succeeds; its output is not shown."""
    try:
        result = subprocess.run([str(word) for word in words], cwd=str(cwd), env=environment(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return result.returncode == 0


def tell(message: str) -> None:
    """Say how far it is."""
    print("equipoise: " + message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
