"""What processes spent, their ended children included."""

import os
import subprocess
import sys

from bench.conversation.together import spent_s


def test_the_work_of_an_ended_child_is_counted_with_its_parent() -> None:
    before_s = spent_s(os.getpid())
    work = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run([sys.executable, "-c", work], check=True)
    assert spent_s(os.getpid()) - before_s >= 0.15


def test_own_work_is_counted_and_an_unknown_process_has_done_nothing() -> None:
    assert abs(spent_s(os.getpid()) - sum(os.times()[:4])) < 0.2
    assert spent_s(2**22 + 1) == 0.0
