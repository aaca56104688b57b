"""A linear head over sentence vectors: which class a text means. Pure; trained when the rule book is compiled."""

import numpy as np

from directory.routing.model import Floats, Ints, softmax

_SCALE = 5.0
_RIDGE = 3.0
_STEPS = 200
_PACE = 0.1


class Meaning:
    """Classes 0 to count - 1 of vectors of length 1. Deterministic: the same rows give the same weights."""

    def __init__(self, rows: Floats, classes: Ints, count: int) -> None:
        self._middle: Floats = rows.mean(axis=0)
        target = np.zeros((len(rows), count), np.float32)
        target[np.arange(len(rows)), classes] = 1
        self._weights = _trained(self._ready(rows), target)

    def probabilities(self, vector: Floats) -> Floats:
        """One number for each class; they add up to 1."""
        return softmax((self._ready(vector[None, :]) @ self._weights)[0])

    def _ready(self, rows: Floats) -> Floats:
        """Centred, as all texts of such a model lie near each other, of one length, with a column for the constant."""
        moved = rows - self._middle
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        moved = moved / np.maximum(lengths, np.float32(1e-6)) * np.float32(_SCALE)
        out: Floats = np.hstack([moved, np.ones((len(rows), 1), np.float32)]).astype(np.float32)
        return out


def _trained(rows: Floats, target: Floats) -> Floats:
    """Multinomial logistic regression by Adam (Kingma and Ba 2015), slower towards the end."""
    weights = np.zeros((rows.shape[1], target.shape[1]), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        scores = rows @ weights
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        slope = rows.T @ (powers / powers.sum(axis=1, keepdims=True) - target) + np.float32(_RIDGE) * weights
        mean = np.float32(0.9) * mean + np.float32(0.1) * slope
        square = np.float32(0.99) * square + np.float32(0.01) * slope * slope
        pace = _PACE if step < _STEPS * 0.8 else _PACE / 5
        weights -= (
            np.float32(pace / (1 - 0.9**step))
            * mean
            / (np.sqrt(square / (1 - 0.99**step)) + np.float32(1e-6))
        )
    return weights
