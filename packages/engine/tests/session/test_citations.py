"""Citations in time: a caption names the places that its words rest on, while they sound."""

from packages.engine.tests.session.scene import Scene
from packages.engine.tests.session.test_lesson import ask, on_stage, settle

from tutor_engine.answering.port import AnswerCitation
from tutor_protocol import Citation


def cited(n: int, quote: str, page: int) -> AnswerCitation:
    return AnswerCitation(
        Citation(
            n=n,
            document="d",
            title="Stars",
            page=page,
            quote=quote,
            start=0,
            end=len(quote),
            version="a1" * 8,
        )
    )


async def test_each_caption_names_the_citations_of_the_words_that_sound(scene: Scene) -> None:
    scene.answers.script = [
        "Stars shine. ", cited(1, "Stars shine.", 2),
        "Mars is red. ", cited(2, "Mars is red.", 5), cited(3, "The red planet.", 6),
        "Stars shine. ", cited(1, "Stars shine.", 2),
        "What next?",
    ]  # fmt: skip
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    text = await events.kind("text")
    assert [(c.n, c.page, c.version) for c in text.citations] == [
        (n, page, "a1a1a1a1a1a1a1a1") for n, page in ((1, 2), (2, 5), (3, 6))
    ]
    await settle()
    audience.on_playback_started(1, 100.0)
    # Every word sounds for 200 ms.
    for position_ms in range(0, 6_000, 100):
        audience.on_playback_at(1, float(position_ms))
    await settle()
    captions = [(event.content, event.citations) for event in events if event.type == "caption"]
    assert captions == [
        ("Stars", [1]), ("shine.", [1]),
        ("Mars", [2, 3]), ("is", [2, 3]), ("red.", [2, 3]),
        ("Stars", [1]), ("shine.", [1]),
        ("What", []), ("next?", []),
    ]  # fmt: skip
