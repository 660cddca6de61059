"""No number of the scheme stands in the code of the rules; each is a field of the cycle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import credits.rules

RULES = Path(str(credits.rules.__file__)).parent
SCHEME_NUMBERS = {26, 10, 8, 1.5, 7.5, 20}
IN_TEXT = re.compile(r"(?<![0-9A-Za-z.-])(26|10|8|1\.5|7\.5|20)(?![0-9A-Za-z.])")


def constants_in(tree: ast.Module) -> list[ast.Constant]:
    """Every constant of a module but its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    docstrings = {node.value for node in bodies if isinstance(node, ast.Expr)}
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in docstrings]


def is_of_the_scheme(value: object) -> bool:
    if isinstance(value, str):
        return bool(IN_TEXT.search(value))
    return isinstance(value, int | float) and value in SCHEME_NUMBERS


@pytest.mark.parametrize(
    "name", ["evaluate.py", "counting.py", "advice.py", "closing.py", "wording.py", "serialize.py"]
)
def test_no_number_of_the_scheme_stands_in_code(name: str) -> None:
    constants = constants_in(ast.parse((RULES / name).read_text(encoding="utf-8")))
    assert [(node.lineno, node.value) for node in constants if is_of_the_scheme(node.value)] == []
