"""What the owner's side of the catalogue needs: soft deletion, batches, prices kept, who waits for stock."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
