"""Tables of the platform itself, in schema `meta`; records of the business stand in a schema per app instead.

Owns the shape only. Every table is written by one module: `definitions`, `identity`, `events` (audit), `files`, `jobs`,
`form_engine` (serial, import_run, export_run), `app_templates` (app_folder), `flow_engine` (flow_*, notification). The tables' history stands in `engine/migrations`.
"""

from __future__ import annotations

from engine.models.apps import app_folder
from engine.models.audit import audit, serial
from engine.models.definitions import (
    catalog_revision,
    catalog_revision_number,
    definition,
    definition_reference,
    definition_version,
    translation,
)
from engine.models.effects import flow_effect
from engine.models.exports import export_run
from engine.models.files import file
from engine.models.flows import (
    flow_instance,
    flow_journal,
    flow_log,
    flow_task,
    flow_token,
    notification,
)
from engine.models.identity import (
    api_token,
    department,
    password_link,
    session_token,
    sign_in_attempt,
    user,
    user_role,
)
from engine.models.imports import import_run
from engine.models.jobs import job, job_clock
from engine.models.metadata import SCHEMA, metadata
from engine.models.requests import answered_request
from engine.models.triggers import flow_delivery, flow_firing, flow_schedule, flow_wait, flow_webhook

__all__ = [
    "SCHEMA",
    "answered_request",
    "api_token",
    "app_folder",
    "audit",
    "catalog_revision",
    "catalog_revision_number",
    "definition",
    "definition_reference",
    "definition_version",
    "department",
    "export_run",
    "file",
    "flow_delivery",
    "flow_effect",
    "flow_firing",
    "flow_instance",
    "flow_journal",
    "flow_log",
    "flow_schedule",
    "flow_task",
    "flow_token",
    "flow_wait",
    "flow_webhook",
    "import_run",
    "job",
    "job_clock",
    "metadata",
    "notification",
    "password_link",
    "serial",
    "session_token",
    "sign_in_attempt",
    "translation",
    "user",
    "user_role",
]
