"""Points: decimal, two places at the most, never binary floating point."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def rounded(points: Decimal) -> Decimal:
    """To hundredths, halves up: a third of 10 points is 3.33."""
    return points.quantize(HUNDREDTH, ROUND_HALF_UP)


def plain(points: Decimal) -> Decimal:
    """The same number without idle zeros: 205 for 205.00, 175.7 for 175.70."""
    whole = points.to_integral_value()
    return whole if points == whole else points.normalize()


def in_words(points: Decimal) -> str:
    """As printed: `205`, `-5.5`."""
    return format(plain(points), "f")
