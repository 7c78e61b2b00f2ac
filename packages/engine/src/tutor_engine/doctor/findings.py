"""Findings and what becomes of many: the report. Pure."""

from collections.abc import Iterable
from typing import Literal

from tutor_protocol.http import DoctorReport, Finding

Status = Literal["ok", "note", "warning", "error"]
_WORST_FIRST: tuple[Status, ...] = ("error", "warning", "note")


def ok(check: str, seen: str) -> Finding:
    """All is well."""
    return Finding(check=check, status="ok", seen=seen)


def note(check: str, seen: str, why: str = "", mend: str = "") -> Finding:
    """Worth knowing; lessons work."""
    return Finding(check=check, status="note", seen=seen, why=why, mend=mend)


def warning(check: str, seen: str, why: str, mend: str) -> Finding:
    """Some lessons, or some part of each, will not work."""
    return Finding(check=check, status="warning", seen=seen, why=why, mend=mend)


def error(check: str, seen: str, why: str, mend: str) -> Finding:
    """Lessons will not work, or somebody else is in danger."""
    return Finding(check=check, status="error", seen=seen, why=why, mend=mend)


def report(findings: Iterable[Finding]) -> DoctorReport:
    """All findings, in the order of looking, under the worst status among them."""
    every = list(findings)
    found = {finding.status for finding in every}
    for status in _WORST_FIRST:
        if status in found:
            return DoctorReport(status=status, findings=every)
    return DoctorReport(status="ok", findings=every)
