"""不予立案: never without a reason, whichever way one comes."""

from __future__ import annotations

import pytest

from tests.whistle.steps import blown, reported
from tests.world import World
from wangcheng.common.workflow import NotAllowed
from whistle import actions


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_whistle_is_not_declined_without_a_reason(world: World, note: str) -> None:
    with pytest.raises(NotAllowed, match="须说明理由"):
        actions.decline(blown(world).pk, by=world.reviewer, note=note)
    with pytest.raises(NotAllowed, match="须说明理由"):
        actions.filter_(reported(world).pk, by=world.village, passed=False, note=note)
