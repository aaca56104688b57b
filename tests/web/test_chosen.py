"""What a search page says about its filters: their addresses, and boxes that hold whatever they are called."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from directory.query import parse, text
from directory.search.request import Facet
from directory.web.chosen import Bare, groups, tags
from directory.web.render import wording
from directory.web.search import Searched

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
SEARCHED = st.builds(
    Searched,
    q=WORDS,
    near=WORDS,
    within=st.none() | st.sampled_from([1.0, 5.5]),
    age=st.none() | st.sampled_from([0.0, 0.5, 7.0]),
    need=st.lists(WORDS.filter(bool), max_size=3),
    kind=st.lists(st.sampled_from(["help_hub", "other"]), max_size=2, unique=True),
    free=st.booleans(),
    sort=st.sampled_from(["best", "name"]),
    page=st.integers(1, 9),
    saved=st.sampled_from(["", "abc"]),
    lang=st.sampled_from(["", "pl"]),
    quiet=st.booleans(),
    map=st.booleans(),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "sort": st.sampled_from(["best", "nearest"]),
        "page": st.integers(1, 9),
        "map": st.booleans(),
        "age": st.none() | st.just(0.0),
        "near": WORDS,
        "need": st.lists(WORDS.filter(bool), max_size=2),
    },
)


@given(SEARCHED, CHANGES)
def test_an_address_beside_a_search_is_that_search_with_the_change(
    wanted: Searched, change: dict[str, object]
) -> None:
    plain = replace(wanted, **{"page": 1, "saved": "", "lang": "", "quiet": False, **change})
    address = Bare(wanted)(**change)
    assert address == text(plain)
    assert parse(address.encode(), Searched) == plain


def test_the_age_of_a_baby_goes_along() -> None:
    assert Bare(Searched(q="milk", age=0.0))(page=2) == "q=milk&age=0.0&page=2"


@given(SEARCHED)
def test_every_tag_takes_off_its_own_filter_and_no_other(wanted: Searched) -> None:
    bare = Bare(wanted)
    found = tags(wanted, {}, wording("en"), bare)
    whole = parse(bare().encode(), Searched)
    for each in found:
        left = parse(each.query.encode(), Searched)
        changed = {name for name in Searched.__struct_fields__ if getattr(left, name) != getattr(whole, name)}
        assert len(changed - {"within"}) == 1 or changed == {"within"}


class Boxes(HTMLParser):
    """The values and labels of the boxes, and every element that is there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: list[str] = []
        self.elements: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.values += [value or "" for name, value in attrs if name == "value"]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.sampled_from(["<script>x</script>", '" checked onclick="', "a & b", "\u202eb"]), st.integers(1, 99))
def test_a_box_holds_any_code_and_label_as_words(hostile: str, count: int) -> None:
    facets = {"district": [Facet(hostile, hostile, count), Facet("plain", "Plain", 1)]}
    (group,) = groups(Searched(district=["plain"]), facets, wording("en"))
    seen = Boxes(str(group.choices))
    assert seen.elements == {"div", "input", "label", "span"}
    assert seen.values == [hostile, "plain"]
    assert seen.text.split("\n")[0] == f"{hostile} {count}"
    assert group.choices.count(" checked>") == 1
    assert group.open
