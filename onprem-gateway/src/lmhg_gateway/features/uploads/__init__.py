"""Uploads: files on their way in, a piece at a time, kept as ciphertext until something is made of them."""

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.uploads import api
from lmhg_gateway.features.uploads.jobs import loops
from lmhg_gateway.features.uploads.models import Upload
from lmhg_kit.feature import Feature, Permission

FEATURE = Feature(
    name="uploads",
    app="workspace",
    api=api.HANDLERS,
    messages={
        "upload": "This upload is gone. Uploads that no one finishes are deleted after a day. Choose the file again.",
        "upload_busy": "This file is being sent from another window. Wait a moment, then try again.",
        "upload_damaged": "Part of this file was damaged on the office's disk. Choose the file again.",
        "upload_header": "What the program says of this upload can't be read. Nothing was changed.",
        "upload_offset": "This part does not begin where the file stopped. Ask how much arrived, then send the rest.",
        "upload_past_end": "More arrived than the file was said to have. What fits is kept.",
        "checksum": "This part was damaged on its way. Nothing of it was kept. Send it again.",
        "upload_open": "The file has not arrived yet. Send the rest of it, then try again.",
        "upload_pieces": "This file came in too many small pieces. Choose the file again.",
        "upload_used": "This file is already saved.",
        "uploads_full": "You have too many unfinished uploads. Wait a day, or finish one of them.",
        "spool_full": "The office's disk is full, so we can't take more of this file."
        " What has arrived so far is kept. Tell IT support, then try again.",
        "spool_missing": "No place for uploads is set up. Nothing was saved. Tell IT support.",
    },
    permissions=(
        Permission(
            name="uploads.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="documents",
        ),
    ),
    models=(Upload,),
    loops={"worker": loops},
)
