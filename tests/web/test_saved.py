"""The short list in an address: what is put in comes out, and rubbish is left out."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from directory.web.saved import MOST, Saved


@given(st.lists(st.uuids(), max_size=MOST, unique=True))
def test_a_list_read_from_its_own_text_is_the_same_list(ids: list[UUID]) -> None:
    saved = Saved.of(ids)
    assert saved.ids == tuple(ids)
    assert Saved.read(saved.text) == saved


@given(st.text(max_size=300))
def test_any_text_can_stand_in_the_address(text: str) -> None:
    assert len(Saved.read(text).ids) <= MOST


@given(st.lists(st.uuids(), min_size=1, max_size=MOST, unique=True))
def test_what_is_saved_can_be_taken_off_again(ids: list[UUID]) -> None:
    saved = Saved.of(ids[1:])
    assert saved.plus(ids[0]).has(ids[0])
    assert not saved.plus(ids[0]).minus(ids[0]).has(ids[0])
    assert saved.plus(ids[0]).plus(ids[0]) == saved.plus(ids[0])


def test_an_id_as_usually_written_is_read_too() -> None:
    id_ = UUID("57828146-bc58-5a86-9e81-091bc4f5da96")
    assert Saved.read(f"{id_}.nonsense.").ids == (id_,)
