"""The policy said in its own figures: what a rule promises stays tested when its figure changes."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.endpointing import NEVER, Decision, Demand, Endpointer, EndpointRules
from tutor_engine.hearing.port import VOICE_FRAME_MS, Patience

RULES = EndpointRules()
PATIENCE = Patience()
QUESTION = "what is photosynthesis"
WORD = "photosynthesis"
UNFINISHED = "tell me about the"
OPENING = "what is the"


def by_frame(ms: float) -> float:
    """The end of the frame in which a moment falls: decisions are made at the ends of frames."""
    return math.ceil(ms / VOICE_FRAME_MS) * VOICE_FRAME_MS


def met_at(probability: float, demand: Demand, slowness: float = 1.0) -> float:
    """Silence after which the falling demand is down at this probability."""
    falls_ms, gone_ms = demand.falls_ms, demand.gone_ms
    return by_frame((gone_ms - probability / demand.certain * (gone_ms - falls_ms)) * slowness)


class Room:
    """Plays frames to an endpointer and answers its questions at once."""

    def __init__(self, *, judge: float | None = 0.0, patience: Patience | None = None) -> None:
        self.endpointer = Endpointer("en", RULES, patience, judge=judge is not None)
        self.judge = judge
        self.now_ms = 0.0
        self.asked_ms: list[float] = []
        self.hints: list[tuple[Decision, float]] = []
        """What is told before an utterance is sure."""

    def play(self, probability: float, ms: float) -> list[tuple[Decision, float]]:
        """Decisions other than waiting, with their times."""
        seen: list[tuple[Decision, float]] = []
        for _ in range(int(ms // VOICE_FRAME_MS)):
            start = self.now_ms
            self.now_ms += VOICE_FRAME_MS
            decision = self.endpointer.frame(probability, start, self.now_ms)
            if decision is Decision.ASK:
                self.asked_ms.append(self.now_ms)
                assert self.judge is not None
                decision = self.endpointer.judged(self.judge, self.now_ms, self.now_ms)
            if decision in (Decision.HINT, Decision.FADED):
                self.hints.append((decision, self.now_ms))
            elif decision is not Decision.WAIT:
                seen.append((decision, self.now_ms))
        return seen

    def silence_to_end(self, words: str = WORD, *, patient: bool = False) -> float:
        """Silence until the turn ends, after a second and a half of voice."""
        self.endpointer.patient = patient
        assert [decision for decision, _ in self.play(0.9, 1500)] == [Decision.START]
        self.endpointer.words(words)
        ended = self.play(0.01, 8000)
        assert [decision for decision, _ in ended] == [Decision.END]
        return ended[0][1] - self.endpointer.voice_end_ms


def cut_off_once() -> Room:
    """A student whose question was taken as whole at a pause of 700 ms."""
    room = Room(judge=1.0)
    room.play(0.9, 1_000)
    room.endpointer.words(QUESTION)
    ((decision, at_ms),) = room.play(0.0, 700)
    assert decision is Decision.END
    assert at_ms - room.endpointer.voice_end_ms < 300
    return room


def test_a_cough_is_no_utterance() -> None:
    room = Room()
    cough_ms = RULES.start_voice_ms - VOICE_FRAME_MS
    pause_ms = RULES.start_gap_ms + 2 * VOICE_FRAME_MS
    assert room.play(0.9, cough_ms) + room.play(0.1, pause_ms) + room.play(0.9, cough_ms) == []
    assert not room.endpointer.inside


def test_a_voice_is_hinted_at_before_it_is_sure_and_a_cough_fades() -> None:
    room = Room()
    room.play(0.9, 1_000)
    assert room.hints == [(Decision.HINT, by_frame(RULES.hint_voice_ms))]
    cough = Room()
    cough.play(0.9, RULES.hint_voice_ms + VOICE_FRAME_MS)
    cough.play(0.1, 1_000)
    assert [kind for kind, _ in cough.hints] == [Decision.HINT, Decision.FADED]
    assert cough.hints[1][1] <= by_frame(RULES.hint_voice_ms + RULES.start_gap_ms) + 3 * VOICE_FRAME_MS
    before_a_loudspeaker = Room()
    before_a_loudspeaker.endpointer.echoing = True
    before_a_loudspeaker.play(0.9, 1_000)
    assert before_a_loudspeaker.hints == [(Decision.HINT, by_frame(RULES.hint_voice_echoing_ms))]
    click = Room()
    click.play(0.9, RULES.hint_voice_ms - VOICE_FRAME_MS)
    click.play(0.1, 1_000)
    assert click.hints == []


@pytest.mark.parametrize("echoing", [False, True])
def test_a_short_word_begins_an_utterance_unless_it_may_be_the_loudspeaker(echoing: bool) -> None:
    room = Room()
    room.endpointer.echoing = echoing
    room.play(0.9, by_frame(RULES.start_voice_ms))
    room.play(0.1, VOICE_FRAME_MS)
    assert room.endpointer.inside is not echoing
    room.play(0.9, RULES.start_voice_echoing_ms)
    assert room.endpointer.inside


def test_before_any_word_is_known_no_judge_is_believed() -> None:
    waited_ms = Room(judge=1.0).silence_to_end("")
    assert by_frame(RULES.unheard_ms) <= waited_ms <= by_frame(RULES.unheard_ms + RULES.ask_every_ms)


def test_whoever_was_cut_off_is_waited_for() -> None:
    room = cut_off_once()
    waits = [room.silence_to_end(QUESTION) for _ in range(7)]
    assert waits[0] > 1_500
    assert waits == sorted(waits, reverse=True), "without another pause it is forgotten"
    assert waits[-1] == by_frame(RULES.ask_after_ms)


def test_a_pause_that_was_waited_for_is_remembered_for_the_next_question() -> None:
    room = Room(judge=1.0)
    room.play(0.9, 1_000)
    room.endpointer.words(OPENING)
    assert room.play(0.0, 800) == []
    room.play(0.9, 1_000)
    room.endpointer.words(QUESTION)
    assert room.play(0.0, 300)[0][0] is Decision.END
    room.play(0.0, 5_000)
    assert room.silence_to_end(QUESTION) > 800
    assert room.endpointer.release() is Decision.WAIT


def test_an_answer_that_was_asked_for_ends_also_a_slow_students_thinking() -> None:
    room = cut_off_once()
    room.play(0.9, 1_000)
    room.endpointer.words(WORD)
    room.endpointer.answered = True
    assert room.play(0.0, 300)[0][0] is Decision.END


def test_voice_with_small_gaps_is_one_utterance() -> None:
    room = Room()
    assert room.play(0.9, 128) + room.play(0.2, 96) == []
    assert [decision for decision, _ in room.play(0.9, 128)] == [Decision.START]
    assert room.endpointer.voice_start_ms == 0.0


def test_a_voice_that_grows_soft_goes_on() -> None:
    room = Room()
    room.play(0.9, 320)
    room.play(0.4, 3200)
    assert room.endpointer.inside
    assert room.endpointer.voice_end_ms == room.now_ms


def test_a_sure_judge_ends_the_turn_as_soon_as_it_is_believed() -> None:
    first_ms = by_frame(RULES.ask_after_ms)
    assert Room(judge=RULES.unclear.certain).silence_to_end() == by_frame(RULES.unclear.least_ms)
    assert Room(judge=RULES.complete.certain).silence_to_end(QUESTION) == first_ms


def test_in_the_middle_of_a_phrase_only_a_very_sure_judge_is_believed() -> None:
    first_ms = by_frame(RULES.dangling.least_ms)
    assert Room(judge=RULES.dangling.certain).silence_to_end(UNFINISHED) == first_ms
    assert Room(judge=RULES.complete.certain).silence_to_end(UNFINISHED) > RULES.dangling.falls_ms


def test_what_an_unsure_judge_must_wait_depends_on_the_words() -> None:
    waits = [Room(judge=0.05).silence_to_end(words) for words in (QUESTION, WORD, UNFINISHED, OPENING)]
    spans = (RULES.complete, RULES.unclear, RULES.dangling, RULES.opening)
    assert waits == [met_at(0.05, span) for span in spans]
    assert waits == sorted(waits)


def test_a_question_that_has_only_begun_is_not_ended_by_the_sound_of_the_voice() -> None:
    silence_ms = Room(judge=1.0).silence_to_end(OPENING)
    assert RULES.opening.falls_ms < silence_ms <= by_frame(RULES.opening.gone_ms)
    assert Room(judge=1.0, patience=Patience(hard_stop_ms=800)).silence_to_end(OPENING) <= by_frame(800)


def test_after_a_question_of_the_tutor_thinking_takes_longer() -> None:
    assert Room(judge=0.0).silence_to_end("um") == met_at(0.0, RULES.dangling)
    longest_ms = met_at(0.0, RULES.dangling, PATIENCE.after_question)
    assert Room(judge=0.0).silence_to_end("um", patient=True) == longest_ms
    assert longest_ms <= by_frame(PATIENCE.hard_stop_after_question_ms)


def test_thinking_is_not_ended_by_a_sure_judge_but_by_an_answer() -> None:
    thought_ms = Room(judge=1.0).silence_to_end(QUESTION, patient=True)
    assert by_frame(PATIENCE.thinking_ms) <= thought_ms <= PATIENCE.thinking_ms + 3 * VOICE_FRAME_MS
    room = Room(judge=1.0)
    room.endpointer.answered = True
    assert room.silence_to_end(QUESTION, patient=True) == by_frame(RULES.ask_after_ms)
    assert not room.endpointer.answered


def test_every_tutor_has_its_own_pace() -> None:
    for pace in (0.5, 1.2):
        room = Room(judge=0.0, patience=Patience(pace=pace))
        assert room.silence_to_end(WORD) == met_at(0.0, RULES.unclear, pace)
    quick = Patience(hard_stop_ms=600)
    assert Room(judge=0.0, patience=quick).silence_to_end(UNFINISHED) == by_frame(600)
    assert Room(judge=None, patience=quick).silence_to_end(UNFINISHED) == by_frame(600)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pace": 0.0},
        {"after_question": 0.5},
        {"hard_stop_ms": 100},
        {"hard_stop_ms": 9_000},
        {"hard_stop_after_question_ms": 90_000},
        {"thinking_ms": 6_000},
    ],
)
def test_impossible_patience_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"pace|ms"):
        Patience(**wrong)  # pyright: ignore[reportArgumentType]


def test_while_the_key_to_talk_is_held_nothing_ends_the_turn() -> None:
    room = Room(judge=1.0)
    assert room.endpointer.press(room.now_ms) is Decision.START
    assert room.endpointer.press(room.now_ms) is Decision.WAIT
    assert room.play(0.9, 500) + room.play(0.0, 6_000) + room.play(0.9, 500) == []
    assert room.asked_ms == []
    assert room.endpointer.release() is Decision.END
    assert room.endpointer.voiced
    assert room.endpointer.release() is Decision.WAIT


def test_a_key_pressed_without_a_word_is_no_utterance() -> None:
    room = Room()
    room.endpointer.press(room.now_ms)
    room.play(0.0, 1_000)
    assert room.endpointer.release() is Decision.END
    assert not room.endpointer.voiced


def test_a_forgotten_key_does_not_fill_the_memory() -> None:
    room = Room()
    room.endpointer.press(0.0)
    ended = room.play(0.0, RULES.longest_held_ms + 1_000)
    assert [decision for decision, _ in ended] == [Decision.END]
    room.endpointer.press(room.now_ms)
    talked = room.play(0.9, RULES.longest_held_ms + 64)
    assert Decision.END in [decision for decision, _ in talked]


def test_with_push_to_talk_other_voice_is_not_heard() -> None:
    room = Room(judge=1.0, patience=Patience(push_to_talk=True))
    assert room.play(0.9, 2_000) == []
    assert room.endpointer.press(room.now_ms) is Decision.START
    room.play(0.9, 500)
    assert room.endpointer.release() is Decision.END
    assert room.play(0.9, 2_000) == []


def test_while_the_key_to_think_is_held_silence_does_not_count() -> None:
    room = Room(judge=1.0)
    room.play(0.9, 1_000)
    room.endpointer.words(QUESTION)
    room.endpointer.think(True, room.now_ms)
    assert room.play(0.0, 8_000) == []
    room.endpointer.think(False, room.now_ms)
    released_ms = room.now_ms
    ((decision, at_ms),) = room.play(0.0, 2_000)
    assert decision is Decision.END
    assert at_ms - released_ms == by_frame(RULES.ask_after_ms)


def test_without_a_judge_silence_decides() -> None:
    waits = tuple(Room(judge=None).silence_to_end(words) for words in (QUESTION, WORD, UNFINISHED, OPENING))
    assert waits == tuple(by_frame(ms) for ms in RULES.blind_ms)
    thinking_ms = Room(judge=None).silence_to_end(WORD, patient=True)
    assert thinking_ms == by_frame(max(PATIENCE.thinking_ms, RULES.blind_ms[1] * PATIENCE.after_question))


def test_the_figures_fit_each_other() -> None:
    for demand in (RULES.complete, RULES.unclear, RULES.dangling, RULES.opening):
        # The judge has spoken at least once before the demand falls.
        assert RULES.ask_after_ms <= demand.falls_ms < demand.gone_ms
    assert RULES.still_voice < RULES.voice
    assert RULES.ask_every_ms >= VOICE_FRAME_MS
    assert list(RULES.blind_ms) == sorted(RULES.blind_ms)


def test_the_judge_is_asked_some_times_as_the_silence_begins() -> None:
    room = Room(judge=0.0)
    silence_ms = room.silence_to_end(UNFINISHED)
    gaps = {later - earlier for earlier, later in zip(room.asked_ms, room.asked_ms[1:], strict=False)}
    assert gaps == {by_frame(RULES.ask_every_ms)}
    asked_for_ms = room.asked_ms[-1] - room.asked_ms[0]
    assert RULES.ask_after_ms + asked_for_ms <= by_frame(RULES.ask_until_ms) < silence_ms


def test_early_opinions_count_as_much_as_late_ones() -> None:
    """As a silence grows, the judge takes it more and more for an end."""
    endpointer = Endpointer("en")
    now_ms, opinions, ended_ms = 0.0, iter((0.1, 0.2, 0.95)), 0.0
    for probability in [0.9] * 40 + [0.0] * 60:
        decision = endpointer.frame(probability, now_ms, now_ms + VOICE_FRAME_MS)
        now_ms += VOICE_FRAME_MS
        endpointer.words(WORD)
        if decision is Decision.ASK:
            decision = endpointer.judged(next(opinions), now_ms, now_ms)
        if decision is Decision.END:
            ended_ms = now_ms
    assert ended_ms - endpointer.voice_end_ms == met_at((0.1 + 0.2 + 0.95) / 3, RULES.unclear)


def test_an_answer_about_an_earlier_silence_is_void() -> None:
    room = Room()
    room.play(0.9, 1000)
    room.play(0.0, 192)
    asked_ms = room.now_ms
    room.play(0.9, 96)
    assert room.endpointer.judged(1.0, asked_ms, room.now_ms) is Decision.WAIT
    assert room.endpointer.inside


def test_an_answer_after_the_end_is_void() -> None:
    room = Room(judge=0.9)
    room.silence_to_end()
    assert room.endpointer.judged(1.0, room.now_ms, room.now_ms) is Decision.WAIT


def test_a_judge_that_never_answers_does_not_hold_the_turn() -> None:
    endpointer = Endpointer("en")
    now_ms = 0.0
    decisions: list[Decision] = []
    for probability in [0.9] * 40 + [0.0] * 100:
        decisions.append(endpointer.frame(probability, now_ms, now_ms + VOICE_FRAME_MS))
        now_ms += VOICE_FRAME_MS
    assert decisions.count(Decision.END) == 1
    assert (decisions.index(Decision.END) - 39) * VOICE_FRAME_MS == by_frame(RULES.unclear.gone_ms)


def test_an_endless_utterance_is_cut() -> None:
    room = Room()
    seen = room.play(0.9, RULES.longest_ms + 1000)
    assert [decision for decision, _ in seen] == [Decision.START, Decision.END, Decision.START]
    assert seen[1][1] <= RULES.longest_ms + VOICE_FRAME_MS


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400), st.booleans(), st.floats(0, 1))
def test_starts_and_ends_alternate(frames: Sequence[float], judge: bool, judged: float) -> None:
    endpointer = Endpointer("en", judge=judge)
    now_ms = 0.0
    inside = False
    for probability in frames:
        decision = endpointer.frame(probability, now_ms, now_ms + VOICE_FRAME_MS)
        now_ms += VOICE_FRAME_MS
        if decision is Decision.ASK:
            assert judge
            decision = endpointer.judged(judged, now_ms, now_ms)
        if decision is Decision.START:
            assert not inside
            inside = True
        elif decision is Decision.END:
            assert inside
            inside = False
        assert endpointer.inside == inside
        assert endpointer.voice_start_ms <= endpointer.voice_end_ms or endpointer.voice_end_ms == 0.0
    for _ in range(200):
        endpointer.frame(0.0, now_ms, now_ms + VOICE_FRAME_MS)
        now_ms += VOICE_FRAME_MS
    assert not endpointer.inside


@given(st.floats(0, 6000), st.floats(0, 6000), st.sampled_from(["", QUESTION, UNFINISHED, OPENING]))
def test_the_demand_never_rises_with_silence(first: float, second: float, words: str) -> None:
    endpointer = Endpointer("en")
    endpointer.words(words)
    shorter, longer = sorted((first, second))
    assert 0.0 <= endpointer.demanded(longer) <= endpointer.demanded(shorter) <= NEVER
