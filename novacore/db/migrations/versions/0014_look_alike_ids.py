"""What the transaction ids of approved orders look like, so that none that looks the same pays once more.

Revision: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PAYPAL = "value"
for _one, _other in zip("OQILSBZG", "00115826", strict=True):
    _PAYPAL = f"replace({_PAYPAL}, '{_one}', '{_other}')"


def upgrade() -> None:
    """Take the step."""
    for chain, look in (("paypal", _PAYPAL), ("solana", "lower(value)")):
        # The lowest order has it where two looked the same: what was approved stays approved.
        op.execute(
            f"INSERT INTO evidence_claims (kind, value, order_id) SELECT 'look-alike:{chain}', {look}, min(order_id) "  # noqa: S608 - our own words
            f"FROM evidence_claims WHERE kind = 'reference:{chain}' GROUP BY {look}"
        )
