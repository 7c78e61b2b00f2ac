"""What can go wrong with model files.

    ModelError
    ├── UnknownAsset        no such name in the catalogue
    ├── SourceUnreachable   index, hub or address did not give the file
    ├── FileMismatch        what arrived is not what the catalogue names
    ├── StorageFailed       the models folder cannot be written
    └── ConversionFailed    the files are there but could not be turned into what the engine loads

Each message is one sentence for the operator.
"""


class ModelError(Exception):
    """A model asset could not be provided."""


class UnknownAsset(ModelError):
    """The catalogue has no asset of this name."""


class SourceUnreachable(ModelError):
    """The place the asset comes from did not give it."""


class FileMismatch(ModelError):
    """Size or SHA-256 of a file differ from the catalogue."""


class StorageFailed(ModelError):
    """The disk refused."""


class ConversionFailed(ModelError):
    """A fetched model could not be converted."""
