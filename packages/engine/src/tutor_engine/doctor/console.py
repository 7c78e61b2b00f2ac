"""The report for a person at a terminal."""

from rich.console import Console
from rich.markup import escape

from tutor_engine.doctor.findings import Status
from tutor_protocol.http import DoctorReport

_MARKS: dict[Status, str] = {
    "ok": "[green]✓[/]",
    "note": "[cyan]i[/]",
    "warning": "[yellow]![/]",
    "error": "[red]✗[/]",
}
_NOUNS: dict[Status, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "note": ("note", "notes"),
}


def print_report(report: DoctorReport, console: Console) -> None:
    """What was seen, why it matters, what mends it; then the count."""
    for finding in report.findings:
        console.print(f"{_MARKS[finding.status]} {escape(finding.seen)}", soft_wrap=True)
        if finding.why and finding.status != "ok":
            console.print(f"    [dim]{escape(finding.why)}[/]", soft_wrap=True)
        if finding.mend and finding.status != "ok":
            console.print(f"    [bold]→[/] {escape(finding.mend)}", soft_wrap=True)
    console.print()
    console.print(_count(report))


def _count(report: DoctorReport) -> str:
    parts: list[str] = []
    for status, (one, many) in _NOUNS.items():
        number = sum(finding.status == status for finding in report.findings)
        if number:
            parts.append(f"{number} {one if number == 1 else many}")
    return ", ".join(parts) or "All is well."
