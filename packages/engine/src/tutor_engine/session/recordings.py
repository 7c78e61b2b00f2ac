"""Recordings sent over the socket become words."""

import asyncio
from typing import Protocol

from tutor_engine.hearing import port as hp
from tutor_engine.hearing.audio import BadRecording, decode_recording
from tutor_protocol import ErrorCode, ProtocolError


class Transcribes(Protocol):
    """The hearing stage, for whole recordings."""

    async def transcribe(self, pcm: bytes, language: str) -> hp.Transcript:
        """Words of 16 kHz mono s16le sound."""
        ...


class Recordings:
    """Decodes and transcribes."""

    def __init__(self, hearing: Transcribes) -> None:
        self._hearing = hearing

    async def transcribe(self, audio: bytes, sample_rate: int | None, language: str) -> str:
        """The words of a recording.

        Raises:
            ProtocolError: unreadable sound, no words, or a language nobody here understands.
        """
        try:
            pcm = await asyncio.to_thread(decode_recording, audio, sample_rate)
        except BadRecording as error:
            raise ProtocolError(ErrorCode.BAD_AUDIO, str(error)) from error
        try:
            transcript = await self._hearing.transcribe(pcm, language)
        except hp.LanguageNotHeard as error:
            raise ProtocolError(ErrorCode.LANGUAGE_NOT_HEARD) from error
        if not transcript.text.strip():
            raise ProtocolError(ErrorCode.NO_SPEECH)
        return transcript.text
