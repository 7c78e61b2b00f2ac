"""Refusals as HTTP answers: a status, a stable code, a sentence, and an id to quote."""

import secrets

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tutor_engine.jobs import NoSuchJob
from tutor_engine.knowledge.port import LibraryAway
from tutor_engine.session.registry import NoSeat, NoSuchSession
from tutor_engine.session.rehearsal import TooManyRehearsals
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.http import ErrorBody, ErrorDetail

log = structlog.get_logger()


class Refusal(Exception):
    """An HTTP refusal."""

    def __init__(self, status: int, code: ErrorCode, message: str | None = None) -> None:
        self.status = status
        self.code = code
        self.message = message or sentence(code)
        super().__init__(self.message)


def error_response(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The documented error body."""
    body = ErrorBody(error=ErrorDetail(code=code, message=message, id=secrets.token_hex(6)))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def install_error_handlers(app: FastAPI) -> None:
    """Turn every exception into the documented body."""

    async def on_refusal(_: Request, error: Exception) -> JSONResponse:
        refusal = error if isinstance(error, Refusal) else Refusal(500, ErrorCode.INTERNAL)
        return error_response(refusal.status, refusal.code.value, refusal.message)

    async def on_no_seat(_: Request, __: Exception) -> JSONResponse:
        code = ErrorCode.NO_SEAT
        return error_response(503, code.value, sentence(code), {"Retry-After": "15"})

    async def on_library_away(_: Request, __: Exception) -> JSONResponse:
        code = ErrorCode.INTERNAL
        return error_response(503, code.value, sentence(code), {"Retry-After": "5"})

    async def on_missing(_: Request, __: Exception) -> JSONResponse:
        return error_response(404, ErrorCode.NOT_FOUND.value, sentence(ErrorCode.NOT_FOUND))

    async def on_invalid(_: Request, error: Exception) -> JSONResponse:
        detail = ""
        if isinstance(error, RequestValidationError):
            first = error.errors()[0]
            detail = f" ({'.'.join(str(part) for part in first['loc'])}: {first['msg']})"
        code = ErrorCode.BAD_MESSAGE
        return error_response(422, code.value, sentence(code) + detail)

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        codes = {401: ErrorCode.UNAUTHORIZED, 403: ErrorCode.FORBIDDEN, 404: ErrorCode.NOT_FOUND}
        code = codes.get(status, ErrorCode.BAD_MESSAGE if status < 500 else ErrorCode.INTERNAL)
        return error_response(status, code.value, sentence(code))

    async def on_unexpected(request: Request, error: Exception) -> JSONResponse:
        code = ErrorCode.INTERNAL
        answer = error_response(500, code.value, sentence(code))
        log.error("request_failed", path=request.url.path, exc_info=error)
        return answer

    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(NoSeat, on_no_seat)
    app.add_exception_handler(TooManyRehearsals, on_no_seat)
    app.add_exception_handler(LibraryAway, on_library_away)
    app.add_exception_handler(NoSuchSession, on_missing)
    app.add_exception_handler(NoSuchJob, on_missing)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_unexpected)
