"""One utterance in a forked reader process: sound in, partial and final words out.

Blocking on purpose: a reader has nothing else to do. It never returns to the code it was forked from.
"""

import os
import re
import socket
import struct
from typing import Any, BinaryIO, NoReturn

import msgspec

from tutor_engine.hearing.port import BYTES_PER_MS
from tutor_engine.hearing.sphinx_messages import Final, Finish, FromSphinx, Open, Partial, Sound

_LENGTH = struct.Struct("<I")
_PARTIAL_EVERY_MS = 160
_TRUSTED_MEAN_MS = 800
"""Shorter utterances say too little about a microphone to be remembered."""

CEPSTRAL_MEAN = "43.0,-4.4,2.0,7.0,2.4,-3.2,-0.5,-2.4,-4.8,-1.8,-4.4,-0.5,1.8"
"""Where a new speaker starts: the mean of the model's own training and of measured clear voices. With the
library's default (40,3,-1) every third word of a first utterance is wrong instead of every fifth."""

_NO_WORD = re.compile(r"<[^>]*>|\[[^\]]*\]|\+\+[^+]*\+\+|\(\d+\)")


def clean(hypothesis: str) -> str:
    """Only the words: without silence marks, noise marks and numbers of pronunciations."""
    return " ".join(_NO_WORD.sub(" ", hypothesis).split())


def confidence(probability: float, text: str) -> float:
    """Probability of the whole path -> mean per word. Clear speech gives 0.5 to 0.7, noise below 0.1."""
    words = len(text.split())
    return min(1.0, max(0.0, probability)) ** (1 / words) if words else 0.0


class English:
    """The English acoustic model, dictionary and language model of pocketsphinx, loaded."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        # Without the second pass (fwdflat) the final words are there after 10 ms instead of 70, and on
        # spoken questions fewer of them are wrong; the lattice search (bestpath) pays for itself.
        self.decoder: Any = Decoder(loglevel="FATAL", fwdflat=False, bestpath=True)


class Reading:
    """An utterance being decoded."""

    def __init__(self, models: English, opening: Open) -> None:
        self._decoder = models.decoder
        self._utterance = opening.utterance
        self._heard_ms = 0.0
        self._shown = ""
        self._shown_at_ms = 0.0
        self._decoder.set_cmn(opening.cepstral_mean or CEPSTRAL_MEAN)
        self._decoder.start_utt()

    def hear(self, pcm: bytes) -> Partial | None:
        """Decode more sound; the words so far when they changed."""
        self._decoder.process_raw(pcm)
        self._heard_ms += len(pcm) / BYTES_PER_MS
        if self._heard_ms - self._shown_at_ms < _PARTIAL_EVERY_MS:
            return None
        self._shown_at_ms = self._heard_ms
        text = self._text()
        if text == self._shown:
            return None
        self._shown = text
        return Partial(self._utterance, text)

    def finish(self) -> Final:
        """Decode what is left."""
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        text = self._text()
        probability = hypothesis.prob if hypothesis is not None else 0.0
        mean = self._decoder.get_cmn(True) if self._heard_ms >= _TRUSTED_MEAN_MS else ""
        return Final(self._utterance, text, confidence(probability, text), mean)

    def _text(self) -> str:
        hypothesis = self._decoder.hyp()
        return clean(hypothesis.hypstr) if hypothesis is not None else ""


def read_utterance(models: English, opening: Open, sock: socket.socket) -> NoReturn:
    """Body of a reader: decode until told to finish or until nobody listens, then end the process."""
    status = 1
    try:
        with sock, sock.makefile("rb") as incoming:
            reading = Reading(models, opening)
            decoder: msgspec.msgpack.Decoder[Sound | Finish] = msgspec.msgpack.Decoder(Sound | Finish)
            while (body := _receive(incoming)) is not None:
                message = decoder.decode(body)
                if isinstance(message, Finish):
                    _send(sock, reading.finish())
                    break
                if (partial := reading.hear(message.pcm)) is not None:
                    _send(sock, partial)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        status = 0
    finally:
        os._exit(status)


def _receive(incoming: BinaryIO) -> bytes | None:
    head = incoming.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = incoming.read(length)
    return body if len(body) == length else None


def _send(sock: socket.socket, message: FromSphinx) -> None:
    body = msgspec.msgpack.encode(message)
    sock.sendall(_LENGTH.pack(len(body)) + body)
