import pytest

from tutor_engine.speaking.messages import TimedIpa
from tutor_engine.speaking.timeline import RawEvent, ipa_of, time_phonemes, time_words, words_of


def test_words_are_runs_of_letters_and_single_han() -> None:
    text = "It's e.g. re-use 光合 DNA2, naïve."
    assert [text[a:b] for a, b in words_of(text)] == ["It's", "e.g", "re-use", "光", "合", "DNA2", "naïve"]


@pytest.mark.parametrize(
    ("raw", "ipa"),
    [
        ("ts.h", "ʈʂʰ"),
        ("ts.", "ʈʂ"),
        ("s.", "ʂ"),
        ("ˈo-", "ˈɤ"),
        ("ˈonɡ", "ˈʊŋ"),
        ("tɕh", "tɕʰ"),
        ("ˈi.", "ˈɨ"),
    ],
)
def test_mandarin_is_ipa(raw: str, ipa: str) -> None:
    assert ipa_of(raw, mandarin=True) == ipa
    assert ipa_of(raw, mandarin=False) == raw


def test_language_marks_are_no_phonemes() -> None:
    events = [RawEvent(0, 0, "(en)"), RawEvent(8, 0, "tʃ"), RawEvent(50, 0, "(cmn)"), RawEvent(60, 1, "o-")]
    assert time_phonemes(events, 100, mandarin=True) == [
        TimedIpa("", 0, 8),
        TimedIpa("tʃ", 8, 60),
        TimedIpa("ɤ", 60, 100),
    ]


def test_phonemes_cover_the_sound_and_short_pauses_belong_to_the_phoneme_before() -> None:
    events = [
        RawEvent(0, 0, "a"), RawEvent(100, 0, ""), RawEvent(120, 0, "b"), RawEvent(200, 0, ""),
        RawEvent(210, 0, ""),
        RawEvent(300, 0, "c"),
    ]  # fmt: skip
    assert time_phonemes(events, 400, mandarin=False) == [
        TimedIpa("a", 0, 120),
        TimedIpa("b", 120, 210),
        TimedIpa("", 210, 300),
        TimedIpa("c", 300, 400),
    ]


def test_no_events_are_one_pause() -> None:
    assert time_phonemes([], 50, mandarin=False) == [TimedIpa("", 0, 50)]


def test_words_without_an_event_share_the_time_of_the_one_before() -> None:
    phonemes = [TimedIpa("a", 0, 300), TimedIpa("", 300, 400), TimedIpa("b", 400, 500)]
    words = time_words("of the cat", [RawEvent(0, 0, ""), RawEvent(400, 7, "")], phonemes, 500)
    assert [(w.char_start, w.char_end, w.start_ms, w.end_ms) for w in words] == [
        (0, 2, 0, 120),
        (3, 6, 120, 300),
        (7, 10, 400, 500),
    ]


@pytest.mark.parametrize(
    ("text", "ipa", "divided"),
    [
        ("of the cat", "ʌ v ð ə", ["ʌv", "ðə"]),
        ("in the cat", "ɪ n ð ə", ["ɪn", "ðə"]),
        ("to the cat", "t ə ð ə", ["tə", "ðə"]),
        ("on a cat", "ˈɔ n ɐ", ["ˈɔn", "ɐ"]),
        ("have been a cat", "h ɐ v b ˌɪ n ə", ["hɐv", "bˌɪn", "ə"]),
        ("is it", "ɪ z ɪ t", ["ɪz", "ɪt"]),
        ("for an hour", "f ɚ ɹ ə n", ["fɚɹ", "ən"]),
    ],
)
def test_phonemes_that_espeak_joins_are_divided_among_the_words(
    text: str, ipa: str, divided: list[str]
) -> None:
    sounds = ipa.split()
    phonemes = [TimedIpa(each, 10 * at, 10 * at + 10) for at, each in enumerate(sounds)]
    end = 10 * len(sounds)
    events = [RawEvent(0, 0, "")]
    if len(words_of(text)) > len(divided):
        events.append(RawEvent(end, words_of(text)[len(divided)][0], ""))
    words = time_words(text, events, phonemes, end + 50)[: len(divided)]
    assert ["".join(p.ipa for p in phonemes if w.start_ms <= p.start_ms < w.end_ms) for w in words] == divided


def test_vowels_of_unstressed_syllables_are_ipa() -> None:
    assert [ipa_of(raw, mandarin=False) for raw in ("ᵻ", "ɐ", "ˈɔː")] == ["ɪ", "ə", "ˈɔː"]


def test_a_word_marked_twice_keeps_its_first_time_and_punctuation_counts_for_the_next_word() -> None:
    events = [RawEvent(0, 0, ""), RawEvent(50, 0, ""), RawEvent(90, 4, "")]
    words = time_words("DNA “x”", events, [TimedIpa("a", 0, 200)], 200)
    assert [(w.char_start, w.start_ms) for w in words] == [(0, 0), (5, 90)]


def test_text_without_words() -> None:
    assert time_words("...", [RawEvent(0, 0, "")], [], 10) == []
