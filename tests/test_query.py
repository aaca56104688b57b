import contextlib
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from directory.errors import BadRequest
from directory.query import parse, text


class Wanted(Struct, omit_defaults=True):
    q: Annotated[str, Meta(max_length=20)] = ""
    need: list[str] = []
    age: Annotated[int, Meta(ge=0, le=130)] | None = None
    free: bool = False


def test_lists_repeat_and_scalars_do_not() -> None:
    assert parse(b"need=a&need=b&age=3", Wanted) == Wanted(need=["a", "b"], age=3)
    with pytest.raises(BadRequest, match="age: given more than once"):
        parse(b"age=3&age=4", Wanted)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"color=red", "color"),
        (b"age=three", "age"),
        (b"age=-1", "age"),
        (b"free=maybe", "free"),
        (b"q=%00", "q"),
    ],
)
def test_what_is_wrong_is_named(raw: bytes, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(raw, Wanted)
    assert [each.field for each in caught.value.errors] == [field]


def test_empty_form_fields_count_as_not_given() -> None:
    assert parse(b"q=&age=&need=", Wanted) == Wanted()


@given(st.binary(max_size=300))
def test_any_query_string_is_parsed_or_refused(raw: bytes) -> None:
    with contextlib.suppress(BadRequest):
        parse(raw, Wanted)


@given(
    st.builds(
        Wanted,
        q=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip),
        need=st.lists(st.sampled_from(["a", "b c", "ü&="]), max_size=3),
        age=st.none() | st.integers(0, 130),
        free=st.booleans(),
    )
)
def test_a_query_written_out_reads_back_the_same(wanted: Wanted) -> None:
    assert parse(text(wanted).encode(), Wanted) == wanted
