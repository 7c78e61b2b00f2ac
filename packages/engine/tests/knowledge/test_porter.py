import re

import pytest

from tutor_engine.knowledge.index.porter import porter

# From the paper of 1980, step by step.
PAIRS = re.findall(
    r"\S+",
    """
caresses caress ponies poni ties ti caress caress cats cat feed feed agreed agre plastered plaster bled bled
motoring motor sing sing conflated conflat troubled troubl sized size hopping hop tanned tan falling fall
hissing hiss fizzed fizz failing fail filing file happy happi sky sky relational relat conditional condit
rational ration digitizer digit conformably conform radically radic differently differ vilely vile
analogously analog vietnamization vietnam predication predic operator oper feudalism feudal decisiveness decis
hopefulness hope callousness callous formality formal sensitivity sensit sensibility sensibl
triplicate triplic
formative form formalize formal electricity electr electrical electr hopeful hope goodness good revival reviv
allowance allow inference infer airliner airlin gyroscopic gyroscop adjustable adjust defensible defens
irritant irrit replacement replac adjustment adjust dependent depend adoption adopt homologous homolog
communism commun activate activ effective effect bowdlerize bowdler probate probat rate rate cease ceas
controlling control rolling roll liver liver live live yellow yellow sayings sai is is
""",
)


@pytest.mark.parametrize(("word", "stem"), list(zip(PAIRS[::2], PAIRS[1::2], strict=True)))
def test_stems_of_the_paper(word: str, stem: str) -> None:
    assert porter(word) == stem


@pytest.mark.parametrize("word", ["a", "", "don't", "3.2", "naïve", "造纸"])
def test_other_words_stay(word: str) -> None:
    assert porter(word) == word
