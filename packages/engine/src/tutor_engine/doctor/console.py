"""The report for a person at a terminal, in the language of the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from tutor_engine.doctor.findings import Status
from tutor_engine.doctor.words import Language, Pair, render
from tutor_engine.doctor.words import whole as say
from tutor_protocol.http import DoctorReport

_MARKS: dict[Status, str] = {
    "ok": "[green]✓[/]",
    "note": "[cyan]i[/]",
    "warning": "[yellow]![/]",
    "error": "[red]✗[/]",
}
_COUNTS: dict[Status, tuple[Pair, Pair]] = {
    "error": (say.ONE_ERROR, say.ERRORS),
    "warning": (say.ONE_WARNING, say.WARNINGS),
    "note": (say.ONE_NOTE, say.NOTES),
}


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of messages (POSIX, chapter 8.2: LC_ALL, then LC_MESSAGES, then LANG)."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((value for name in names if (value := environment.get(name))), "")
    return "zh" if locale.startswith("zh") else "en"


def print_report(report: DoctorReport, console: Console, language: Language = "en") -> None:
    """What was seen, why it matters, what mends it; then the count."""
    for finding in report.findings:
        console.print(f"{_MARKS[finding.status]} {escape(finding.seen)}", soft_wrap=True)
        if finding.why and finding.status != "ok":
            console.print(f"    [dim]{escape(finding.why)}[/]", soft_wrap=True)
        if finding.mend and finding.status != "ok":
            console.print(f"    [bold]→[/] {escape(finding.mend)}", soft_wrap=True)
    console.print()
    console.print(_count(report, language))


def _count(report: DoctorReport, language: Language) -> str:
    parts: list[str] = []
    for status, (one, many) in _COUNTS.items():
        number = sum(finding.status == status for finding in report.findings)
        if number:
            parts.append(render(one if number == 1 else many, {"number": number}, language))
    return render(say.BETWEEN_COUNTS, {}, language).join(parts) or render(say.ALL_WELL, {}, language)
