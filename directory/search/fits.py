"""How well each service fits what the words hint at, over all rows at once; kept, since hints are few. Pure."""

import numpy as np

from directory.search.arrays import Floats, Ints, unpack
from directory.search.columns import Columns
from directory.search.text import words
from directory.search.weights import hint_lists, weights

_GROWN = 19.0  # years: what is for people beyond that is not wider for it


def fit(columns: Columns, name: str) -> Floats:
    """How well each row fits a hint of `hints.toml`, up to 1."""
    if (found := columns.fits.get(name)) is None:
        found = columns.fits[name] = _fit(columns, name).astype(np.float32)
    return found


def for_others(columns: Columns) -> dict[str, Ints]:
    """Name of a `whom` hint -> the rows that name these people as their own."""
    if not (found := columns.named_for):
        for people in hint_lists().whom:
            held = [f" {' '.join(words(each))} " for each in people.named]
            rows = [at for at, name in enumerate(columns.named) if any(each in f" {name} " for each in held)]
            found[people.name] = np.array(rows, dtype=np.int32)
    return found


def own_ages(columns: Columns) -> Floats:
    """More for services that are for few ages: somebody of a known age is likelier meant."""
    if (found := columns.fits.get("")) is None:
        found = columns.fits[""] = _wide(columns, 0.0).astype(np.float32)
    return found


def _fit(columns: Columns, name: str) -> Floats:
    given = weights().hint
    for age in hint_lists().age:
        if age.name == name:
            with np.errstate(invalid="ignore"):
                meets = (columns.low <= age.high) & (age.low <= columns.high)
            fits = np.where(meets, _wide(columns, max(age.high - age.low, 1)), given.age_other)
            return np.where(np.isnan(columns.low), given.age_open, fits)
    found = np.ones(len(columns), dtype=np.bool_)
    for form in hint_lists().form:
        if form.name == name:
            for group in ([f"by:{each}" for each in form.by], [f"kind:{each}" for each in form.kind]):
                if group:
                    found &= unpack(columns.any_of(group), len(columns))
    return np.where(found, 1.0, given.form_other)


def _wide(columns: Columns, own: float) -> Floats:
    """1 for ages no wider than `own` years, `age_wide` for all of childhood."""
    with np.errstate(invalid="ignore"):
        span = np.minimum(columns.high, _GROWN) - np.maximum(columns.low, 0.0)
    share = np.clip((np.nan_to_num(span, nan=_GROWN) - own) / (_GROWN - own), 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - weights().hint.age_wide) * share)
