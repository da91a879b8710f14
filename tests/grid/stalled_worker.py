"""A worker process that takes up one assessment job and stalls in the middle of writing the level-4 result, to be killed.

`python -m tests.grid.stalled_worker JOB MARK`: the file MARK appears when the rows are written and not yet committed.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from grid.actions import assessments  # noqa: E402
from grid.assessing import Calculation  # noqa: E402
from grid.models import Assessment  # noqa: E402
from wangcheng.common.jobs.tasks import run_job  # noqa: E402

write = assessments.store


def write_and_stall(assessment: Assessment, calculation: Calculation) -> None:
    write(assessment, calculation)
    if assessment.kind == Assessment.Kind.LEVEL4:
        Path(sys.argv[2]).touch()
        time.sleep(60)


if __name__ == "__main__":
    assessments.store = write_and_stall
    run_job(int(sys.argv[1]))
