"""Reading the pickles of other programs' avatars as data: numbers, text, lists and tuples, and nothing else.

Opcodes are interpreted here one by one; no class is looked up, no function of the file's choice is called.
What a file asks for beyond the few names its reader allows is refused with that name.
"""

import itertools
import pickletools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

_MAX_STEPS = 2_000_000
"""A minute of boxes written as numpy integers takes 400,000."""
_PUSHED = frozenset({
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
})  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_SILENT = frozenset({"PROTO", "FRAME"})
_NUMBERS = frozenset({"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})


class PickleRefused(Exception):
    """The file holds something else than plain data; the message says what."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name the file mentions; it is never looked up."""

    path: str


@dataclass(slots=True)
class _NumberType:
    code: str
    order: str = "<"

    def build(self, state: Any) -> None:
        order = state[1]
        self.order = order if order in ("<", ">") else "<"

    @property
    def numpy(self) -> npt.DTypeLike:
        return np.dtype(self.order + self.code)


@dataclass(slots=True)
class _Numbers:
    """An array that `BUILD` fills; a list of its rows afterwards."""

    rows: list[Any] = field(default_factory=list[Any])

    def build(self, state: Any) -> None:
        _, shape, kind, by_column, data = state
        values = np.frombuffer(data, kind.numpy).reshape(shape, order="F" if by_column else "C")
        self.rows = values.tolist()


Allowed = Mapping[str, Callable[..., Any]]


def _number_type(code: str, *_: object) -> _NumberType:
    if code not in _NUMBERS:
        raise ValueError(code)
    return _NumberType(code)


def _number(kind: _NumberType, data: bytes) -> int | float:
    return np.frombuffer(data, kind.numpy, 1)[0].item()


def _text_as_bytes(text: str, coding: str) -> bytes:
    if coding != "latin1":
        raise ValueError(coding)
    return text.encode(coding)


NUMPY: Allowed = {
    "numpy.dtype": _number_type,
    "numpy.core.multiarray.scalar": _number,
    "numpy._core.multiarray.scalar": _number,
    "numpy.core.multiarray._reconstruct": lambda *_: _Numbers(),
    "numpy._core.multiarray._reconstruct": lambda *_: _Numbers(),
    "_codecs.encode": _text_as_bytes,
}
"""How numpy writes numbers and arrays of numbers, in versions 1 and 2."""


def read_pickle(data: bytes, allowed: Allowed, persistent: Callable[[Any], Any] | None = None) -> Any:
    """The value in a pickle. `allowed` makes values of names, `persistent` of references to other files.

    Raises:
        PickleRefused: damaged, endless, or not plain data.
    """
    machine = _Machine(allowed, persistent)
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if step > _MAX_STEPS:
                raise PickleRefused("more than any avatar needs")
            machine.take(opcode.name, argument)
        (value,) = machine.stack
    except PickleRefused:
        raise
    # Whatever a damaged or crafted file makes of a stack machine is one refusal.
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise PickleRefused(f"damaged ({type(error).__name__})") from error
    return _plain(value, set(), itertools.count())


class _Machine:
    """The part of the pickle machine that makes data."""

    def __init__(self, allowed: Allowed, persistent: Callable[[Any], Any] | None) -> None:
        self.stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._allowed = allowed
        self._persistent = persistent

    def take(self, name: str, argument: Any) -> None:
        """Do one opcode."""
        if name in _PUSHED:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _SILENT or name == "STOP":
            return
        else:
            step = getattr(self, f"_{name.lower()}", None)
            if step is None:
                raise PickleRefused(f"it uses {name}, which plain data never needs")
            step(argument)

    def _since_mark(self) -> list[Any]:
        mark = self._marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items

    def _mark(self, _: Any) -> None:
        self._marks.append(len(self.stack))

    def _empty_list(self, _: Any) -> None:
        self.stack.append([])

    def _empty_tuple(self, _: Any) -> None:
        self.stack.append(())

    def _append(self, _: Any) -> None:
        item = self.stack.pop()
        self._target().append(item)

    def _appends(self, _: Any) -> None:
        items = self._since_mark()
        self._target().extend(items)

    def _target(self) -> list[Any]:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise TypeError
        return target

    def _list(self, _: Any) -> None:
        self.stack.append(self._since_mark())

    def _tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _tuple1(self, _: Any) -> None:
        self._tuple_of(1)

    def _tuple2(self, _: Any) -> None:
        self._tuple_of(2)

    def _tuple3(self, _: Any) -> None:
        self._tuple_of(3)

    def _tuple_of(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError
        items = tuple(self.stack[-count:])
        del self.stack[-count:]
        self.stack.append(items)

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1]

    def _put(self, place: int) -> None:
        self._memo[place] = self.stack[-1]

    _binput = _long_binput = _put

    def _get(self, place: int) -> None:
        self.stack.append(self._memo[place])

    _binget = _long_binget = _get

    def _global(self, argument: str) -> None:
        self.stack.append(Name(argument.replace(" ", ".", 1)))

    def _stack_global(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(Name(f"{module}.{name}"))

    def _reduce(self, _: Any) -> None:
        arguments, name = self.stack.pop(), self.stack.pop()
        make = self._allowed.get(name.path) if isinstance(name, Name) else None
        if make is None:
            asked = name.path if isinstance(name, Name) else type(name).__name__
            raise PickleRefused(f"it wants to run {asked[:80]}")
        self.stack.append(make(*arguments))

    def _build(self, _: Any) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if not isinstance(target, (_NumberType, _Numbers)):
            raise PickleRefused("it sets the state of something that is no number")
        target.build(state)

    def _binpersid(self, _: Any) -> None:
        if self._persistent is None:
            raise PickleRefused("it refers to something outside of the file")
        self.stack.append(self._persistent(self.stack.pop()))


def _plain(value: Any, above: set[int], seen: Iterator[int]) -> Any:
    """The value with arrays as lists. A list within itself is refused, and one list named again and again."""
    if next(seen) > _MAX_STEPS:
        raise PickleRefused("more than any avatar needs")
    if isinstance(value, Name):
        raise PickleRefused(f"it mentions {value.path[:80]}")
    if isinstance(value, _Numbers):
        return value.rows
    if not isinstance(value, (list, tuple)):
        return value
    if id(value) in above or len(above) > 4:
        raise PickleRefused("lists within lists within lists")
    inside = above | {id(value)}
    made = [_plain(item, inside, seen) for item in value]
    return tuple(made) if isinstance(value, tuple) else made


# Writing ------------------------------------------------------------------------------------------------


def write_boxes(boxes: Iterable[Iterable[int]]) -> bytes:
    """A list of tuples of integers, as protocol 2."""
    rows = b"".join(b"(" + b"".join(_integer(value) for value in box) + b"t" for box in boxes)
    return b"\x80\x02](" + rows + b"e."


def _integer(value: int) -> bytes:
    return b"J" + int(value).to_bytes(4, "little", signed=True)
