import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor_engine.speaking.cache import CachedVoice
from tutor_engine.speaking.port import SpeechEvent, VoiceFailed
from tutor_engine.speaking.streams import closing

if TYPE_CHECKING:
    from conftest import TonedVoice

    Toned = Callable[..., TonedVoice]


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def damage(folder: Path) -> None:
    (file,) = files(folder)
    file.write_bytes(b"\x93garbage")


@pytest.fixture
def not_a_folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("not a folder")
    return tmp_path / "file"


async def collect(
    voice: CachedVoice,
    text: str = "hello there",
    name: str | None = "ada",
    rate: float = 1.0,
    language: str = "en",
) -> list[SpeechEvent]:
    return [e async for e in voice.speak(text, voice=name, language=language, rate=rate)]


async def test_the_second_time_comes_from_the_folder(toned: "Toned", tmp_path: Path) -> None:
    inner = toned()
    voice = CachedVoice(inner, tmp_path / "speech", version="1")
    first = await collect(voice)
    assert await collect(voice) == first
    assert inner.spoken == ["hello there"]
    assert await collect(CachedVoice(toned(), tmp_path / "speech", version="1")) == first


async def test_everything_that_changes_the_sound_is_part_of_the_key(toned: "Toned", tmp_path: Path) -> None:
    inner = toned()
    voice = CachedVoice(inner, tmp_path, version="1")
    await collect(voice)
    await collect(voice, "other")
    await collect(voice, name="male")
    await collect(voice, rate=0.8)
    await collect(voice, language="zh")
    await collect(CachedVoice(inner, tmp_path, version="2"))
    other = toned(name="other")
    await collect(CachedVoice(other, tmp_path, version="1"))
    assert (len(inner.spoken), len(other.spoken)) == (6, 1)


async def test_long_silent_broken_and_unfinished_speech_is_not_kept(toned: "Toned", tmp_path: Path) -> None:
    voice = CachedVoice(toned(), tmp_path, version="1", max_chars=20)
    await collect(voice, "a text of more than twenty characters")
    await collect(voice, "…")
    with pytest.raises(VoiceFailed):
        await collect(CachedVoice(toned(fails_at=2), tmp_path, version="1"))
    async with closing(voice.speak("one two", voice=None, language="en")) as events:
        await anext(events)
    assert files(tmp_path) == []


async def test_the_longest_unused_goes_when_the_folder_is_full(toned: "Toned", tmp_path: Path) -> None:
    inner = toned()
    voice = CachedVoice(inner, tmp_path, version="1", max_bytes=20_000)
    await collect(voice, "one two")
    (one,) = files(tmp_path)
    await collect(voice, "three four")
    for age, file in enumerate(sorted(files(tmp_path), key=lambda f: f != one)):
        os.utime(file, (1000 + age, 1000 + age))
    await collect(voice, "one two")  # used again, so the other is older
    await collect(voice, "five six")
    assert sum(f.stat().st_size for f in files(tmp_path)) <= 20_000
    inner.spoken.clear()
    await collect(voice, "one two")
    assert inner.spoken == []


async def test_a_damaged_file_is_a_miss(toned: "Toned", tmp_path: Path) -> None:
    inner = toned()
    voice = CachedVoice(inner, tmp_path, version="1")
    first = await collect(voice)
    damage(tmp_path)
    assert await collect(voice) == first
    assert await collect(voice) == first
    assert len(inner.spoken) == 2


async def test_a_folder_that_cannot_be_written_costs_nothing_but_the_cache(
    toned: "Toned", not_a_folder: Path
) -> None:
    voice = CachedVoice(toned(), not_a_folder / "speech", version="1")
    assert await collect(voice) == await collect(voice)
