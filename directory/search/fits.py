"""How well each service fits what the words hint at, over all rows at once; kept, since hints are few. Pure."""

from collections.abc import Sequence

import numpy as np

from directory.search.arrays import Floats, unpack
from directory.search.columns import Columns
from directory.search.weights import hint_lists, weights

_MOST_KEPT = 128  # arrays of one number a row
_GROWN = 19.0  # years: what is for people beyond that is not wider for it


def fit(columns: Columns, name: str) -> Floats:
    """How well each row fits a hint of `hints.toml`, up to 1."""
    if (found := columns.fits.get(name)) is None:
        found = columns.fits[name] = _fit(columns, name).astype(np.float32)
    return found


def for_others(columns: Columns, whom: Sequence[str], staff: bool) -> Floats:
    """What each row keeps where the words speak of these people (`whom` in `hints.toml`), and of staff or not."""
    key = f"whom {staff} {' '.join(sorted(whom))}"
    if (found := columns.fits.get(key)) is None:
        found = np.ones(len(columns), dtype=np.float32)
        for people in hint_lists().whom:
            if people.name not in whom:
                found[columns.rows_of(f"named:{people.name}")] *= weights().hint.whom
        if not staff:
            found[columns.rows_of("audience:professionals")] *= weights().hint.for_staff
        if len(columns.fits) >= _MOST_KEPT:
            columns.fits.clear()
        columns.fits[key] = found
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
