"""The models catalogue: which files the engine can use, how they come here, and whether they are whole.

Nothing is fetched while a lesson runs; a stage asks `ModelsFolder` for a path and does without when there
is none.
"""

from tutor_engine.models.catalogue import (
    Asset,
    HubSource,
    ModelFile,
    Source,
    UrlSource,
    WheelSource,
    catalogue,
)
from tutor_engine.models.errors import (
    ConversionFailed,
    FileMismatch,
    ModelError,
    SourceUnreachable,
    StorageFailed,
    UnknownAsset,
)
from tutor_engine.models.folder import AssetState, ModelsFolder, verify
from tutor_engine.models.install import install

__all__ = [
    "Asset",
    "AssetState",
    "ConversionFailed",
    "FileMismatch",
    "HubSource",
    "ModelError",
    "ModelFile",
    "ModelsFolder",
    "Source",
    "SourceUnreachable",
    "StorageFailed",
    "UnknownAsset",
    "UrlSource",
    "WheelSource",
    "catalogue",
    "install",
    "verify",
]
