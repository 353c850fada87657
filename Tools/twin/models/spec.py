"""A model's name and knobs in one line of text."""

from dataclasses import fields, is_dataclass
from typing import Any


class ModelError(ValueError):
    """A spec that names no model, or gives a knob that the model does not have."""


def split(text: str) -> tuple[str, dict[str, str]]:
    """`name:knob=value,…` taken apart."""
    name, _, rest = text.partition(":")
    given: dict[str, str] = {}
    for pair in filter(None, rest.split(",")):
        knob, equals, value = pair.partition("=")
        if not equals or not value:
            raise ModelError(f"'{pair}' in '{text}': expected knob=value")
        if knob in given:
            raise ModelError(f"'{knob}' twice in '{text}'")
        given[knob] = value
    return name, given


def knobs_from(name: str, given: dict[str, str], defaults: Any) -> Any:
    """`defaults` with the values given, each read as the type of its default."""
    if not is_dataclass(defaults):
        raise TypeError(f"{name}: knobs must be a dataclass")
    known = {field.name.replace("_", "-"): field.name for field in fields(defaults)}
    values = {field.name: getattr(defaults, field.name) for field in fields(defaults)}
    for knob, text in given.items():
        if knob not in known or knob == "name":
            raise ModelError(f"{name} has no knob '{knob}'; it has {', '.join(known)}")
        values[known[knob]] = read(f"{name}: {knob}", text, values[known[knob]])
    return type(defaults)(**values)


def read(where: str, text: str, default: object) -> object:
    """A value of the default's type: word, flag, whole number, number, or rows x columns."""
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text]
        if isinstance(default, int):
            return int(text)
        if isinstance(default, float):
            return float(text)
        if isinstance(default, tuple):
            sides = [int(side) for side in text.split("x")]
            return (sides[0], sides[-1]) if len(sides) <= 2 else fail(where, text)
    except (KeyError, ValueError):
        fail(where, text)
    return text


def fail(where: str, text: str) -> None:
    """A value that is not of its knob's type."""
    raise ModelError(f"{where}: '{text}' is not a value of this knob")
