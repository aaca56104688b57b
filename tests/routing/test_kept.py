import sys
from pathlib import Path

from directory.routing.kept import kept
from directory.routing.route import Router, _compiled, compiling, open_router
from directory.routing.rulebook import OWN, rule_files, version_of
from directory.routing.safety import check
from directory.settings import Settings

TEXTS = [
    "he is hitting my mum right now",
    "my 3 year old isn't talking yet",
    "",
    "bins",
    "my mate took loads of tablets",
]


def test_a_kept_rule_book_answers_as_a_fresh_one(tmp_path: Path) -> None:
    fresh = kept(tmp_path, "v1", lambda: _compiled(None))
    again = kept(tmp_path, "v1", lambda: _never())
    for text in TEXTS:
        assert again.hear(text) == fresh.hear(text)
        assert check(text, again.danger) == check(text, fresh.danger)
        assert again.alarm.hear(text) == fresh.alarm.hear(text)


def test_other_rules_and_spoilt_files_are_made_again(tmp_path: Path) -> None:
    assert kept(tmp_path, "v1", lambda: 1) == 1
    assert kept(tmp_path, "v2", lambda: 2) == 2
    for path in (tmp_path / "rules").iterdir():
        path.write_bytes(b"\x80\x05spoilt")
    assert kept(tmp_path, "v1", lambda: 3) == 3


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else() -> None:
    assert kept(Path("/proc/nowhere"), "v1", lambda: 4) == 4
    assert kept(None, "v1", lambda: 5) == 5


def test_what_another_process_makes_is_read_and_not_made_again(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    there = kept(tmp_path, version_of(rule_files(OWN)), _never_router, compiling(settings))
    for text in TEXTS:
        assert there.hear(text) == open_router(settings).hear(text)


def test_a_process_that_fails_or_is_not_there_costs_time_and_nothing_else(tmp_path: Path) -> None:
    assert kept(tmp_path, "v1", lambda: 6, [sys.executable, "-c", "raise SystemExit(1)"]) == 6
    assert kept(tmp_path, "v2", lambda: 7, ["/proc/nowhere"]) == 7


def _never_router() -> Router:
    raise AssertionError("the other process made it")


def _never() -> object:
    raise AssertionError("it was on disk")
