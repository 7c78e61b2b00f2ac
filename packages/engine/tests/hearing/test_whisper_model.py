"""Short windows, prompts and batches on a model of the true structure."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_whisper import make_whisper

from tutor_engine.hearing.whisper_model import Request, WhisperWeights

SOUND = np.zeros(16_000, np.float32)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> WhisperWeights:
    folder: Path = tmp_path_factory.mktemp("whisper")
    make_whisper(folder, ["why", "are", "leaves", "green"])
    return WhisperWeights(folder, device="cpu", threads=1)


def token_of(weights: WhisperWeights, language: str) -> int:
    return weights._tokenizers[language].language  # pyright: ignore[reportPrivateUsage]


class Spy:
    """CTranslate2's model with a record of what it was given."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.shapes: list[list[int]] = []
        self.prompts: list[list[list[int]]] = []
        self.options: list[dict[str, Any]] = []
        self.languages: list[list[tuple[str, float]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def encode(self, features: Any) -> Any:
        self.shapes.append(list(features.shape))
        return self.model.encode(features)

    def generate(self, encoded: Any, prompts: list[list[int]], **options: Any) -> Any:
        self.prompts.append(prompts)
        self.options.append(options)
        return self.model.generate(encoded, prompts, **options)

    def detect_language(self, encoded: Any) -> list[list[tuple[str, float]]]:
        return self.languages or self.model.detect_language(encoded)


@pytest.fixture
def spy(weights: WhisperWeights, monkeypatch: pytest.MonkeyPatch) -> Spy:
    made = Spy(weights._model)  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(weights, "_model", made)
    return made


@pytest.mark.parametrize("window_ms", [5_000, 7_500, 30_000])
def test_only_the_window_is_encoded(weights: WhisperWeights, spy: Spy, window_ms: int) -> None:
    segment = weights.decode([Request(SOUND, window_ms, "en")])[0]
    assert segment.text.strip() == "why are leaves green"
    assert segment.avg_logprob > -0.01
    assert segment.no_speech_prob < 0.01
    assert segment.ended
    assert spy.shapes == [[1, 80, window_ms // 10]]
    assert spy.options[0]["max_length"] < 448 or window_ms == 30_000


def test_what_has_one_window_and_one_length_of_prompt_goes_through_together(
    weights: WhisperWeights, spy: Spy
) -> None:
    requests = [Request(SOUND, 5_000, "zh"), Request(SOUND + 0.1, 5_000, "zh")]
    assert weights.fit(*requests)
    hinted = Request(SOUND, 5_000, "zh", ("光合作用", "叶绿素"))
    assert not weights.fit(requests[0], hinted)
    assert not weights.fit(requests[0], Request(SOUND, 7_500, "zh"))
    assert not weights.fit(requests[0], Request(SOUND, 5_000, "zh", beam=1))
    assert [segment.language for segment in weights.decode(requests)] == ["zh", "zh"]
    assert spy.shapes == [[2, 80, 500]]
    assert spy.prompts[0][0] == spy.prompts[0][1]


@pytest.mark.parametrize("count", [0, 1, 3, 8, 40])
def test_hints_come_in_few_lengths_and_the_first_stand_nearest(
    weights: WhisperWeights, spy: Spy, count: int
) -> None:
    hints = tuple(f"w{number:02}" for number in range(count))
    weights.decode([Request(SOUND, 5_000, "en", hints)])
    before = spy.prompts[0][0][:-4]
    assert len(before) in (0, 5, 9, 13, 17, 25, 33, 49, 65)
    text: str = weights._tokenizers["en"].decode(before)  # pyright: ignore[reportPrivateUsage]
    assert text.endswith("w00") or not count


def test_lessons_of_both_languages_share_a_batch(weights: WhisperWeights, spy: Spy) -> None:
    spy.languages = [[("<|zh|>", 0.99)], [("<|en|>", 0.99)]]
    requests = [Request(SOUND, 5_000, "en", detects=True), Request(SOUND, 5_000, "en", detects=True)]
    assert [segment.language for segment in weights.decode(requests)] == ["zh", "en"]
    assert [prompt[1] for prompt in spy.prompts[0]] == [token_of(weights, "zh"), token_of(weights, "en")]


def test_other_hints_of_the_same_length_share_a_batch(weights: WhisperWeights, spy: Spy) -> None:
    one = Request(SOUND, 5_000, "en", ("chlorophyll", "leaf", "stem"))
    other = Request(SOUND, 5_000, "en", ("gravity", "orbitals", "stars"))
    assert weights.fit(one, other)
    weights.decode([one, other])
    first, second = spy.prompts[0]
    assert first != second
    assert len(first) == len(second)


@pytest.mark.parametrize(
    ("found", "detects", "heard"),
    [
        ([("<|zh|>", 0.9), ("<|en|>", 0.05)], True, "zh"),
        ([("<|yue|>", 0.5), ("<|zh|>", 0.4), ("<|en|>", 0.05)], True, "zh"),
        ([("<|zh|>", 0.6), ("<|en|>", 0.4)], True, "en"),
        ([("<|fr|>", 0.9)], True, "en"),
        ([("<|zh|>", 0.9), ("<|en|>", 0.05)], False, "en"),
    ],
)
def test_the_other_language_is_heard_only_when_it_is_sure(
    weights: WhisperWeights, spy: Spy, found: list[tuple[str, float]], detects: bool, heard: str
) -> None:
    spy.languages = [found]
    segment = weights.decode([Request(SOUND, 5_000, "en", detects=detects)])[0]
    assert segment.language == heard
    assert spy.prompts[0][0][-3] == token_of(weights, heard)


def test_a_second_chance_has_chance_in_it(weights: WhisperWeights, spy: Spy) -> None:
    weights.decode([Request(SOUND, 5_000, "en", temperature=0.4)])
    options = spy.options[0]
    assert (options["beam_size"], options["sampling_topk"], options["sampling_temperature"]) == (1, 0, 0.4)


def test_a_sound_longer_than_its_window_is_cut(weights: WhisperWeights, spy: Spy) -> None:
    weights.decode([Request(np.zeros(16_000 * 31, np.float32), 30_000, "en")])
    assert spy.shapes == [[1, 80, 3_000]]
    assert not weights.on_gpu
