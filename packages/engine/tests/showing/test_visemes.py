"""Phonemes to mouth: the alphabet of espeak-ng, closures, silence, coarticulation and piecewise feeding."""

from dataclasses import astuple

import numpy as np
import pytest

from tutor_engine.showing import visemes as v
from tutor_engine.showing.port import TimedPhoneme
from tutor_engine.showing.puppet.pose import REST, Mouth
from tutor_engine.showing.visemes import MouthTrack, Viseme, visemes_of

# What espeak-ng 1.52 really emits for English and Mandarin, one sentence with every sound of each.
ENGLISH = [
    "b",
    "d",
    "dʒ",
    "f",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "n̩",
    "p",
    "s",
    "t",
    "tʃ",
    "v",
    "w",
    "z",
    "æ",
    "ð",
    "ŋ",
    "ɐ",
    "ə",
    "əl",
    "ɚ",
    "ɛɹ",
    "ɡ",
    "ɪ",
    "ɹ",
    "ɾ",
    "ʒ",
    "ʔ",
    "ˈaʊ",
    "ˈeɪ",
    "ˈiː",
    "ˈoʊ",
    "ˈuː",
    "ˈɑː",
    "ˈɔɪ",
    "ˈɔː",
    "ˈɛ",
    "ˈɜː",
    "ˈɪ",
    "ˈɪɹ",
    "ˈʊɹ",
    "ˈʌ",
    "ˌaʊ",
    "ˌoʊ",
    "ˌʌ",
    "θ",
]
MANDARIN = [
    "f",
    "i",
    "i.",
    "i̪",
    "j",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "p",
    "ph",
    "s",
    "s.",
    "t",
    "th",
    "ts",
    "ts.",
    "ts.h",
    "tsh",
    "tɕ",
    "tɕh",
    "u",
    "ua",
    "uː",
    "w",
    "y",
    "ŋ",
    "ɑu",
    "ɕ",
    "ə",
    "ɪ",
    "ʐ",
    "ˈai",
    "ˈei",
    "ˈi",
    "ˈi.",
    "ˈiou",
    "ˈiɑ",
    "ˈiɛ",
    "ˈi̪",
    "ˈo",
    "ˈo-",
    "ˈonɡ",
    "ˈua",
    "ˈuei",
    "ˈuə",
    "ˈy",
    "ˈyæ",
    "ˈyə",
    "ˈyɛ",
    "ˈɑ",
    "ˈɑu",
    "ˈə",
    "ˈər",
    "ˌi.",
    "ˌiou",
    "χ",
]


def track(*phonemes: tuple[str, float, float]) -> MouthTrack:
    made = MouthTrack()
    made.add([TimedPhoneme(*p) for p in phonemes])
    return made


def frames(made: MouthTrack, end_ms: float) -> list[Mouth]:
    return [made.at(ms) for ms in np.arange(0, end_ms, 40.0)]


@pytest.mark.parametrize("ipa", ENGLISH + MANDARIN)
def test_every_sound_of_espeak_has_a_shape(ipa: str) -> None:
    assert visemes_of(ipa)
    assert v.SILENCE not in visemes_of(ipa)


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("ph", (v.BILABIAL,)),
        ("pʰ", (v.BILABIAL,)),
        ("mʲ", (v.BILABIAL,)),
        ("tɕʰ", (v.PALATAL,)),
        ("t͡ʃ", (v.POSTALVEOLAR,)),
        ("ts.h", (v.RETROFLEX,)),
        ("ʈʂʰ", (v.RETROFLEX,)),
        ("tsh", (v.SIBILANT,)),
        ("ʐ", (v.RETROFLEX,)),
        ("ɤ5", (v.BACK_UNROUNDED,)),
        ("ˈo-", (v.BACK_UNROUNDED,)),
        ("y˥˩", (v.FRONT_ROUNDED,)),
        ("i.", (v.APICAL,)),
        ("ˈaɪ", (v.OPEN_VOWEL, v.NEAR_CLOSE)),
        ("ˈiou", (v.CLOSE_FRONT, v.MID_BACK, v.CLOSE_BACK)),
        ("kʷ", (v.VELAR, v.LABIAL_GLIDE)),
        ("æ̃", (v.ASH,)),
        ("", (v.SILENCE,)),
        ("(en)", (v.SILENCE,)),
        ("ˈ", (v.SILENCE,)),
        ("?!", (v.SILENCE,)),
    ],
)
def test_reads_marks_ties_tones_and_pauses(ipa: str, expected: tuple[Viseme, ...]) -> None:
    assert visemes_of(ipa) == expected


@pytest.mark.parametrize("sound", ["p", "b", "m", "ph"])
@pytest.mark.parametrize("offset_ms", range(0, 40, 5))
def test_one_frame_shows_each_closure_wherever_it_falls(sound: str, offset_ms: int) -> None:
    at = 300.0 + offset_ms
    mouths = frames(track(("a", 0, at), (sound, at, at + 50), ("a", at + 50, 700)), 700)
    here = [m for m in mouths[6:12] if m.open == 0]
    assert here
    assert max(m.press for m in here) > 0.9
    assert max(m.open for m in mouths) > 0.5


@pytest.mark.parametrize("offset_ms", range(0, 40, 10))
def test_f_tucks_the_lower_lip(offset_ms: int) -> None:
    at = 300.0 + offset_ms
    mouths = frames(track(("a", 0, at), ("f", at, at + 80), ("a", at + 80, 700)), 700)
    tucked = max(mouths, key=lambda m: m.tuck)
    assert tucked.tuck > 0.9
    assert tucked.open < 0.2
    assert tucked.press < 0.3


def test_vowels_look_like_themselves() -> None:
    def steady(ipa: str) -> Mouth:
        return track((ipa, 0, 400)).at(180)

    assert steady("ɑ").open > 0.75
    assert steady("i").wide > 0.7
    assert steady("i").open < 0.4
    assert steady("u").round > 0.85
    assert steady("y").round > 0.75
    assert steady("u").wide < 0.05
    assert steady("θ").tongue > 0.9


def test_the_mouth_is_closed_in_silence() -> None:
    made = track(("", 0, 300), ("a", 300, 600), ("", 600, 1200))
    assert made.at(0) == REST
    assert made.at(120) == REST
    assert made.at(900) == REST
    assert made.at(5000) == REST
    assert MouthTrack().at(0) == REST


def test_a_stretch_without_phonemes_is_silence() -> None:
    made = track(("a", 0, 300), ("a", 800, 1000))
    assert made.at(550) == REST
    assert made.at(150).open > 0.5
    assert made.at(900).open > 0.5


def test_lips_move_before_the_sound() -> None:
    made = track(("", 0, 400), ("a", 400, 800))
    assert made.at(400 - v.LEAD_MS - 95) == REST
    assert made.at(395).open > 0.1


def test_neighbours_colour_each_other() -> None:
    plain = track(("a", 0, 100), ("t", 100, 180), ("a", 180, 300)).at(100)
    before_u = track(("a", 0, 100), ("t", 100, 180), ("u", 180, 300)).at(100)
    assert before_u.round > plain.round + 0.1


def test_movement_has_no_jumps() -> None:
    words = [
        ("h", 0, 70),
        ("ɛ", 70, 150),
        ("l", 150, 220),
        ("oʊ", 220, 420),
        ("w", 420, 480),
        ("ɜː", 480, 620),
        ("l", 620, 690),
        ("d", 690, 760),
    ]
    made = track(*words)
    shapes = np.array([astuple(made.at(ms)) for ms in range(0, 900, 10)])
    assert np.abs(np.diff(shapes, axis=0)).max() < 0.3


def test_feeding_piece_by_piece_gives_the_same_past() -> None:
    words = [
        ("b", k * 120.0, k * 120 + 50.0) if k % 2 else ("a", k * 120.0 - 70, k * 120 + 120.0)
        for k in range(12)
    ]
    phonemes = [TimedPhoneme(*w) for w in words]
    whole, pieces = MouthTrack(), MouthTrack()
    whole.add(phonemes)
    for k in range(0, 12, 3):
        pieces.add(phonemes[k : k + 3])
        known_ms = phonemes[min(k + 2, 11)].end_ms - 420
        for ms in np.arange(0, max(known_ms, 0), 40):
            assert pieces.at(ms) == pytest.approx(whole.at(ms)) or astuple(pieces.at(ms)) == pytest.approx(
                astuple(whole.at(ms)), abs=0.02
            )


def test_an_unknown_future_does_not_close_the_mouth_at_once() -> None:
    made = track(("a", 0, 400))
    assert made.at(390).open > 0.5
    assert made.at(400 + 160) == REST


def test_phonemes_that_overlap_or_run_backwards_are_put_in_order() -> None:
    made = track(("a", 0, 300), ("p", 200, 360), ("a", 350, 340), ("i", 100, 150))
    assert min(m.open for m in frames(made, 400)[6:10]) == 0
    assert made.at(150).wide < 0.3


def test_loud_speech_opens_wider() -> None:
    def opening(level: float) -> float:
        made = track(("a", 0, 800))
        tone = 20000 * np.sin(np.arange(12800) / 8)
        tone[6400:] *= level
        made.add_sound(tone.astype("<i2").tobytes(), 16000, 0)
        return made.at(650).open

    assert opening(1.0) > opening(0.3) > opening(0.05) > 0.5


def test_sound_may_arrive_late_odd_or_not_at_all() -> None:
    made = track(("a", 0, 2000))
    unheard = made.at(500).open
    made.add_sound(b"", 16000, 0)
    made.add_sound(b"\1", 16000, 0)
    assert made.at(500).open == unheard
    made.add_sound(bytes(3200) + b"\1", 16000, 1000)
    assert made.at(500).open > 0


def test_stressed_vowels_are_accents() -> None:
    made = track(("ə", 0, 100), ("ˈa", 400, 600), ("ə", 1100, 1200))
    assert made.emphasis(500) > 0.9
    assert made.emphasis(1150) == 0


def test_many_phonemes_stay_fast_to_evaluate() -> None:
    made = track(*[("ta"[k % 2], k * 80.0, k * 80 + 80.0) for k in range(5000)])
    assert len(frames(made, 4000)) == 100
