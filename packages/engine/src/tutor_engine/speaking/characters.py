"""From the name a tutor's voice has to what an engine calls it. Pure tables.

A tutor keeps its voice name whatever engine speaks: a name of Edge TTS still says whether the speaker is
a woman or a man, and every engine answers with its nearest voice in the language of the text.
"""

import re
from typing import Literal

Gender = Literal["female", "male"]

_MALE = frozenset(
    str.split(
        "male man m adam alex andrew brian christopher christoph david davis eric frank george guy henry "
        "jack james john kai liam max michael noah oliver paul rms robert roger ryan sam steffan thomas "
        "tom tony william wei ming yunfeng yunhao yunjian yunjie yunxi yunxia yunyang yunze"
    )
)
"""Names of men among tutors and voices; everybody else speaks as a woman."""

_EDGE_NAME = re.compile(r"^(?P<language>[a-z]{2,3})-[A-Z][\w-]*?-(?P<name>\w+?)(?:Multilingual)?Neural$")


def gender_of(voice: str | None) -> Gender:
    """Whether a voice name is a man's or a woman's."""
    if voice is None:
        return "female"
    match = _EDGE_NAME.match(voice)
    name = match["name"] if match else re.split(r"[\s_:+-]", voice.strip())[0]
    return "male" if name.lower() in _MALE else "female"


def base_language(language: str) -> str:
    """`zh` of `zh-CN`, `cmn` and `zh_Hans`; `en` of everything that is not Chinese."""
    return "zh" if re.split(r"[-_]", language.lower())[0] in {"zh", "cmn", "yue"} else "en"


_EDGE_VOICES: dict[tuple[str, Gender], str] = {
    ("en", "female"): "en-US-EmmaMultilingualNeural",
    ("en", "male"): "en-US-AndrewMultilingualNeural",
    ("zh", "female"): "zh-CN-XiaoxiaoNeural",
    ("zh", "male"): "zh-CN-YunxiNeural",
}


def edge_voice(voice: str | None, language: str) -> str:
    """The Edge TTS voice: the one named when it speaks the language, else one of the same gender."""
    spoken = base_language(language)
    match = _EDGE_NAME.match(voice) if voice else None
    if match and voice and (base_language(match["language"]) == spoken or "Multilingual" in voice):
        return voice
    return _EDGE_VOICES[spoken, gender_of(voice)]


def espeak_voice(voice: str | None, language: str) -> tuple[str, int]:
    """Voice and pitch (0 to 100) for espeak-ng."""
    return _ESPEAK_VOICES[base_language(language), gender_of(voice)]


_ESPEAK_VOICES: dict[tuple[str, Gender], tuple[str, int]] = {
    ("en", "female"): ("en-us+f2", 50),
    ("en", "male"): ("en-us+m1", 50),
    ("zh", "female"): ("cmn+f2", 50),
    ("zh", "male"): ("cmn+m1", 50),
}
"""The variants a recogniser understands best (15 sentences, word errors): f2 37 %, m1 50 %, plain 57 %; the
softer sounding ones (f3, f4, Annie, Andy) lose three words of four."""
