"""The espeak-ng 1.52 library of the `espeakng-loader` wheel through ctypes.

Promises the sound of a text with the times of its phonemes and words. Its state belongs to the whole
process: one utterance at a time, from one thread, in a process of its own.
"""

import ctypes
from dataclasses import dataclass
from typing import Any

from tutor_engine.speaking.timeline import RawEvent

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_PHONEME_IPA = 2
_DONT_EXIT = 0x8000
_BUFFER_MS = 20
_UTF8 = 1
_RATE, _PITCH = 1, 3
_WORD, _PHONEME = 1, 7


class EspeakUnusable(Exception):
    """The library cannot be loaded or refuses a voice."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    )  # fmt: skip


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class RawSpeech:
    """Sound and events as the library gives them."""

    pcm: bytes
    words: list[RawEvent]
    phonemes: list[RawEvent]


class EspeakLibrary:
    """One loaded library; make only one in a process."""

    def __init__(self) -> None:
        """Load it.

        Raises:
            EspeakUnusable: the wheel carries no library for this machine.
        """
        import espeakng_loader

        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = str(espeakng_loader.get_data_path()).encode()
        except (OSError, RuntimeError) as error:
            raise EspeakUnusable(f"espeak-ng cannot be loaded: {error}") from error
        self._library.espeak_Info.restype = ctypes.c_char_p
        self.rate_hz = int(
            self._library.espeak_Initialize(
                _SYNCHRONOUS, _BUFFER_MS, data, _DONT_EXIT | _PHONEME_EVENTS | _PHONEME_IPA
            )
        )
        if self.rate_hz <= 0:
            raise EspeakUnusable("espeak-ng found no data")
        self.version = str(self._library.espeak_Info(None).decode())
        # The library keeps the pointer: the callback must live as long as it does.
        self._callback = _Callback(self._on_sound)
        self._library.espeak_SetSynthCallback(self._callback)
        self._pcm = bytearray()
        self._words: list[RawEvent] = []
        self._phonemes: list[RawEvent] = []
        self._voice = ""

    def render(self, text: str, *, voice: str, words_per_minute: int, pitch: int) -> RawSpeech:
        """Render a text; 30 s of speech take about 20 ms.

        Raises:
            EspeakUnusable: the voice is unknown or the library fails.
        """
        if voice != self._voice:
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise EspeakUnusable(f"espeak-ng has no voice {voice!r}")
            self._voice = voice
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._pcm, self._words, self._phonemes = bytearray(), [], []
        body = text.replace("\0", " ").encode("utf-8", "replace")
        status = self._library.espeak_Synth(body, len(body) + 1, 0, 0, 0, _UTF8, None, None)
        if status != 0:
            raise EspeakUnusable(f"espeak-ng failed with {status}")
        return RawSpeech(bytes(self._pcm), self._words, self._phonemes)

    def _on_sound(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pcm += ctypes.string_at(samples, count * 2)
        index = 0
        while (event := events[index]).type != 0:
            at_ms = event.sample * 1000 / self.rate_hz
            if event.type == _WORD:
                # Positions count characters from 1.
                self._words.append(RawEvent(at_ms, event.text_position - 1, ""))
            elif event.type == _PHONEME:
                # Eight bytes without a terminator: the last character may be cut.
                ipa = bytes(event.id.string).decode("utf-8", "ignore")
                self._phonemes.append(RawEvent(at_ms, event.text_position - 1, ipa))
            index += 1
        return 0
