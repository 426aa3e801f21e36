"""Reads pages as people do: what they say, what stands beside a field, where links lead, what fields hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

VOID = {"meta", "link", "input", "br", "img", "hr", "use", "path", "rect", "circle", "line", "polygon"}
SILENT = {"script", "style", "head", "svg"}


def client_of(user: User | None = None, *, language: str = "en") -> Client:
    """The browser of a person, or of somebody without an account."""
    client = Client(headers={"accept-language": language})
    if user is not None:
        client.force_login(user)
    return client


def see(client: Client, path: str, *, status: int = 200) -> Page:
    """The page at an address, which must answer with `status`."""
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return Page(response)


def send(client: Client, path: str, values: dict[str, Any] | None = None, *, status: int = 302) -> Page:
    """What comes of sending a form, which must answer with `status`."""
    response = client.post(path, values or {})
    page = Page(response)
    assert response.status_code == status, (path, response.status_code, page.wrong)
    return page


def queries(client: Client, path: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(asked)


@dataclass
class Node:
    """An element and what is in it."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This element and all in it, in order."""
        yield self
        for one in self.inside:
            if isinstance(one, Node):
                yield from one.walk()

    @property
    def text(self) -> str:
        """What a person reads of it, with single spaces."""
        return " ".join(" ".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for one in self.inside:
            if isinstance(one, str):
                yield one
            elif one.tag not in SILENT:
                yield from one._words()

    def has(self, name: str) -> bool:
        """Whether it is of this class."""
        return name in self.attrs.get("class", "").split()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1:
            if self.open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


class Page:
    """An answer of the service as its reader has it."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.leads_to = response.headers.get("Location", "")
        self.source = "" if response.streaming else response.content.decode()
        builder = _Builder()
        builder.feed(self.source)
        self.root = builder.root

    def all(self, tag: str) -> list[Node]:
        """Every element of a kind."""
        return [node for node in self.root.walk() if node.tag == tag]

    @property
    def text(self) -> str:
        """All that it says."""
        return self.root.text

    @property
    def main(self) -> str:
        """What it says between head and foot."""
        return " ".join(node.text for node in self.all("main"))

    @property
    def title(self) -> str:
        """Of the window."""
        return " ".join(" ".join(node._words()) for node in self.all("title")).strip()

    @property
    def wrong(self) -> dict[str, str]:
        """What stands beside each field that is to be corrected, by the field's name."""
        found = {}
        for block in self.root.walk():
            if block.has("field") and block.has("bad"):
                name = next((node.attrs["name"] for node in block.walk() if node.attrs.get("name")), "")
                found[name] = " ".join(node.text for node in block.walk() if node.has("wrong"))
        return found

    @property
    def above(self) -> list[str]:
        """The summary of what is wrong, above the form."""
        blocks = [block for block in self.root.walk() if block.has("errors")]
        return [line.text for block in blocks for line in block.walk() if line.tag == "li"]

    @property
    def holds(self) -> dict[str, str]:
        """What the fields hold, by their names; of boxes and buttons the chosen ones, with commas between."""
        found: dict[str, str] = {}
        for node in self.root.walk():
            name = node.attrs.get("name", "")
            if node.tag == "textarea":
                found[name] = "".join(one for one in node.inside if isinstance(one, str)).removeprefix("\n")
            elif node.tag == "select":
                found[name] = ",".join(
                    one.attrs.get("value", "") for one in node.walk() if one.tag == "option" and "selected" in one.attrs
                )
            elif node.tag == "input" and node.attrs.get("type") in ("radio", "checkbox"):
                if "checked" in node.attrs:
                    found[name] = ",".join(filter(None, [found.get(name, ""), node.attrs.get("value", "on")]))
            elif node.tag == "input" and name and name != "csrfmiddlewaretoken":
                found[name] = node.attrs.get("value", "")
        return found

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [node.attrs["href"] for node in self.all("a") if "href" in node.attrs]

    @property
    def forms(self) -> list[str]:
        """Where its forms go, of those that change something."""
        return [node.attrs.get("action", "") for node in self.all("form") if node.attrs.get("method") == "post"]

    @property
    def toasts(self) -> list[str]:
        """What was done, as the page tells it."""
        return [node.text for node in self.root.walk() if node.has("toast")]
