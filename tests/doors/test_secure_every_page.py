"""What holds for every secure page: headers, weight, no third party, and the frame that everybody can use."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from scripts import build_styles
from tests.doors.secure import Phone, send_link
from tests.doors.support import Doors

TEMPLATES = sorted((ROOT / "connectors/secure/templates").glob("*.html"))
STYLES = (ROOT / "connectors/static/nhsuk.css", ROOT / "connectors/secure/static/secure.css")
QUICK_EXIT = "/secure/leave"
LIMIT = 60_000  # bytes of a page with its styles, as they are sent
PATHS = (
    "results", "record", "record/medicines", "activity", "settings", "settings/passcode", "settings/app",
    "settings/turn-off", "settings/not-me", "appointments", "repeats", "repeats/cancelled", "pharmacy",
    "pharmacy/find", "pharmacy/changed", "help", "ended", "results/nothing", "nowhere/at/all",
)  # fmt: skip


def _every_page(doors: Doors) -> Iterator[tuple[str, str, Phone]]:
    """(name, text, phone): from a link to having logged out."""
    phone, path = Phone(doors), send_link(doors)
    yield "link", phone.opens(path), phone
    phone.spends(path)
    yield "prove", phone.opens("/secure/prove"), phone
    yield "register", phone.opens("/secure/register"), phone
    phone.proves("not this one")
    yield "wrong", phone.page.text, phone
    phone.proves()
    for each in PATHS:
        yield each, phone.opens(f"/secure/{each}"), phone
    for result in re.findall(r'href="(/secure/results/[^"]+)"', phone.opens("/secure/results")):
        yield "result", phone.opens(result), phone
    yield from _order(phone)
    phone.opens("/secure/settings/app")
    phone.sends("/secure/settings/app/start")
    yield "app", phone.opens("/secure/settings/app"), phone
    phone.sends("/secure/log-out")
    yield "logged out", phone.page.text, phone
    yield "over", phone.opens("/secure/results"), phone


def _order(phone: Phone) -> Iterator[tuple[str, str, Phone]]:
    """Every page from the first tick to cancelling it, with the ways it may not go."""
    repeats = "/secure/repeats"
    fields = dict.fromkeys(re.findall(r'name="(want-\w+)"', phone.opens(repeats)), "yes")
    phone.sends(repeats)
    yield "nothing ticked", phone.page.text, phone
    phone.sends(repeats, **fields)
    for step, wrong, right in (
        ("early", {"words": ""}, {"words": "I am going on holiday"}),
        ("note", {"words": "n" * 300}, {"words": "this gives me chest pain"}),
        ("heard", None, None),
        ("note", None, {"words": "twice the dose this time"}),
        ("heard", None, None),
        ("note", None, {"words": ""}),
        ("where", {}, {"where": "other"}),
        ("find", {"search": ""}, {"search": "nowhere at all"}),
        ("find", None, {"search": "pharmacy"}),
        ("find", None, None),
        ("where", None, {"where": "usual"}),
        ("check", None, {"key": ""}),
    ):
        yield step, phone.opens(f"{repeats}/{step}"), phone
        if wrong is not None:
            phone.sends(f"{repeats}/{step}", **wrong)
            yield f"{step} wrong", phone.page.text, phone
        if right is not None:
            phone.sends(f"{repeats}/{step}", **right)
    phone.opens(f"{repeats}/check")
    phone.sends(f"{repeats}/check", key=phone.hidden("key"))
    yield "ordered", phone.opens(f"{repeats}/ordered"), phone
    yield "orders", phone.opens(repeats), phone
    (cancel, *_) = re.findall(r'href="(/secure/repeats/cancel/\w+)"', phone.page.text)
    yield "cancel", phone.opens(cancel), phone
    phone.opens("/secure/pharmacy/find")
    phone.sends("/secure/pharmacy/find/choose", pharmacy="FZZ03")
    yield "confirm", phone.opens("/secure/pharmacy/confirm"), phone


def test_every_page_keeps_to_itself(doors: Doors) -> None:
    for name, text, phone in _every_page(doors):
        headers = phone.page.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }, name
        assert headers["Cache-Control"] == "no-store", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|<iframe|<img", text), name


def test_no_page_asks_a_third_party_for_anything(doors: Doors) -> None:
    for name, text, _ in _every_page(doors):
        addresses = re.findall(r'(?:src|href|action|content)="((?:https?:)?//[^"]+)"', text)
        assert addresses == [], name
    for styles in STYLES:
        assert not re.search(r"https?:|//|url\(|@import|@font-face", styles.read_text()), styles.name


def test_every_page_can_be_used_without_sight_or_mouse(doors: Doors) -> None:
    for name, text, phone in _every_page(doors):
        assert '<html lang="en">' in text, name
        assert phone.heading, name
        assert re.search(r"<title>\s*\S.* – Riverside Surgery</title>", text), name
        assert '<a class="nhsuk-skip-link" href="#main">' in text, name
        assert text.count("<main") == text.count("<header") == text.count("<footer") == 1, name
        assert 'content="width=device-width, initial-scale=1"' in text, name
        for field in re.findall(r'<(?:input|textarea)(?![^>]*type="hidden")[^>]*\sid="([\w-]+)"', text):
            assert re.search(rf'<label class="nhsuk-label[^"]*" for="{field}">', text), (name, field)
        for led_to in re.findall(r'<a href="#([\w-]+)"', text):
            assert f' id="{led_to}"' in text, (name, led_to)
        for described in re.findall(r'aria-describedby="([^"]+)"', text):
            assert all(f' id="{each}"' in text for each in described.split()), (name, described)
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), (name, ids)


def test_every_page_has_the_way_to_a_person_and_the_quick_way_out(doors: Doors) -> None:
    for name, text, _ in _every_page(doors):
        assert '<a href="tel:+442079460123">020 7946 0123</a>' in text, name
        assert (
            f'<form action="{QUICK_EXIT}" method="post"><button class="leave">Leave this page</button></form>' in text
        ), name


def test_every_page_is_light(doors: Doors) -> None:
    styles = sum(len(gzip.compress(each.read_bytes())) for each in STYLES)
    sizes = {name: len(gzip.compress(text.encode())) + styles for name, text, _ in _every_page(doors)}
    assert max(sizes.values()) < LIMIT / 4, sizes


def test_no_address_has_anything_personal_in_it(doors: Doors) -> None:
    for name, text, phone in _every_page(doors):
        addresses = [*re.findall(r'(?:href|action)="([^"]+)"', text), str(phone.page.url)]
        for address in addresses:
            if not address.startswith("tel:"):
                assert not re.search(r"Amira|Khan|patient-\d|0770|1991|token=|passcode=", address), (name, address)


def test_the_styles_hold_every_class_that_a_page_names() -> None:
    styles = STYLES[0].read_text()
    named = build_styles.used_classes()
    rules = set(re.findall(r"nhsuk-[\w-]+", styles))
    without_rules = {"nhsuk-error-summary__list", "nhsuk-table__body", "nhsuk-hint"}
    assert {name for name in named if name not in rules} <= without_rules, "run scripts/build_styles.py"


def test_the_licence_of_the_styles_is_kept_beside_them(doors: Doors) -> None:
    assert (ROOT / "connectors/static/nhsuk.LICENSE").read_text().startswith("MIT License")
    assert doors.client.get("/static/nhsuk.css").headers["Content-Type"].startswith("text/css")
    assert doors.client.get("/static/nhsuk.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_sentence_to_patients_is_short(template: Path) -> None:
    text = re.sub(r"{%.*?%}|{#.*?#}", " ", template.read_text(), flags=re.DOTALL)
    text = re.sub(r"{{.*?}}", "word", text, flags=re.DOTALL)
    for part in re.findall(r">([^<>]+)<", re.sub(r"</?(?:a|strong|span)[^>]*>", "", text)):
        for sentence in re.split(r"(?<=[.?:!]) ", " ".join(part.split())):
            assert len(sentence.split()) <= 27, sentence


def test_rules_that_cannot_apply_are_cut_and_others_stay() -> None:
    styles = (
        '@charset "UTF-8";@font-face{src:url(x)}p,.nhsuk-a:not(.nhsuk-b),.nhsuk-b{margin:0}'
        "@media print{.nhsuk-b{x:y}.nhsuk-a{color:#000}}.nhsuk-a:after{background:url(z)}.no-js .nhsuk-a{x:y}"
    )
    assert "".join(build_styles.cut(styles, {"nhsuk-a"})) == (
        "p,.nhsuk-a:not(.nhsuk-b){margin:0}@media print{.nhsuk-a{color:#000}}"
    )
