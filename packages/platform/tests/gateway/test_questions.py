"""Questions that wait."""

from tutor_platform.gateway.questions import REPEAT_S, Question, Questions


def question(turn_id: str, content: str = "Why?", lesson_id: str = "l1") -> Question:
    return Question(lesson_id, turn_id, content, {})


def test_a_question_waits_until_it_is_sent_and_stays_until_it_is_confirmed() -> None:
    questions = Questions(10)
    first = question("t1")
    questions.add(first)
    assert questions.unsent() == [first]
    first.sent_s = 5.0
    assert questions.unsent() == []
    questions.ask_again("another lesson")
    assert questions.unsent() == []
    questions.ask_again("l1")
    assert questions.unsent() == [first]
    assert questions.turn_ids("l1") == {"t1"}
    questions.confirm("t1")
    assert questions.unsent() == []
    assert questions.turn_ids("l1") == frozenset()


def test_a_repeat_is_the_same_words_in_the_same_lesson_soon() -> None:
    questions = Questions(10)
    first = question("t1", " Why? ")
    questions.add(first)
    assert questions.repeats("l1", "Why?", now_s=999)
    assert not questions.repeats("l1", "How?", now_s=0)
    assert not questions.repeats("l2", "Why?", now_s=0)
    first.sent_s = 100.0
    assert questions.repeats("l1", "Why?", now_s=100 + REPEAT_S / 2)
    assert not questions.repeats("l1", "Why?", now_s=100 + REPEAT_S)


def test_there_is_a_bound_on_what_waits_and_on_what_is_remembered() -> None:
    questions = Questions(2)
    for number in range(4):
        sent = question(f"s{number}")
        sent.sent_s = 0.0
        questions.add(sent)
    assert questions.turn_ids("l1") == {"s2", "s3"}
    questions.add(question("w1"))
    assert not questions.full()
    waiting = question("w2")
    questions.add(waiting)
    assert questions.full()
    questions.drop(waiting)
    assert not questions.full()


def test_an_echo_belongs_to_the_question_that_was_sent_first() -> None:
    questions = Questions(10)
    for number, turn_id in enumerate(("t1", "t2", "t3")):
        asked = question(turn_id, " Why?")
        asked.sent_s = float(number) if number else None
        questions.add(asked)
    assert questions.sent("l1", "Why? ") == "t2"
    questions.confirm("t2")
    assert questions.sent("l1", "Why?") == "t3"
    assert questions.sent("l1", "Who?") is None
    assert questions.sent("another lesson", "Why?") is None
