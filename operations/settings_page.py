"""The names that the settings read from the environment, told by the settings themselves.

`python -m operations.settings_page` writes `docs/operate/settings.md`; a check warns of names that nearly are one.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETTINGS = ROOT / "config" / "settings.py"
PAGE = ROOT / "docs" / "operate" / "settings.md"
KINDS = {
    "bool": "true or false",
    "int": "number",
    "str": "text",
    "list": "list, separated by commas",
    "secret": "secret text",
    "dj_db_url": "address",
    "dj_email_url": "address",
}


@dataclass(frozen=True)
class Setting:
    """A name in the environment: what it takes, what holds without it, and what it does."""

    name: str
    kind: str
    default: str
    meaning: str


# Read by other parts than the settings.
BESIDE = (
    Setting("PORT", "number", "8000", "`make run`: where the site is served, on this machine alone."),
    Setting("PYTHON", "text", "python3", "`make`: the Python that makes `.venv`."),
    Setting("WORKERS", "number", "2", "`make tests`: over how many processes the tests are spread."),
    Setting("APP_DATABASE_PASSWORD", "secret text", "", "`manage.py grant_role`: the password of the role it makes."),
)


def read(source: str) -> list[Setting]:
    """Every name that this source of settings reads, in order. The comment beside or above it says what it does."""
    comments = _comments(source)
    found: dict[str, Setting] = {}
    for call, statement in _calls(source):
        name = ast.literal_eval(call.args[0])
        kind = call.func.attr if isinstance(call.func, ast.Attribute) else "secret"
        meaning = comments.beside(call.lineno) or comments.above(call.lineno) or comments.above(statement)
        found.setdefault(name, Setting(name, KINDS[kind], _default(call), meaning))
    return list(found.values())


def render(settings: list[Setting]) -> str:
    """The page."""
    rows = [f"| `{each.name}` | {each.kind} | {_shown(each.default)} | {each.meaning} |" for each in settings]
    beside = [f"| `{each.name}` | {each.kind} | {_shown(each.default)} | {each.meaning} |" for each in BESIDE]
    head = ["| name | takes | without it | what it does |", "|---|---|---|---|"]
    return "\n".join(
        [
            "# Settings",
            "",
            "Everything is set by the environment. This page is written by `make docs` from `config/settings.py`.",
            "`manage.py check` warns of a name that is nearly one of these. `.env.example` names the secrets that the",
            "containers need; none stands in a file of the repository.",
            "",
            *head,
            *rows,
            "",
            "## Read by other parts",
            "",
            *head,
            *beside,
            "",
        ]
    )


def _calls(source: str) -> Iterator[tuple[ast.Call, int]]:
    """Calls of `env.something("NAME", ...)` and `secret("NAME")`, each with the line where its statement begins."""
    for statement in ast.parse(source).body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = node.func
                of_env = isinstance(function, ast.Attribute) and ast.unparse(function.value) == "env"
                if of_env or (isinstance(function, ast.Name) and function.id == "secret"):
                    yield node, statement.lineno


def _default(call: ast.Call) -> str:
    if len(call.args) < 2:
        return ""
    try:
        value = ast.literal_eval(call.args[1])
    except ValueError:
        return "…"  # made from another setting, which the meaning says
    return str(value).lower() if isinstance(value, bool) else "" if value == [] else str(value)


def _shown(default: str) -> str:
    return f"`{default}`" if default and default != "…" else default


@dataclass(frozen=True)
class _Comments:
    """The comments of a source by line: those that end a line of code, and those that have a line of their own."""

    ending: dict[int, str]
    alone: dict[int, str]

    def beside(self, line: int) -> str:
        return self.ending.get(line, "")

    def above(self, line: int) -> str:
        lines: list[str] = []
        while (line := line - 1) in self.alone:
            lines.insert(0, self.alone[line])
        return " ".join(lines)


def _comments(source: str) -> _Comments:
    ending: dict[int, str] = {}
    alone: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("# ---"):
            kept = ending if token.line[: token.start[1]].strip() else alone
            kept[token.start[0]] = token.string.lstrip("# ")
    return _Comments(ending, alone)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(read(SETTINGS.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
