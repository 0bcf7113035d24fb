"""Lambda layers without Docker: wheels for a platform, from the hash-pinned locks, trimmed."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from uv import find_uv_bin

from infra.build.bytecode import compile_tree, interpreter, kept, named
from infra.settings import ROOT

GROUPS = ("core", "http", "mcp", "model", "pages", "payments", "pdf", "text")
LOCKS = ROOT / "infra" / "requirements"
CACHE = ROOT / ".local" / "layers"
LAMBDA_PYTHON = "3.13"
MACHINE = "aarch64"
_NEWER = dict.fromkeys(("core", "pdf"), "manylinux_2_28")
"""Layers whose wheels ask for a later glibc; Amazon Linux 2023, under Lambda's Python, has 2.34."""
FONTS = ROOT / "functions" / "fonts"
"""Of the layer that prints."""

# botocore brings the models of some 400 services: loading is faster without, and 20 MB smaller.
AWS_SERVICES = (
    *("cloudwatch", "dynamodb", "kms", "s3", "secretsmanager"),
    *("ses", "sesv2", "sqs", "stepfunctions", "sts"),
)
BOTOCORE_DATA = "botocore/data"
UNUSED = (
    "bin",
    "boto3/examples",
    # We print no picture, and load, subset and instance fonts with neither of the others.
    *("PIL", "pillow.libs", "fontTools/*/*.c"),
    *(f"fontTools/{name}" for name in ("cu2qu", "mtiLib", "qu2cu", "ufoLib", "voltLib")),
    "phonenumbers/carrierdata",
    "phonenumbers/geodata",
    "phonenumbers/tzdata",
    "selectolax/lexbor.c",
)


class LayerError(RuntimeError):
    """The wheels of a group cannot be had; the message has the resolver's own words."""


def layer(group: str, *, bytecode: bool) -> Path:
    """The zip file of the group's layer for Lambda, built once per content. Its stem is the
    asset's name."""
    platform = platform_of(group)
    content = digest(group, LAMBDA_PYTHON, platform)
    python = interpreter(LAMBDA_PYTHON) if bytecode else None
    archive = kept(CACHE, python) / f"{named(content, bytecode=bytecode)}.zip"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".building-") as scratch:
            site = Path(scratch) / "layer" / "python"
            install_layer(group, LAMBDA_PYTHON, platform, site)
            if python:
                compile_tree(site, python)
            built = Path(scratch) / archive.name
            _zip(site.parent, built)
            built.replace(archive)
    return archive


def platform_of(group: str, machine: str = MACHINE) -> str:
    """For what the group's wheels are, in uv's words."""
    return f"{machine}-{_NEWER.get(group, 'manylinux2014')}"


def digest(group: str, python_version: str, platform: str) -> str:
    """What the layer's content follows from, as one name."""
    lock = (LOCKS / f"{group}.txt").read_text()
    fonts = [hashlib.sha256(one.read_bytes()).hexdigest() for one in _fonts(group)]
    parts = (group, python_version, platform, lock, *AWS_SERVICES, *UNUSED, *fonts)
    return f"{group}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def install_layer(group: str, python_version: str, platform: str, into: Path) -> None:
    """Install the group's locked wheels into `into`, a folder for `sys.path`, and trim them.

    `platform` in uv's words, for example `aarch64-manylinux2014`. Raises LayerError.
    """
    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--link-mode", "copy"]
    command += ["--python", sys.executable, "--target", str(into)]
    command += ["--python-platform", platform, "--python-version", python_version]
    command += ["--only-binary", ":all:", "--require-hashes", "-r", str(LOCKS / f"{group}.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # no shell, our own words
    if done.returncode:
        raise LayerError(f"No layer {group} for {platform}: {done.stderr.strip()}")
    _trim(into)
    for font in _fonts(group):
        (into / FONTS.name).mkdir(exist_ok=True)
        shutil.copyfile(font, into / FONTS.name / font.name)


def _fonts(group: str) -> list[Path]:
    """What a layer has beside its wheels."""
    return sorted(one for one in FONTS.iterdir() if one.is_file()) if group == "pdf" else []


def _trim(site: Path) -> None:
    for path in [path for name in UNUSED for path in site.glob(name)]:
        if path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    if (site / BOTOCORE_DATA).exists():
        for folder in (site / BOTOCORE_DATA).iterdir():
            if folder.is_dir() and folder.name not in AWS_SERVICES:
                shutil.rmtree(folder)


def _zip(folder: Path, archive: Path) -> None:
    """Pack `folder` so that equal content gives equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)))
                entry.external_attr = 0o755 << 16
                packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
