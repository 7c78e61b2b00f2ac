"""What can be wrong with a picture or footage of a face, each as a sentence for the person who sent it."""

from typing import Literal

import msgspec

Language = Literal["en", "zh"]
FindingCode = Literal[
    "unreadable", "playlist", "no_picture", "codec", "too_large", "too_wide", "size_changes", "frame_rate",
    "too_long", "too_short", "no_face", "several_faces", "face_small", "face_turned", "face_cut",
    "face_covered", "face_blurred", "face_dark", "face_bright", "eyes_closed", "took_too_long",
]  # fmt: skip

_SENTENCES: dict[FindingCode, tuple[str, str]] = {
    "unreadable": (
        "This file could not be read. Send a PNG, JPEG or WebP photo, or an MP4, MOV, WebM or MKV video.",
        "无法读取这个文件。请上传 PNG、JPEG 或 WebP 照片，或者 MP4、MOV、WebM、MKV 视频。",
    ),
    "playlist": (
        "This file only says where pictures are to be found. Send the video itself.",
        "这个文件只是一个播放列表，不含画面。请上传视频本身。",
    ),
    "no_picture": (
        "There is no picture in this file, only sound. Send a video or a photo.",
        "这个文件只有声音，没有画面。请上传视频或照片。",
    ),
    "codec": (
        "This video cannot be decoded. Send one picture track in H.264, H.265, VP8, VP9 or AV1.",
        "无法读取这种视频编码。请上传 H.264、H.265、VP8、VP9 或 AV1 编码、只含一路画面的视频。",
    ),
    "too_large": (
        "The file is too large: at most 200 MB for a video and 40 MB for a photo.",
        "文件太大：视频最大 200 MB，照片最大 40 MB。",
    ),
    "too_wide": (
        "The picture is too large: a video may have 4096 pixels on its longer side, a photo 64 megapixels.",
        "画面尺寸太大：视频长边最多 4096 像素，照片最多 6400 万像素。",
    ),
    "size_changes": (
        "The size of the picture changes here. Record again without turning the device.",
        "画面尺寸在此处发生变化。请重新录制，中途不要旋转设备。",
    ),
    "frame_rate": (
        "The video must have between 10 and 61 pictures per second, without gaps.",
        "视频的帧率必须在每秒 10 到 61 帧之间，并且没有中断。",
    ),
    "too_long": ("The video is longer than two minutes.", "视频超过两分钟。"),
    "too_short": (
        "There are fewer than 3 seconds in a row in which the face can be used.",
        "可用的连续人脸画面不足 3 秒。",
    ),
    "no_face": ("No face was found.", "没有找到人脸。"),
    "several_faces": (
        "There is more than one face. Only the tutor may be in the picture.",
        "画面中有多张人脸，只能有老师一个人。",
    ),
    "face_small": (
        "The face is too small. Come closer to the camera or send a larger picture.",
        "人脸太小，请靠近镜头或上传更大的图片。",
    ),
    "face_turned": ("The face is turned away. Look into the camera.", "脸转开了，请正视镜头。"),
    "face_cut": (
        "Part of the face is outside the picture.",
        "脸的一部分在画面之外。",
    ),
    "face_covered": (
        "Something covers the mouth: a hand, a microphone or a mask.",
        "嘴被挡住了（手、麦克风或口罩）。",
    ),
    "face_blurred": (
        "The face is blurred. Hold the camera still and clean its lens.",
        "脸部模糊，请固定镜头并擦干净。",
    ),
    "face_dark": (
        "The face is too dark. Turn towards a window or a lamp.",
        "脸部太暗，请面向窗户或灯光。",
    ),
    "face_bright": ("The face is too bright. Move out of the strong light.", "脸部过亮，请避开强光。"),
    "eyes_closed": ("The eyes are closed most of the time.", "眼睛大部分时间是闭着的。"),
    "took_too_long": (
        "Preparing this file took too long or too much memory. Send a shorter or smaller one.",
        "处理这个文件耗时或占用内存过多，请上传更短或更小的文件。",
    ),
}


class Finding(msgspec.Struct, frozen=True):
    """One thing found; `second` is where in the footage it was first seen, None for the whole file."""

    code: FindingCode
    second: float | None = None
    picture: int | None = None
    """Number of the frame that shows it (`finding-<n>.jpg` beside the package), when one was kept."""

    def sentence(self, language: Language = "en") -> str:
        """What to tell the person who sent the file."""
        english, chinese = _SENTENCES[self.code]
        if self.second is None:
            return english if language == "en" else chinese
        if language == "en":
            return f"At {self.second:.1f} s: {english}"
        return f"第 {self.second:.1f} 秒：{chinese}"
