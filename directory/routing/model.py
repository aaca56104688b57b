"""A small linear text model: multinomial logistic regression on sparse features, trained from phrases at start.

Deterministic: the same phrases give the same weights. Training starts from naive Bayes and takes a few quasi-Newton
steps, which on these phrases is as good as running to the end, or better.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

_SMOOTHING = 0.3
_BLOCK = 16384  # entries that are added up at once
RIDGE = 0.1
_STEPS = 6
_MEMORY = 6


class Matrix:
    """Rows of sparse vectors, held by row and by column, so that multiplying by a narrow matrix is quick in numpy."""

    def __init__(self, rows: Sequence[tuple[Ints, Floats]], width: int) -> None:
        self.height, self.width = len(rows), width
        row = np.repeat(np.arange(len(rows), dtype=np.intp), [len(at) for at, _ in rows])
        column = np.concatenate([at for at, _ in rows])
        value = np.concatenate([values for _, values in rows])[:, None]
        self._by_row = (*_runs(row), column, value)
        order = np.argsort(column, kind="stable")
        self._by_column = (*_runs(column[order]), row[order], value[order])

    def times(self, weights: Floats) -> Floats:
        """Rows x classes."""
        return _summed(self._by_row, weights, self.height)

    def transposed_times(self, errors: Floats) -> Floats:
        """Columns x classes."""
        return _summed(self._by_column, errors, self.width)


def _runs(keys: Ints) -> tuple[Ints, Ints]:
    """The different values of sorted keys, and where each begins."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], starts


def _summed(held: tuple[Ints, Ints, Ints, Floats], other: Floats, size: int) -> Floats:
    """For each key, the sum of the values times the rows of `other` that they belong to; a block of keys at a time, so
    that little memory is needed and what is added up is near."""
    keys, starts, at, values = held
    out = np.zeros((size, other.shape[1]), np.float32)
    first = 0
    while first < len(keys):
        low = starts[first]
        last = max(first + 1, int(np.searchsorted(starts, low + _BLOCK)))
        high = starts[last] if last < len(keys) else len(at)
        out[keys[first:last]] = np.add.reduceat(
            other[at[low:high]] * values[low:high], starts[first:last] - low
        )
        first = last
    return out


def train(matrix: Matrix, classes: Ints, count: int, *, ridge: float = RIDGE, steps: int = _STEPS) -> Floats:
    """Weights, features x classes, for rows whose classes are 0 to count - 1; `ridge` keeps them small."""
    target = np.zeros((matrix.height, count), np.float32)
    target[np.arange(matrix.height), classes] = 1
    weights = _naive_bayes(matrix, target)
    history: list[tuple[Floats, Floats, float]] = []
    loss, slope = _loss(matrix, target, weights, ridge)
    for _ in range(steps):
        step = _direction(slope, history)
        downhill, size = float(np.vdot(step, slope)), 1.0
        while True:
            tried = weights - np.float32(size) * step
            new_loss, new_slope = _loss(matrix, target, tried, ridge)
            if new_loss <= loss - 1e-4 * size * downhill or size < 1e-3:
                break
            size /= 2
        moved, turned = tried - weights, new_slope - slope
        bend = float(np.vdot(moved, turned))
        if bend > 1e-8:
            history = [*history, (moved, turned, 1 / bend)][-_MEMORY:]
        weights, loss, slope = tried, new_loss, new_slope
    return weights


def _naive_bayes(matrix: Matrix, target: Floats) -> Floats:
    counts = matrix.transposed_times(target) + np.float32(_SMOOTHING)
    weights = np.log(counts / counts.sum(axis=0, keepdims=True))
    centred: Floats = weights - weights.mean(axis=1, keepdims=True)
    return centred


def _loss(matrix: Matrix, target: Floats, weights: Floats, ridge: float) -> tuple[float, Floats]:
    scores = matrix.times(weights)
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    total = powers.sum(axis=1, keepdims=True)
    loss = np.log(total).sum() - (scores * target).sum() + 0.5 * ridge * np.vdot(weights, weights)
    slope = matrix.transposed_times(powers / total - target) + np.float32(ridge) * weights
    return float(loss), slope


def _direction(slope: Floats, history: Sequence[tuple[Floats, Floats, float]]) -> Floats:
    """The limited-memory BFGS direction (Nocedal and Wright, Numerical Optimization, algorithm 7.4)."""
    step = slope.copy()
    shares: list[float] = []
    for moved, turned, inverse in reversed(history):
        share = inverse * float(np.vdot(moved, step))
        shares.append(share)
        step -= np.float32(share) * turned
    if history:
        moved, turned, _ = history[-1]
        step *= np.float32(np.vdot(moved, turned) / np.vdot(turned, turned))
    else:
        step *= np.float32(0.3)
    for (moved, turned, inverse), share in zip(history, reversed(shares), strict=True):
        step += np.float32(share - inverse * float(np.vdot(turned, step))) * moved
    return step


def softmax(scores: Floats) -> Floats:
    """Scores of one text to probabilities."""
    powers = np.exp(scores - scores.max())
    out: Floats = powers / powers.sum()
    return out
