"""Kill -9 of app, worker and database under load, in short; `python -m bench.kill` is the long one."""

import shutil
from pathlib import Path

import pytest

from bench.kill import run
from tests.referrals.conftest import World


@pytest.mark.slow
async def test_nothing_is_lost_doubled_or_stuck_when_each_part_is_killed(
    world: World, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`world` is here for the rule book that it compiled."""
    compiled = next(tmp_path_factory.getbasetemp().glob("*/rules/*.pickle"), None)
    if compiled:
        shutil.copytree(compiled.parent, tmp_path / "app" / "rules")
    report = await run(tmp_path, seconds=5, clients=3, seed=3)
    assert report.wrong == []
    assert set(report.kills) == {"app", "worker", "database"}
    assert report.answered >= 3
    assert report.accepted == report.answered
