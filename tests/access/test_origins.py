"""Origins are compared whole: no suffix, prefix, port or spelling gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.access.origins import of, origin, read
from directory.errors import BadRequest

HOST = st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9](\.[a-z]{2,6}){1,2}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://www.school.example", "https://www.school.example"),
        ("https://www.school.example/", "https://www.school.example"),
        ("HTTPS://WWW.School.example:443", "https://www.school.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written: str, sent: str) -> None:
    assert origin(written) == sent


@pytest.mark.parametrize(
    "written",
    [
        "", "null", "school.example", "//school.example", "https://", "https://*.school.example", "https://school.example/help",
        "https://user@school.example", "https://school.example?x", "https://school.example#x", "ftp://school.example",
        "javascript:alert(1)", "https://school.example:99999", "https://school.example:port", "https://a b.example",
        "https://school.example.", "https://[::1]:8000", "https://school.example, https://other.example",
        "https://school.example;report-uri x", "https://" + "a" * 400 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(BadRequest):
        origin(written)


@given(HOST, HOST, st.sampled_from(["http", "https"]), st.integers(1, 65535))
def test_two_origins_are_the_same_only_where_all_three_parts_are(
    a: str, b: str, scheme: str, port: int
) -> None:
    own = origin(f"{scheme}://{a}:{port}")
    assert read(own) == own
    assert of(f"{own}/a/path?q=words") == own
    if a != b:
        assert origin(f"{scheme}://{b}:{port}") != own
    assert origin(f"{scheme}://{a}.{b}:{port}") != own
    assert origin(f"{scheme}://{b}.{a}:{port}") != own
    assert origin(f"{'http' if scheme == 'https' else 'https'}://{a}:{port}") != own
    assert origin(f"{scheme}://{a}:{port % 65535 + 1}") != own
