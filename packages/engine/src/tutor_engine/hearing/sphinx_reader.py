"""One utterance in a forked reader process: sound in, partial and final words out.

Blocking on purpose: a reader has nothing else to do. It never returns to the code it was forked from.
"""

import math
import os
import re
import signal
import socket
import struct
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import msgspec

from tutor_engine.hearing import cepstral
from tutor_engine.hearing.ngrams import HESITATIONS
from tutor_engine.hearing.port import BYTES_PER_MS
from tutor_engine.hearing.pronunciation import Phones, pronounce
from tutor_engine.hearing.sphinx_messages import (
    Drafted,
    Final,
    Finish,
    FromSphinx,
    Open,
    Partial,
    Prepare,
    Sound,
)

_LENGTH = struct.Struct("<I")
_PARTIAL_EVERY_MS = 160
_TRUSTED_MEAN_MS = 800
"""Shorter utterances say too little about a microphone to be remembered."""

_HELD_MS = 1_000
"""Sound of a stranger that is kept until its cepstral mean is known; decoding catches up within 200 ms."""
_HELD_KNOWN_MS = 384
"""The same for somebody who was heard before: waiting longer made no word more certain (measured)."""
_FRAME_MS = 10
_UNHEARD_FRAMES = 2
"""Frames that the sound's edge has not filled yet."""

GENERAL = "_default"
"""What pocketsphinx calls the search with its own language model."""

_NO_WORD = re.compile(r"<[^>]*>|\[[^\]]*\]|\+\+[^+]*\+\+|\(\d+\)")


def clean(hypothesis: str) -> str:
    """Only the words: without silence marks, noise marks and numbers of pronunciations."""
    return " ".join(_NO_WORD.sub(" ", hypothesis).split())


def confidence(probability: float, text: str) -> float:
    """Probability of the whole path -> mean per word. Clear speech gives 0.5 to 0.7, noise below 0.1."""
    words = len(text.split())
    return min(1.0, max(0.0, probability)) ** (1 / words) if words else 0.0


class English:
    """The English acoustic model, dictionary and language models of pocketsphinx, loaded."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        # Without the second pass (fwdflat) the final words are there after 10 ms instead of 70, and on
        # spoken questions fewer of them are wrong; the lattice search (bestpath) pays for itself.
        self.decoder: Any = Decoder(loglevel="FATAL", fwdflat=False, bestpath=True)

    def phones(self, word: str) -> Phones | None:
        """What the dictionary says about a word."""
        found: str | None = self.decoder.lookup_word(word)
        return tuple(found.split()) if found else None

    def add_words(self, words: list[str]) -> frozenset[str]:
        """Guess the sound of words that the dictionary lacks; those of `words` that it has afterwards."""
        known: set[str] = set()
        for word in words:
            if self.phones(word) is None:
                phones = pronounce(word, self.phones)
                if not phones:
                    continue
                self.decoder.add_word(word, " ".join(phones), False)
            known.add(word)
        return frozenset(known)

    def add_model(self, name: str, arpa: Path) -> None:
        """Load a language model (ARPA); 0.1 s for a thousand words and more for larger ones."""
        from pocketsphinx import NGramModel

        self.decoder.add_lm(name, NGramModel(self.decoder.config, self.decoder.get_logmath(), str(arpa)))

    def remove_model(self, name: str) -> None:
        """Free a language model."""
        self.decoder.remove_search(name)


class Reading:
    """An utterance being decoded with one language model."""

    def __init__(self, models: English, opening: Open, search: str = GENERAL) -> None:
        self._decoder = models.decoder
        self._utterance = opening.utterance
        self._held = bytearray()
        self._holding = True
        self._hold_bytes = (_HELD_KNOWN_MS if opening.cepstral_mean else _HELD_MS) * BYTES_PER_MS
        self._heard_ms = 0.0
        self._told_at_ms = 0.0
        self._start = cepstral.parse(opening.cepstral_mean)
        self._worth = cepstral.KNOWN_FRAMES if opening.cepstral_mean else cepstral.NEUTRAL_FRAMES
        self._decoder.activate_search(search)

    def hear(self, pcm: bytes) -> Partial | None:
        """Decode more sound; the words so far every 160 ms."""
        self._heard_ms += len(pcm) / BYTES_PER_MS
        if self._holding:
            self._held += pcm
            if len(self._held) < self._hold_bytes:
                return None
            self._begin()
        else:
            self._decoder.process_raw(pcm)
        if self._heard_ms - self._told_at_ms < _PARTIAL_EVERY_MS:
            return None
        self._told_at_ms = self._heard_ms
        text, score, _ = self._path()
        return Partial(self._utterance, text, score, self._heard_ms)

    def finish(self) -> Final:
        """Decode what is left; nobody asks with hesitations."""
        return self.draft(0).final

    def draft(self, number: int) -> Drafted:
        """The end, told as a draft. Nothing can be heard afterwards: a copy of the process asks for it."""
        if self._holding:
            self._begin()
        self._decoder.end_utt()
        heard, score, probability = self._path()
        text = " ".join(word for word in heard.split() if word not in HESITATIONS)
        mean = self._decoder.get_cmn(True) if self._heard_ms >= _TRUSTED_MEAN_MS else ""
        final = Final(self._utterance, text, confidence(probability, text), mean, score)
        return Drafted(self._utterance, number, heard, final)

    def _begin(self) -> None:
        """Estimate the cepstral mean from what was held, then decode it."""
        self._holding = False
        sound = bytes(self._held)
        self._held.clear()
        mean = self._start
        frames = len(sound) // (_FRAME_MS * BYTES_PER_MS) - _UNHEARD_FRAMES
        if frames > 0:
            self._decoder.set_cmn(cepstral.write(mean))
            self._decoder.start_utt()
            self._decoder.process_raw(sound, no_search=True)
            reported = cepstral.parse(self._decoder.get_cmn(True))
            self._decoder.end_utt()
            seen = cepstral.observed(reported, mean, frames)
            mean = cepstral.blended(mean, self._worth, seen, frames)
        self._decoder.set_cmn(cepstral.write(mean))
        self._decoder.start_utt()
        if sound:
            self._decoder.process_raw(sound)

    def _path(self) -> tuple[str, float, float]:
        """Words, logarithm of the score, and probability of the best path."""
        hypothesis = self._decoder.hyp()
        if hypothesis is None:
            return "", -math.inf, 0.0
        score = math.log(hypothesis.score) if hypothesis.score > 0.0 else -math.inf
        return clean(hypothesis.hypstr), score, hypothesis.prob


def read_utterance(models: English, opening: Open, search: str, sock: socket.socket) -> NoReturn:
    """Body of a reader: decode until told to finish or until nobody listens, then end the process."""
    status = 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies that have told their draft leave nothing behind
    try:
        with sock, sock.makefile("rb") as incoming:
            reading = Reading(models, opening, search)
            wanted: Any = Sound | Prepare | Finish
            decoder: msgspec.msgpack.Decoder[Sound | Prepare | Finish] = msgspec.msgpack.Decoder(wanted)
            while (body := _receive(incoming)) is not None:
                message = decoder.decode(body)
                if isinstance(message, Finish):
                    _send(sock, reading.finish())
                    break
                if isinstance(message, Prepare):
                    # The end of an utterance cannot be undone, so a copy of this process goes there.
                    if os.fork() == 0:
                        _send(sock, reading.draft(message.number))
                        break
                elif (partial := reading.hear(message.pcm)) is not None:
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
