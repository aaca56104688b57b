from pathlib import Path

from directory.routing.kept import kept
from directory.routing.route import _compiled
from directory.routing.safety import check

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


def _never() -> object:
    raise AssertionError("it was on disk")
