"""Errors of effects in every language; runs whose mail or request failed for good are failed, no longer waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: What such a run keeps as its error; the cause, as plain text, is told to administrators.
_STOP = """
WITH dead AS (
    SELECT effect.instance_id, effect.token, jsonb_build_object(
        'code', 'flow_sending_failed',
        'node', effect.node,
        'message', jsonb_build_object(
            'zh-CN', '“' || effect.node || '”没有发送成功，流程停在这里。请让管理员查看原因并重新发送。',
            'en-US', '"' || effect.node || '" could not be sent, and the run stopped here. Ask an administrator to see why and to send it again.'
        ),
        'violations', jsonb_build_array(),
        'cause', effect.error
    ) AS error
    FROM meta.flow_effect AS effect
    JOIN meta.flow_token AS token ON token.instance_id = effect.instance_id AND token.number = effect.token
    WHERE effect.status = 'dead' AND token.status = 'waiting'
),
tokens AS (
    UPDATE meta.flow_token AS token SET status = 'failed' FROM dead
    WHERE token.instance_id = dead.instance_id AND token.number = dead.token
),
lines AS (
    UPDATE meta.flow_log AS line SET status = 'failed', error = dead.error, ended_at = now() FROM dead
    WHERE line.instance_id = dead.instance_id AND line.token = dead.token AND line.ended_at IS NULL
)
UPDATE meta.flow_instance AS run
SET error = dead.error, status = CASE run.status WHEN 'waiting' THEN 'failed' ELSE run.status END
FROM dead WHERE run.id = dead.instance_id
"""


def upgrade() -> None:
    """Apply."""
    op.alter_column(
        "flow_effect",
        "error",
        existing_type=sa.Text(),
        type_=postgresql.JSONB(none_as_null=True),
        existing_comment="of the last attempt",
        postgresql_using="CASE WHEN error IS NOT NULL THEN jsonb_build_object('code', 'sending_failed', 'message', error) END",
        schema="meta",
    )
    op.execute(_STOP)
