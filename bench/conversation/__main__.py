"""`python -m bench.conversation <figure>`: one figure, beside a baseline in the same run."""

from bench.choosing import run_chosen

FIGURES = {
    "spoken": "end of speech → first sound and first moved lips, stage by stage; silence alone beside it",
    "typed": "typed question → first sound and first moved lips; the answer as a whole beside it",
    "share": "the engine's own share: recogniser, answerer and voice that need no time, ten lessons at once",
    "interruption": "a student interrupts by voice or button: → soft, → silence, → mouth closed",
    "backchannel": "a student says “uh huh” while the tutor speaks: the tutor goes on; “stop” stops it",
    "crowd": "ten lessons at once ask by voice and in writing: answers right, waiting",
    "recognition": "word errors and answers found, with the library's words and without",
    "endpointing": "false cut-offs and waiting, beside silence alone",
    "echo": "self-interruptions through loudspeakers, with the echo gate and without",
    "visemes": "mouth shapes from the word times of a voice, against its true phonemes",
}

if __name__ == "__main__":
    run_chosen("bench.conversation", FIGURES)
