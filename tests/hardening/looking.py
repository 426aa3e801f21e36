"""A real Chromium that asks our own service, and says what in a page is more than text.

The browser has a thread of its own, whose event loop is none of ours: the database belongs to the thread of the tests,
which answers what the browser asks while it waits for it.
"""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from copy import deepcopy
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from playwright.async_api import Browser, ConsoleMessage, Error, Page, Route, async_playwright

# No sandbox: CI runs as root. The rest keeps the browser from calling its makers' hosts.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
ALLOWED = {"http:", "https:", "mailto:", "webcal:"}
LONGEST_WAIT = 30  # seconds for one page
# What happens on load and by autofocus has had its turn after that.
SETTLE = "() => new Promise(done => setTimeout(() => setTimeout(done, 0), 0))"
# What a page holds that only markup of ours may make.
LOOK = """() => {
  const address = one => {
    const given = ['href', 'action', 'src'].map(name => one.getAttribute(name)).find(value => value !== null);
    return given === undefined ? location.href : new URL(given, document.baseURI).href;
  };
  const all = [...document.querySelectorAll('*')];
  const linked = document.querySelectorAll('a[href], area[href], link[href], form[action], iframe[src], base');
  return {
    pwned: window.pwned ?? null,
    marked: document.querySelectorAll('[data-pwned]').length,
    handlers: all.filter(one => [...one.attributes].some(each => each.name.startsWith('on'))).length,
    scripts: [...document.scripts].filter(one => !one.src && !/json/.test(one.type)).length,
    links: [...linked].map(address),
    data: [...document.querySelectorAll('script[type="application/ld+json"]')].map(one => one.textContent),
    text: document.documentElement.textContent,
  };
}"""
FORMS = """() => [...document.forms].map((form, number) => [number, form.method, form.getAttribute('action') || ''])"""
SUBMIT = """([number, text]) => {
  const form = document.forms[number];
  for (const one of form.elements) {
    if (one.name === 'csrfmiddlewaretoken' || one.type === 'hidden') continue;
    if (one.tagName === 'TEXTAREA') one.value = text;
    if (one.tagName === 'INPUT' && !['checkbox', 'radio', 'file', 'button', 'submit'].includes(one.type)) {
      one.type = 'text';
      one.value = text;
    }
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
Result = TypeVar("Result")


class Chromium:
    """The browser's thread. `run` waits for it, and does meanwhile what `here` was asked to do."""

    def __init__(self, path: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._asked: queue.Queue[Callable[[], None]] = queue.Queue()
        self._thread = Thread(target=self._loop.run_forever, name="chromium", daemon=True)
        self._thread.start()
        self.run(self._open(path))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work gives that is done in the browser's thread."""
        done = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, LONGEST_WAIT), self._loop)
        done.add_done_callback(lambda _: self._asked.put(lambda: None))
        while not done.done():
            self._asked.get()()
        return done.result()

    async def here(self, ask: Callable[[], Result]) -> Result:
        """From the browser's thread: what this gives in the thread of the tests."""
        answer: Future[Result] = Future()

        def do() -> None:
            try:
                answer.set_result(ask())
            except BaseException as error:  # goes on where it was asked for
                answer.set_exception(error)

        self._asked.put(do)
        return await asyncio.wrap_future(answer)

    def window(self) -> Page:
        """A new one, without cookies, for a reader of English."""

        async def opened() -> Page:
            return await (await self._browser.new_context(locale="en-GB")).new_page()

        return self.run(opened())

    def close(self) -> None:
        """End the browser and its thread."""
        self.run(self._browser.close())
        self.run(self._playwright.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self, path: str) -> None:
        self._playwright = await async_playwright().start()
        self._browser: Browser = await self._playwright.chromium.launch(executable_path=path, args=list(FLAGS))


class Visitor:
    """A window whose every request is answered by Django, with the headers that it would have.

    What a request changes is rolled back unless `keeps`, so each page is seen in the same world. `faults`: what is more
    than text. `shown`: what each page said.
    """

    def __init__(self, chromium: Chromium, *, keeps: bool = False) -> None:
        self.client = Client(raise_request_exception=False)
        self.faults: list[str] = []
        self.shown: dict[str, str] = {}
        self._keeps = keeps
        self._chromium = chromium
        self._static: dict[str, HttpResponseBase] = {}
        self._said: list[str] = []
        self._led_to = ""
        self._sent = False
        self._page = chromium.window()
        chromium.run(self._prepare())

    def close(self) -> None:
        """Close the window."""
        self._chromium.run(self._page.context.close())

    def visit(self, address: str, *, name: str = "") -> int:
        """Open an address and look at what it shows; its status, or 0 for a file to keep."""
        return self._chromium.run(self._visit(address, name or address))

    def linger(self, address: str, *, seconds: int) -> None:
        """Open an address and wait so long without a click; the page's own clock is what passes."""
        self._chromium.run(self._linger(address, seconds))

    def show(self, html: str, *, name: str = "shown") -> None:
        """Look at a page that is no page of ours."""
        self._chromium.run(self._show(html, name))

    def submit_forms(self, *, name: str, text: str, seen: set[str]) -> None:
        """Send each form of the page that was not seen before, with this text in every field that takes one."""
        self._chromium.run(self._submit_forms(name, text, seen))

    async def _prepare(self) -> None:
        await self._page.route("**/*", self._answer)
        self._page.on("console", self._note)
        self._page.on("pageerror", lambda error: self._said.append(f"error: {error}"))
        self._page.set_default_timeout(10_000)

    async def _visit(self, address: str, name: str) -> int:
        self._sent = False
        try:
            response = await self._page.goto(settings.SITE_URL + address)
            if self._led_to:  # the browser knows nothing of it, and forms without an address go where it believes to be
                response = await self._page.goto(settings.SITE_URL + self._led_to)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return 0
        await self._look(name)
        return response.status if response else 0

    async def _linger(self, address: str, seconds: int) -> None:
        await self._page.clock.install()
        await self._visit(address, address)
        await self._page.clock.run_for(seconds * 1_000)
        await self._look(address)

    async def _show(self, html: str, name: str) -> None:
        await self._page.goto("about:blank")
        await self._page.set_content(html)
        await self._look(name)

    async def _submit_forms(self, name: str, text: str, seen: set[str]) -> None:
        address = self._page.url
        for number, method, action in await self._page.evaluate(FORMS):
            key = f"{method} {urlsplit(action).path or name}"
            if key not in seen:
                seen.add(key)
                if self._page.url != address or self._sent:
                    await self._page.goto(address)
                await self._submit(number, text)
                self._sent = True
                await self._look(f"{name}, form {action}")

    async def _submit(self, number: int, text: str) -> None:
        try:
            async with self._page.expect_navigation():
                await self._page.evaluate(SUBMIT, [number, text])
        except Error as error:
            # So the browser says of a refusal without a word.
            self._said.append(f"is answered with nothing: {str(error).splitlines()[0]}")

    async def _look(self, name: str) -> None:
        for frame in self._page.frames:
            try:
                if frame == self._page.main_frame:  # others may be without scripts, and would wait for ever
                    await frame.evaluate(SETTLE)
                found = await frame.evaluate(LOOK)
            except Error as error:
                self._said.append(f"can't be looked at: {str(error).splitlines()[0]} {self._page.url}")
                continue
            self.shown[name] = self.shown.get(name, "") + found.pop("text")
            self._said += faults_of(found)
        self.faults += [f"{name}: {said}" for said in self._said]
        self._said.clear()

    def _note(self, message: ConsoleMessage) -> None:
        # That a page says 404 or 422 is reported too, and that a field for numbers holds none; neither is of interest.
        passed_over = message.text.startswith(("Failed to load resource", "The specified value"))
        if message.type in ("error", "warning") and not passed_over:
            self._said.append(f"console: {message.text[:200]}")

    async def _answer(self, route: Route) -> None:
        request = route.request
        if not request.url.startswith(f"{settings.SITE_URL}/"):
            self._said.append(f"asks for {request.url[:120]}")
            await route.abort()
            return
        if request.resource_type in ("stylesheet", "font", "image"):
            await route.fulfill(status=204)  # how it looks is no matter here, and takes half of the time
            return
        address = request.url.removeprefix(settings.SITE_URL)
        body, headers = request.post_data_buffer or b"", request.headers
        if address not in self._static:
            answer = await self._chromium.here(lambda: self._ask(request.method, address, body, headers))
            if address.startswith(settings.STATIC_URL):
                self._static[address] = answer
        else:
            answer = self._static[address]
        await route.fulfill(status=answer.status_code, headers=dict(answer.items()), body=body_of(answer))

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> HttpResponseBase:
        cache.clear()  # what is limited starts at nought
        cookies = deepcopy(self.client.cookies)
        kind = headers.get("content-type", "application/octet-stream")
        given = {"Accept": headers.get("accept", "*/*"), "Accept-Language": "en"}
        with transaction.atomic():
            answer = self.client.generic(method, address, body, kind, headers=given)
            # Followed here: the browser would ask for the next page past our route, and after the roll-back.
            self._led_to = ""
            while answer.status_code in (301, 302, 303) and self._is_ours(answer["Location"], address):
                address = urljoin(address, answer["Location"]).removeprefix(settings.SITE_URL)
                answer = self.client.get(address, headers=given)
                self._led_to = address
            body_of(answer)  # while what it reads is there
            transaction.set_rollback(not self._keeps)
        if not self._keeps:
            self.client.cookies = cookies
        if answer.status_code >= 500:
            self._said.append(f"{method} {address[:80]} answered {answer.status_code}")
        return answer

    def _is_ours(self, location: str, address: str) -> bool:
        parts = urlsplit(urljoin(f"{settings.SITE_URL}{address}", location))
        if f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL:
            return True
        self._said.append(f"{address[:80]} leads on to {location[:80]}")
        return False


def faults_of(found: Mapping[str, Any]) -> list[str]:
    """What is wrong with a page of which this was found."""
    faults = [f"{count} of {what}" for what in ("marked", "handlers", "scripts") if (count := found[what])]
    if found["pwned"] is not None:
        faults.append(f"window.pwned is {found['pwned']}")
    schemes = {f"{urlsplit(link).scheme}:" for link in found["links"] if link}
    faults += [f"a link with {scheme}" for scheme in sorted(schemes - ALLOWED)]
    for data in found["data"]:
        try:
            json.loads(data)
        except ValueError:
            faults.append("a data block that is no JSON")
    return faults


def body_of(answer: HttpResponseBase) -> bytes:
    """What the answer holds, also where it was streamed."""
    if not answer.streaming:
        return bytes(answer.content)  # type: ignore[attr-defined]
    if not hasattr(answer, "held"):
        answer.held = b"".join(answer)  # type: ignore[attr-defined, call-overload]
    return bytes(answer.held)  # type: ignore[attr-defined]
