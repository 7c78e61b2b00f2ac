"""What a teacher is told of a document: which pages could not be read and why, what was flagged or left out.

Sentences in English and Chinese for the short reasons that the readers give. Knows no file and no index.
"""

from collections.abc import Iterator, Sequence

from tutor_engine.knowledge.document import BadDocument, Unreadable
from tutor_engine.knowledge.places import Facts, Flag
from tutor_engine.knowledge.port import StoredDocument
from tutor_protocol.http import JobMessage

INSTALL_OCR = "apt install tesseract-ocr tesseract-ocr-chi-sim"

_WHY = {
    "no_text": "This page has no text. 这一页没有文字。",
    "damaged": "This page is damaged and could not be read. 这一页已损坏，无法读取。",
    "no_words": "No words were recognised in the picture of this page. 这一页的图片中没有识别出文字。",
    "hidden_slide": (
        "This slide is hidden in the presentation, so it was not read. 这张幻灯片被设为隐藏，因此没有读取。"
    ),
}
_NO_OCR = {
    "scanned": (
        "This page is a scanned picture, a picture without text, and text recognition is not installed here."
        " 这一页是没有文字的扫描图片，而这里没有安装文字识别。"
    ),
    "garbled": (
        "The file does not say which letters this page shows, and text recognition is not installed here."
        " 文件没有说明这一页的字形对应哪些文字，而这里没有安装文字识别。"
    ),
}
_OCR_FAILED = (
    "The picture of this page could not be recognised ({detail}). 这一页的图片无法识别（{detail}）。"
)
_FLAGGED = (
    "“{words}” reads like an order to a machine, so it is never quoted. "
    "“{words}”像是写给机器的指令，因此不会被引用。"
)
_HIDDEN = "Text that no reader can see was left out on {pages}. 以下页面中读者看不到的文字没有收录：{pages}。"
_RECOGNISED = (
    "The text of {pages} was recognised from pictures and may hold mistakes. "
    "以下页面的文字由图片识别而来，可能有错误：{pages}。"
)
_LISTED = 8
"""Runs of pages named one by one; of more the rest is counted."""


def page_failed(number: int, why: str) -> JobMessage:
    """Why a page has no text, from the reader's short word for it."""
    reason, _, detail = why.partition(": ")
    if reason == "file":
        return JobMessage(level="warning", content=_of_file(detail), page=number)
    if detail == "no tesseract" and reason in _NO_OCR:
        said = f"{_NO_OCR[reason]} {INSTALL_OCR}"
    elif reason in _NO_OCR:
        said = _OCR_FAILED.format(detail=detail)
    else:
        said = _WHY.get(reason, why)
    return JobMessage(level="warning", content=said, page=number)


def _of_file(detail: str) -> str:
    """Why a file within an archive could not be read."""
    reason, _, name = detail.partition(": ")
    try:
        error = BadDocument(Unreadable(reason))
    except ValueError:
        return f"{name}: {reason}"
    return f"{name}: {error.sentence('en')} {error.sentence('zh')}"


def pages_failed(stored: StoredDocument) -> list[JobMessage]:
    """One remark for each page without text."""
    return [page_failed(number, why) for number, why in stored.pages_failed]


def flagged(flags: Sequence[Flag]) -> list[JobMessage]:
    """One remark for each passage that looks like an order."""
    return [
        JobMessage(level="warning", content=_FLAGGED.format(words=flag.words), page=flag.page)
        for flag in flags
    ]


def left_out(facts: Facts) -> Iterator[JobMessage]:
    """Remarks on hidden text and on recognised pages."""
    if facts.hidden:
        said = _HIDDEN.format(pages=_pages(facts.hidden))
        yield JobMessage(level="warning", content=said, page=facts.hidden[0])
    if facts.recognised:
        said = _RECOGNISED.format(pages=_pages(facts.recognised))
        yield JobMessage(level="info", content=said, page=facts.recognised[0])


def _pages(numbers: Sequence[int]) -> str:
    """“p. 3–7, 12”, whatever the language."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    named = [f"{first}–{last}" if last > first else f"{first}" for first, last in runs[:_LISTED]]
    more = sum(last - first + 1 for first, last in runs[_LISTED:])
    return f"p. {', '.join(named)}" + (f" (+{more})" if more else "")
