"""The house tested by itself: what every page, step, task and file must have, whoever adds one (docs: HOUSE rules)."""

from __future__ import annotations

import ast
import importlib
import io
import pkgutil
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

from wangcheng.common.people.roles import GRANTS
from wangcheng.common.ways.processes import all_processes
from wangcheng.common.workflow import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("wangcheng", "grid", "hotline", "whistle", "budget")

# What a stranger may open: the way to log in, and the two questions of a machine that watches the site.
FRONT_DOOR = {"healthz", "readyz", "home", "login", "logout", "api_token"}  # home only leads on to the desk


# The front door


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site with an example in each of its places, and the name of its view."""
    for entry in resolver.url_patterns:
        address = before + example(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry.name or ""


def example(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        text = re.compile(r"<(?:(\w+):)?\w+>")
        usual = {**dict.fromkeys(("None", "str", "slug", "path"), "x"), "quarter": "2022Q4"}
        return text.sub(lambda place: usual.get(str(place[1]), "1"), str(pattern))
    assert isinstance(pattern, RegexPattern)
    text, names = normalize(str(pattern))[0]
    return str(text) % dict.fromkeys(names, "1")


def is_refused(client: Client, method: str, address: str) -> bool | None:
    """None where the view does not know the method."""
    response = client.generic(method, address, REMOTE_ADDR="203.0.113.7")
    if response.status_code == 405:
        return None
    to_login = response.status_code == 302 and response.headers["Location"].startswith(reverse("login"))
    return to_login or response.status_code in {401, 403}


@pytest.mark.django_db
def test_only_the_front_door_is_open_to_strangers(client: Client) -> None:
    client.raise_request_exception = False
    found = {f"/{address}": name for address, name in addresses(get_resolver()) if name not in FRONT_DOOR}
    answers = {
        address: [is_refused(client, method, address) for method in ("GET", "POST")] for address in sorted(found)
    }
    assert [address for address, refused in answers.items() if False in refused or set(refused) == {None}] == []
    assert len(answers) > 2


# Processes


@cache
def processes() -> list[tuple[str, tuple[Step, ...]]]:
    """Every table of steps in our packages, with the module it stands in."""
    modules = [module for name in PACKAGES for module in modules_of(name, "workflow")]
    tables = {
        id(value): (module.__name__, value)
        for module in modules
        for value in vars(module).values()
        if isinstance(value, tuple) and value and all(isinstance(item, Step) for item in value)
    }
    return list(tables.values())


def modules_of(package: str, *words: str) -> Iterator[Any]:
    """The modules that hold processes: workflow.py of an app or a room, or one named after what it carries."""
    home = importlib.import_module(package)
    for found in pkgutil.walk_packages(home.__path__, f"{package}."):
        if any(word in found.name.rpartition(".")[2] for word in words):
            yield importlib.import_module(found.name)


def model_of(module: str, table: Iterable[Step]) -> type[Model]:
    """The case model of a table: of the same app, with all the states that its steps name."""
    named = {state for step in table for state in step.sources | step.lands_in()} - {""}
    app = apps.get_app_config(module.split(".")[0])
    fitting = [model for model in app.get_models() if named <= set(getattr(model, "State", None) or ())]
    assert fitting, f"no model of {app.label} has the states {sorted(named)} that {module} names"
    return fitting[0]


def test_every_step_has_a_right_that_some_role_holds() -> None:
    granted = frozenset().union(*GRANTS.values())
    missing = {f"{module}:{step.name} {step.permission}" for module, table in processes() for step in table}
    missing = {entry for entry in missing if entry.split()[1] not in granted}
    assert missing == set()


def test_every_state_is_reached_and_has_a_way_out_or_is_final() -> None:
    assert processes(), "no table of steps was found"
    for module, table in processes():
        model: Any = model_of(module, table)
        left = {state for step in table for state in step.sources if step.lands_in() - {state}}
        reached = {state for step in table for state in step.lands_in()}
        named = getattr(model, "OPEN", None) or importlib.import_module(module).OPEN  # pages list these as unfinished
        open_states = {str(state) for state in named}
        assert open_states - left == set(), f"{module}: open states without a way out"
        assert set(map(str, model.State)) - reached == set(), f"{module}: states that no step leads to"


def test_no_two_steps_of_a_process_have_the_same_name() -> None:
    for module, table in processes():
        names = [step.name for step in table]
        assert len(names) == len(set(names)), module


@cache
def step_tables() -> dict[str, list[Any]]:
    """Every table of steps from state to state, also those that carry forms and actions of their own, by module and name."""
    modules = [module for name in PACKAGES for module in modules_of(name, "workflow", "steps")]
    found = {f"{module.__name__}.{name}": _lines(value) for module in modules for name, value in vars(module).items()}
    return {name: lines for name, lines in found.items() if lines}


def _lines(value: Any) -> list[Any]:
    lines = list(value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ())
    return lines if all(hasattr(line, "permission") and hasattr(line, "target") for line in lines) else []


def test_every_table_of_steps_is_in_the_manual() -> None:
    shown = [{(step.name, step.label, step.permission) for step in process.table} for process in all_processes()]
    wanted = {
        name: {(line.name, line.label, line.permission) for line in lines} for name, lines in step_tables().items()
    }
    assert {"whistle.workflow.TABLE", "budget.steps.STEPS", "budget.report_steps.STEPS"} <= set(wanted)
    assert [name for name, lines in wanted.items() if not any(lines <= steps for steps in shown)] == []


# Tasks


def test_every_entry_of_the_schedule_names_a_task() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(current_app.tasks) == set()


def test_a_machine_that_runs_by_day_alone_does_everything_of_the_schedule() -> None:
    """The embedded clock counts anew from each start."""
    assert [name for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if entry["schedule"] > 3600] == []


# Time


ASKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"),
        ("timezone", "localdate"), ("timezone", "localtime"), ("time", "time"), ("functions", "Now")}  # fmt: skip


def asks_for_time(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.func.attr) in ASKS:
                yield node.lineno
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno
        elif isinstance(node, ast.ImportFrom) and any(alias.name == "Now" for alias in node.names):
            yield node.lineno


def sources(*extra: str) -> Iterator[Path]:
    return (path for name in (*PACKAGES, *extra) for path in sorted((ROOT / name).rglob("*.py")))


def test_only_the_clock_asks_the_system_for_the_time() -> None:
    clock = ROOT / "wangcheng" / "common" / "clock.py"
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("tests")
        if path != clock and "migrations" not in path.parts
        for line in asks_for_time(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


# Pages and files


FOREIGN = re.compile(r"""(?:src|href|action|url\(|@import|fetch\(|hx-\w+)\s*[=(]?\s*["']?(?:https?:)?//[\w.-]+""", re.I)


BY_PATH = re.compile(r"(?<!request)(?<!parts)\.path\.startswith\(|__path__startswith=\w+\.area\.path")


def test_only_the_territory_compares_the_paths_of_areas() -> None:
    """A bare comparison forgets what an area was before it was re-coded: branch() and in_branch() know."""
    home = ROOT / "wangcheng" / "common" / "territory"
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sources()
        if home not in path.parents
        for match in BY_PATH.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def pages() -> Iterator[Path]:
    places = [ROOT / "templates", ROOT / "static", *(ROOT / name for name in PACKAGES)]
    endings = {".html", ".css", ".js", ".svg", ".txt"}
    return (path for place in places for path in sorted(place.rglob("*")) if path.suffix in endings)


def test_no_page_or_style_or_script_reaches_for_another_host() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in pages()
        for match in FOREIGN.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_every_static_file_a_template_names_is_there() -> None:
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in pages()
        for name in re.findall(r"""{%\s*static\s+["']([^"']+)["']""", path.read_text(encoding="utf-8"))
    }
    assert {entry for entry in named if not finders.find(entry[1])} == set()


def test_production_can_collect_every_static_file(settings: Any, tmp_path: Path) -> None:
    """The manifest storage of production reads every name inside styles and scripts and refuses one that is missing."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    missing = io.StringIO()
    with suppress(SystemExit):
        call_command("makemigrations", check=True, dry_run=True, stdout=missing)
    assert missing.getvalue().strip() == "No changes detected"
