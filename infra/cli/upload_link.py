"""`countersign upload-link`: an address to which somebody without a key of ours can upload a file.

It is signed with the operator's own credentials and ends by itself; nothing of it is stored.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config

from infra.cli.known import check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.submit import prefix_of

_MOST = 7 * 24 * 60
"""Minutes that AWS lets such an address hold."""


def upload_link(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="its id", callback=check_workflow)],
    name: Annotated[str, typer.Argument(metavar="FILE", help="what the file will be called")],
    minutes: Annotated[int, typer.Option(min=1, max=_MOST, help="how long it holds")] = 60,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Print an address to which one FILE can be uploaded, as input of WORKFLOW.

    Example: countersign upload-link transcript_summary call.vtt --minutes 120. Whoever has the
    address can use it until it ends: send it as you would send a password.
    """
    bucket = context.obj(target, stage).settings.uploads_bucket
    key = f"{prefix_of(workflow)}/{secrets.token_hex(8)}-{_plain(name)}"
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    link = presigned(s3, bucket, key, timedelta(minutes=minutes))
    show(
        f"{link}\nFor {minutes} minutes: curl -T FILE 'LINK'",
        {"url": link, "key": key, "minutes": minutes},
        as_json=as_json,
    )


def presigned(s3: Any, bucket: str, key: str, lasts: timedelta) -> str:
    """The address that takes one PUT of this key, as long as the signer's own credentials hold."""
    link: str = s3.generate_presigned_url(
        "put_object",
        Params={"Bucket": bucket, "Key": key},
        ExpiresIn=int(lasts.total_seconds()),
        HttpMethod="PUT",
    )
    return link


def _plain(name: str) -> str:
    """The last part of a path. Raises typer.BadParameter for none."""
    last = PurePosixPath(name.replace("\\", "/")).name
    if not last.strip("."):
        raise typer.BadParameter("name the file, with its ending: call.vtt")
    return last
