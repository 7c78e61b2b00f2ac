"""An avatar written as the official MuseTalk lays its folders out, for servers that read nothing else.

Pictures, face boxes, masks and their boxes are made anew from the package; latents go along when it has
some. Pickles are written byte by byte, so that writing them runs nothing either.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from tutor_engine.avatars import official
from tutor_engine.avatars.latents import Latents, read_latents
from tutor_engine.avatars.package import OFFICIAL_FILE
from tutor_engine.avatars.pickles import write_boxes
from tutor_engine.avatars.store import StoredAvatar
from tutor_engine.avatars.tensors import write_tensors
from tutor_engine.avatars.writer import write_picture
from tutor_engine.showing.musetalk.geometry import FaceBox, face_box, face_mask
from tutor_engine.showing.puppet.footage import Footage
from tutor_engine.showing.puppet.opening import open_footage

Entry = TypeVar("Entry")


class NotExported(Exception):
    """The avatar cannot be written this way; the message says why."""


def export_official(avatar: StoredAvatar, folder: Path, *, mirrored: bool = True) -> int:
    """Write an avatar of kind video into a new or empty folder; returns how many frames it has.

    With `mirrored` every list runs there and back (2N entries), as the original writes them; without it they
    hold N, as servers that mirror the index expect.

    Raises:
        AvatarUnusable: not of kind video, or damaged.
        NotExported: the folder is not empty, or a frame shows no whole face.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotExported(f"{folder} is not empty.")
    footage = _looping(open_footage(avatar.package))
    latents = _latents(avatar.package, len(footage.points))
    boxes = _boxes(footage, latents)
    for name in (official.PICTURES, official.MASKS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    count = len(footage.points)
    places = _lists(list(range(count)), mirrored=mirrored)
    for frame in range(count):
        _write_frame(
            folder, footage, boxes[frame], frame, [at for at, of in enumerate(places) if of == frame]
        )
    squares = [_square(box) for box in boxes]
    (folder / official.BOXES).write_bytes(write_boxes(_plain(boxes[at]) for at in places))
    (folder / official.MASK_BOXES).write_bytes(write_boxes(squares[at] for at in places))
    if latents is not None:
        (folder / official.LATENTS[0]).write_bytes(write_tensors(latents.latents[places]))
    info = {"avatar_id": avatar.avatar_id, "video_path": "", "bbox_shift": 0, "version": "v15"}
    (folder / official.INFO).write_bytes(msgspec.json.encode(info))
    return count


def _looping(footage: Footage) -> Footage:
    """Without the frames kept for the inside of the mouth, which follow those that loop."""
    count = int(footage.order.max()) + 1
    return Footage(footage.pictures[:count], footage.points[:count], footage.order)


def _lists(entries: Sequence[Entry], *, mirrored: bool) -> list[Entry]:
    return list(chain(entries, reversed(entries))) if mirrored else list(entries)


def _latents(package: Path, frames: int) -> Latents | None:
    path = package / OFFICIAL_FILE
    return read_latents(path, frames) if path.is_file() else None


def _boxes(footage: Footage, latents: Latents | None) -> list[FaceBox]:
    """Those the latents were made of, else those of the meshes."""
    if latents is not None:
        return [FaceBox(*(round(float(value)) for value in box)) for box in latents.boxes]
    width, height = footage.pictures.shape[2], footage.pictures.shape[1] * 2 // 3
    found = [face_box(points, width, height) for points in footage.points]
    boxes = [box for box in found if box is not None]
    if len(boxes) != len(found):
        raise NotExported("A frame shows no whole face.")
    return boxes


def _write_frame(folder: Path, footage: Footage, box: FaceBox, frame: int, places: list[int]) -> None:
    """The picture and the mask of a frame, under every number at which it is shown."""
    import cv2

    picture = folder / official.PICTURES / f"{places[0]:08d}.png"
    mask = folder / official.MASKS / f"{places[0]:08d}.png"
    write_picture(
        picture, np.asarray(cv2.cvtColor(footage.pictures[frame], cv2.COLOR_YUV2RGB_I420), np.uint8)
    )
    mask.write_bytes(cv2.imencode(".png", face_mask(footage.points[frame], box))[1].tobytes())
    for place in places[1:]:
        for first in (picture, mask):
            (first.parent / f"{place:08d}.png").write_bytes(first.read_bytes())


def _plain(box: FaceBox) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom


def _square(box: FaceBox) -> tuple[int, int, int, int]:
    """Where the mask lies in the picture."""
    x, y = (box.left + box.right) // 2, box.middle_row
    return x - box.reach, y - box.reach, x + box.reach, y + box.reach
