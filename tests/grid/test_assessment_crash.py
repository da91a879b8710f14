"""The worker killed with SIGKILL in the middle of an assessment: nothing half-written, and the next one finishes it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from grid.actions import assessments
from grid.models import Assessment, GridScore
from tests.grid import quarter
from tests.grid.quarter import QUARTER
from tests.workers import database_url, until
from tests.world import World
from wangcheng.common.jobs import running
from wangcheng.common.models import Job


def stalled_worker(job: Job, mark: Path) -> subprocess.Popen[bytes]:
    place = connection.settings_dict
    url = f"sqlite:///{place['NAME']}" if connection.vendor == "sqlite" else database_url()
    command = [sys.executable, "-m", "tests.grid.stalled_worker", str(job.pk), str(mark)]
    return subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})


@pytest.mark.django_db(transaction=True)
def test_an_assessment_survives_the_death_of_its_worker(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter.all_worked(world)
    job = assessments.request(QUARTER, by=world.assessor)
    with stalled_worker(job, tmp_path / "written") as process:
        until((tmp_path / "written").exists, seconds=60)
        process.kill()
    assert Assessment.objects.get(kind="level3").scores.count() == 8, "what was done before stays"
    assert not GridScore.objects.filter(assessment__kind="level4").exists(), "nothing of the rest is half-written"

    monkeypatch.setattr("django.conf.settings.JOB_LEASE", 1)
    time.sleep(2)
    again = running.take_up(job.pk)
    assert again is not None
    assert (again.state, again.attempts) == ("done", 2)
    counts = {found.kind: (found.version, found.result.get("grids")) for found in Assessment.objects.all()}
    assert counts == {"level3": (1, 8), "level4": (1, 16), "zero": (1, None)}
    assert GridScore.objects.count() == 24
