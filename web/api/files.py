"""Files: up, then attached by saving a record that names them; down, for whoever may see that record's field."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, UploadFile
from fastapi import File as FormFile
from starlette.responses import FileResponse, Response

from engine import files, permissions
from engine.errors import NotAllowed, NotFound
from engine.files import FileRef
from web import record_page
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.schemas.records import File

router = APIRouter(prefix="/api/files", tags=["files"], route_class=JsonRoute)

#: A file is shown by itself: it loads nothing and runs nothing.
_SHOWN_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"


@router.post("", status_code=201, responses=shows(File, 201))
def upload_file(call: SignedIn, file: Annotated[UploadFile, FormFile()]) -> Response:
    """Upload a file. It is yours alone until a record that names it is saved, and forgotten if none is."""
    ref = files.upload(call.session, call.actor, file.filename or "", file.file, file.content_type)
    return json_answer(_shown(ref), 201, {"Location": f"/api/files/{ref.id}"})


@router.get("/{file_id}", responses={200: {"content": {"application/octet-stream": {}}}})
def download_file(call: SignedIn, file_id: UUID) -> Response:
    """Download a file that one may see in a record, or has just uploaded."""
    ref, path = files.open_file(call.session, call.actor, file_id, lambda found: _may_view(call, found))
    how = "inline" if ref.is_inline else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(ref.name, safe='')}",
        "Content-Security-Policy": _SHOWN_ALONE,
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "private, no-cache",
    }
    return FileResponse(path, media_type=ref.content_type, headers=headers)


def _may_view(call: Call, ref: FileRef) -> bool:
    if ref.form is None or ref.record_id is None or ref.field is None:
        return False
    try:
        record_page.get(call, ref.form, ref.record_id)
    except (NotFound, NotAllowed):
        return False
    fields = permissions.grant(call.session, call.actor, ref.form).fields
    return fields.get(ref.field) not in ("hidden", "masked")


def _shown(ref: FileRef) -> dict[str, object]:
    return {"id": ref.id, "name": ref.name, "title": ref.name, "content_type": ref.content_type, "size": ref.size}
