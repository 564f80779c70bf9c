"""No two hashes that count as alike are missed by looking at bands alone."""

from hypothesis import given
from hypothesis import strategies as st

from novacore.media.likeness.bands import BANDS, bands, nearly
from novacore.media.proofs import ALIKE_DISTANCE, likeness

HASHES = st.integers(-(2**63), 2**63 - 1)


@given(HASHES, st.sets(st.integers(0, 63), max_size=ALIKE_DISTANCE))
def test_likes_share_a_band_but_for_one_bit(one: int, flipped: set[int]) -> None:
    other = one
    for bit in flipped:
        other ^= 1 << bit
    other = (other + 2**63) % 2**64 - 2**63
    assert likeness(one, other) == len(flipped)
    assert any(theirs in nearly(ours) for ours, theirs in zip(bands(one), bands(other), strict=True))


@given(HASHES)
def test_the_bands_are_the_hash(one: int) -> None:
    together = 0
    for band in bands(one):
        together = together << 16 | band
    assert together == one % 2**64
    assert len(bands(one)) == BANDS


def test_nearly_is_the_band_and_sixteen_neighbours() -> None:
    near = nearly(0b1010)
    assert len(set(near)) == 17
    assert all((one ^ 0b1010).bit_count() <= 1 for one in near)
