"""Whether this machine's GPU can encode H264 for us. Many data-centre GPUs have no encoder at all.

Asked once at the start of a worker, by encoding real frames: a driver that is there says nothing yet.
"""

import numpy as np
import structlog

from tutor_engine.media.encode import (
    NVENC,
    TIERS,
    EncodingFailed,
    VideoCodec,
    VideoEncoder,
    VideoSettings,
)

log = structlog.get_logger()

_SIZE = 256
_SPS_BASELINE = 66
_CONSTRAINED = 0x40
_SPS, _IDR = 7, 5


def probe_nvenc() -> bool:
    """Encode three frames as a live picture is encoded; False with the reason in the log. Blocks."""
    try:
        reason = _what_is_wrong(NVENC, TIERS[0])
    except EncodingFailed as error:
        reason = str(error)
    log.info("nvenc", usable=not reason, reason=reason)
    return not reason


def _what_is_wrong(name: str, settings: VideoSettings) -> str:
    """Empty when key frames come when asked, with parameter sets, in the profile that is negotiated."""
    encoder = VideoEncoder(VideoCodec.H264, _SIZE, _SIZE, settings, h264=name)
    grey = np.full((_SIZE * 3 // 2, _SIZE), 128, np.uint8)
    for index, key in enumerate((True, False, True)):
        picture = encoder.encode(grey, key=key)
        units = parse_units(picture.data)
        if picture.key != key or (_IDR in units) != key:
            return f"frame {index} is{'' if picture.key else ' not'} a key frame"
        if key and not _is_constrained_baseline(units.get(_SPS, b"")):
            return "its profile is not constrained baseline"
    return ""


def parse_units(data: bytes) -> dict[int, bytes]:
    """The first NAL unit of each type (ITU-T H.264 annex B)."""
    units: dict[int, bytes] = {}
    for part in data.split(b"\x00\x00\x01")[1:]:
        if part:
            units.setdefault(part[0] & 0x1F, part)
    return units


def _is_constrained_baseline(sps: bytes) -> bool:
    return len(sps) > 3 and sps[1] == _SPS_BASELINE and bool(sps[2] & _CONSTRAINED)
