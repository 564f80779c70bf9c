"""Perceptual hashes cut into bands, so that like ones are found by an index. Pure; called by workflows and queries.

Two hashes of 64 bits that differ in at most `ALIKE_DISTANCE` (6) bits differ in at most one bit in at least one of four
bands of 16: were it two in each, they would differ in eight. So all likes of a hash are among those that share a band
with it but for one bit: 4 x 17 look-ups, however many proofs there are.
"""

from typing import Final

from novacore.media.proofs import ALIKE_DISTANCE

BANDS: Final = 4
BITS: Final = 16
_MASK: Final = 2**BITS - 1

if ALIKE_DISTANCE // BANDS > 1:
    raise RuntimeError("Hashes so far apart need more bands, or look-ups with two bits changed.")


def bands(perceptual_hash: int) -> tuple[int, ...]:
    """Cut a hash of 64 bits (signed, as it is stored) into its four bands, the highest first."""
    return tuple(perceptual_hash >> BITS * place & _MASK for place in reversed(range(BANDS)))


def nearly(band: int) -> list[int]:
    """Return the band itself and every one that differs from it in one bit."""
    return [band, *(band ^ 1 << bit for bit in range(BITS))]
