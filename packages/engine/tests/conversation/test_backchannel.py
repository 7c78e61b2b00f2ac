# ruff: noqa: E501 - a case a line
import pytest

from tutor_engine.conversation.backchannel import is_backchannel, takes_floor


@pytest.mark.parametrize(
    "text",
    ["uh-huh", "Mm-hmm.", "ok", "Okay, I see.", "yeah yeah", "Right!", "oh", "I got it", "of course", "嗯", "嗯嗯，对",
     "好的", "原来如此", "哦，明白了", "是的是的", "ok 好", "wow really"],
)  # fmt: skip
def test_listening_noises_leave_the_floor(text: str) -> None:
    assert is_backchannel(text)
    assert not takes_floor(text, len(text))


@pytest.mark.parametrize(
    "text",
    ["stop", "Wait!", "no", "what?", "okay but why", "I see a star", "what is gravity", "can you", "tell me", "老师", "等等",
     "不对", "停", "为什么", "我有问题", "嗯，那地球呢", "yeah, tell me more"],
)  # fmt: skip
def test_words_that_want_the_floor(text: str) -> None:
    assert not is_backchannel(text)
    assert takes_floor(text, len(text))


@pytest.mark.parametrize("text", ["", "  ", "…", "the", "gravity", "啦"])
def test_one_word_or_none_is_not_yet_clear(text: str) -> None:
    assert not is_backchannel(text)
    assert not takes_floor(text, len(text))


@pytest.mark.parametrize("text", ["stop it", "Wait what", "hold on", "excuse me", "等一下", "停"])
def test_what_is_urgent_wants_the_floor_before_it_has_settled(text: str) -> None:
    assert takes_floor(text, 0)


@pytest.mark.parametrize(
    ("text", "stable_chars"), [("the flood", 0), ("you have", 3), ("no", 0), ("where i", 0), ("那么地球", 1)]
)
def test_a_first_guess_does_not(text: str, stable_chars: int) -> None:
    assert not takes_floor(text, stable_chars)
