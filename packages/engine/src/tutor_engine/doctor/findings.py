"""Findings and what becomes of many: the report. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tutor_engine.doctor.words import Language, Value, Words, render
from tutor_protocol.http import DoctorReport
from tutor_protocol.http import Finding as ToldFinding

Status = Literal["ok", "note", "warning", "error"]
_WORST_FIRST: tuple[Status, ...] = ("error", "warning", "note", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what is the case, in no language yet."""

    check: str
    status: Status
    words: Words
    values: Mapping[str, Value]

    def told(self, language: Language = "en") -> ToldFinding:
        """The finding as somebody reads it."""
        seen, why, mend = (
            render(pair, self.values, language) for pair in (self.words.seen, self.words.why, self.words.mend)
        )
        return ToldFinding(check=self.check, status=self.status, seen=seen, why=why, mend=mend)


def ok(check: str, words: Words, **values: Value) -> Finding:
    """All is well."""
    return Finding(check, "ok", words, values)


def note(check: str, words: Words, **values: Value) -> Finding:
    """Worth knowing; lessons work."""
    return Finding(check, "note", words, values)


def warning(check: str, words: Words, **values: Value) -> Finding:
    """Some lessons, or some part of each, will not work."""
    return Finding(check, "warning", words, values)


def error(check: str, words: Words, **values: Value) -> Finding:
    """Lessons will not work, or somebody else is in danger."""
    return Finding(check, "error", words, values)


def report(findings: Iterable[Finding], language: Language = "en") -> DoctorReport:
    """All findings, in the order of looking, under the worst status among them."""
    told = [finding.told(language) for finding in findings]
    found: set[Status] = {"ok", *(finding.status for finding in told)}
    return DoctorReport(status=next(status for status in _WORST_FIRST if status in found), findings=told)
