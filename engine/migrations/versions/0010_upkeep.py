"""Tables of forms are tidied earlier: their lists count by an index alone, which wants pages that VACUUM has seen."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MAKE_EQUAL = """
DO $$
DECLARE one regclass;
BEGIN
    FOR one IN
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname IN (SELECT app FROM meta.definition)
    LOOP
        EXECUTE format(
            'ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = 500,'
            ' autovacuum_vacuum_insert_scale_factor = 0.005, autovacuum_vacuum_scale_factor = 0.05,'
            ' autovacuum_analyze_scale_factor = 0.02)',
            one
        );
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute(_MAKE_EQUAL)
