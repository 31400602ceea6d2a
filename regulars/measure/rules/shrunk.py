"""What a slice of few says, drawn towards the brand: no small store leads or ends a list by chance alone.

Empirical Bayes in the sense of Morris (1983) and Casella (1985), with the brand's mean and the spread of its slices not
plugged in but averaged over, each by how well it explains the data: plugging in makes intervals too narrow where slices
are few. The spread's prior is uniform on the share by which an ordinary slice is shrunk (Christiansen and Morris 1997).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaln

from regulars.measure.rules.figure import FigureRow
from regulars.measure.rules.shares import Z

Floats = npt.NDArray[np.float64]
SHRINKAGES = (np.arange(40) + 0.5) / 40  # of an ordinary slice: equally likely before the data have spoken
PLACES = 33  # at which the brand's share is tried
FAR = 1e-5  # of the brand's share outside the places tried
FEWEST = 2  # slices that can be compared
DIGITS = (
    5  # of a share drawn: with every slice all others move a little, and a row is written when it says more
)


@dataclass(frozen=True)
class Shrunk:
    """Of each slice the estimate and its 95 % interval (k,), the brand's ``mean``, and the ``weight`` of the brand: of
    how many people of its own a slice needs to count as much as all others."""

    estimate: Floats
    low: Floats
    high: Floats
    mean: float
    weight: float


def shrunk_shares(hits: npt.ArrayLike, n: npt.ArrayLike) -> Shrunk:
    """Shares of ``hits`` among ``n`` (k,) as of slices of one brand; n need not be whole where people count in part.

    ``hits`` are binomial, the slices' shares are beta with mean p and weight w (people): given both, a slice's share is
    (h + w p) ÷ (n + w). Averaged over p (uniform) and w; the interval is that of the beta with the mean and variance so
    found. Slices of nobody get the brand's.
    """
    h, m = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not m.sum() > 0:
        return Shrunk(np.full(len(m), 0.5), np.zeros(len(m)), np.ones(len(m)), 0.5, 0.0)
    pooled = float(h.sum() / m.sum())
    weights = np.median(m[m > 0]) * (1.0 - SHRINKAGES) / SHRINKAGES
    tried = [(w, _places(pooled, m, w)) for w in weights]
    likelihood = np.array([_log_likelihood(h, m, w, p) for w, p in tried])  # (40, places)
    widths = np.array([p[1] - p[0] for _, p in tried])
    mass = np.exp(likelihood - likelihood.max()) * widths[:, None]
    mass /= mass.sum()
    mean, square = np.zeros_like(m), np.zeros_like(m)
    for (w, p), share in zip(tried, mass, strict=True):
        posterior = (h + w * p[:, None]) / (m + w)
        spread = posterior * (1.0 - posterior) / (m + w + 1.0)
        mean += share @ posterior
        square += share @ (spread + posterior**2)
    each = np.clip(mean, 1e-9, 1.0 - 1e-9)
    people = np.maximum(each * (1.0 - each) / np.maximum(square - mean**2, 1e-15) - 1.0, 1e-3)
    low, high = (betaincinv(each * people, (1.0 - each) * people, end) for end in (0.025, 0.975))
    brand = float((mass @ np.ones(PLACES)) @ np.array([p.mean() for _, p in tried]))
    shrunk_by = float(mass.sum(axis=1) @ SHRINKAGES)
    return Shrunk(mean, low, high, brand, float(np.median(m[m > 0])) * (1.0 - shrunk_by) / shrunk_by)


def _places(pooled: float, n: Floats, weight: float) -> Floats:
    """Shares at which the brand's is looked for if its slices weigh so much: where n of this design leaves it."""
    people = float((n / (1.0 + np.maximum(n - 1.0, 0.0) / (weight + 1.0))).sum())
    a, b = pooled * people + 0.5, (1.0 - pooled) * people + 0.5
    ends = [float(betaincinv(a, b, end)) for end in (FAR, 1.0 - FAR)]
    grid: Floats = ends[0] + (ends[1] - ends[0]) * (np.arange(PLACES) + 0.5) / PLACES
    return grid


def _log_likelihood(h: Floats, n: Floats, weight: float, p: Floats) -> Floats:
    """Of each p (places,) the beta-binomial's logarithm over all slices, without what p and weight do not change."""
    a, b = weight * p, weight * (1.0 - p)
    slices = gammaln(a[:, None] + h) + gammaln(b[:, None] + n - h) - gammaln(weight + n)
    one = gammaln(weight) - gammaln(a) - gammaln(b)
    found: Floats = slices.sum(axis=1) + len(n) * one
    return found


def shrunk_means(n: npt.ArrayLike, total: npt.ArrayLike, squares: npt.ArrayLike) -> Shrunk:
    """Means of slices from counts, sums and sums of squares (k,) each, drawn towards the brand's mean.

    A slice's mean is normal about its own with variance V = σ² ÷ n, σ² pooled within slices, and these are normal about
    the brand's with variance A: given A, a slice is shrunk by V ÷ (V + A) towards the weighted mean (Morris 1983;
    Buehlmann and Straub 1970). Averaged over A; slices of nobody get the brand's mean.
    """
    m, s, q = (np.asarray(each, dtype=np.float64) for each in (n, total, squares))
    there = m > 0
    count, k = float(m.sum()), int(there.sum())
    if not count:
        return Shrunk(np.zeros(len(m)), np.zeros(len(m)), np.zeros(len(m)), 0.0, 0.0)
    own = s / np.maximum(m, 1.0)
    inside = max(float((q - m * own**2).sum()) / max(count - k, 1.0), 1e-12)
    usual = inside / float(np.median(m[there]))
    spread = usual * (1.0 - SHRINKAGES) / SHRINKAGES
    fits, brands = [], []
    for between in spread:
        precision = m[there] / (inside + m[there] * between)
        brand = float(precision @ own[there] / precision.sum())
        far = float(precision @ (own[there] - brand) ** 2)
        fits.append(0.5 * (float(np.log(precision).sum()) - np.log(float(precision.sum())) - far))
        brands.append((brand, 1.0 / float(precision.sum())))
    weight = np.exp(np.array(fits) - max(fits))
    weight /= weight.sum()
    mean, square = np.zeros_like(m), np.zeros_like(m)
    for share, between, (brand, error) in zip(weight, spread, brands, strict=True):
        drawn = inside / (inside + m * between)
        posterior = own * (1.0 - drawn) + brand * drawn
        variance = between * drawn + drawn**2 * error
        mean += share * posterior
        square += share * (variance + (posterior - own) ** 2)
    half = Z * np.sqrt(np.maximum(square - (mean - own) ** 2, 0.0))
    brand = float(weight @ np.array([each for each, _ in brands]))
    ratio = float(weight @ (usual / (usual + spread)))
    return Shrunk(mean, mean - half, mean + half, brand, float(np.median(m[there])) * ratio / (1.0 - ratio))


def shrunk_rows(told: Iterable[tuple[FigureRow, float, float]]) -> list[FigureRow]:
    """Beside each slice's share (its row, hits and people) the share drawn towards its brand: part ``shrunk``, or
    ``shrunk:<part>``.

    Slices of one kind and part are compared; a kind of one slice has nothing to be drawn to. Who is too few for a share
    of their own has one here, with an interval that says how little it is.
    """
    kinds: dict[tuple[str, str], list[tuple[FigureRow, float, float]]] = defaultdict(list)
    for row, hits, people in told:
        if row.slice_kind and people > 0:
            kinds[row.slice_kind, row.part].append((row, hits, people))
    rows: list[FigureRow] = []
    for (_, part), slices in sorted(kinds.items()):
        if len(slices) < FEWEST:
            continue
        found = shrunk_shares([hits for _, hits, _ in slices], [people for _, _, people in slices])
        name = f"shrunk:{part}" if part else "shrunk"
        for (row, _, _), *ends in zip(slices, found.estimate, found.low, found.high, strict=True):
            value, low, high = (round(float(end), DIGITS) for end in ends)
            note = "" if row.note == "too_few" else row.note
            rows.append(row._replace(part=name, value=value, low=low, high=high, note=note))
    return rows
