"""Checks of the HTML report in Chromium: report_page.py CHECK CHROMIUM FOLDER.

The folder holds the pages, NAME-LANGUAGE.html. Each check ends with an error where something is wrong.
"""

import re
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import expect, sync_playwright

CHECK, CHROMIUM, FOLDER = sys.argv[1], shutil.which(sys.argv[2]), Path(sys.argv[3])
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
PAGES = sorted(path for path in FOLDER.glob("*.html") if not path.name.startswith("large"))
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}

# What is wrong with a page, seen from inside: refused by its policy, or run although it is text.
WATCH = """
  window.__wrong = [];
  window.boom = () => window.__wrong.push("hostile text was run");
  addEventListener("securitypolicyviolation",
    (event) => window.__wrong.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@contextmanager
def browser():
    with sync_playwright() as playwright:
        # As root there is no sandbox to be had.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def opened(running, path, viewport=None, **options):
    """The page, loaded; at the end, nothing may have gone wrong in it."""
    context = running.new_context(viewport=viewport or DESK, **options)
    page = context.new_page()
    wrong, requests = [], []
    page.on("console", lambda message: wrong.append(f"console: {message.type} {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: wrong.append("a dialog was opened"))
    page.on("request", lambda request: requests.append(request.url))
    page.add_init_script(WATCH)
    page.goto(path.as_uri(), timeout=120_000)
    yield page
    if options.get("java_script_enabled", True):
        wrong += page.evaluate("window.__wrong")
    assert requests == [path.as_uri()], requests
    assert wrong == [], f"{path.name}: {wrong}"
    context.close()


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


# All that is there once, and of the rows, which are made alike, a few: some with attributes that differ.
OPEN_SOME = """[
  ...document.querySelectorAll("details.block"),
  ...[...document.querySelectorAll("#table details")].slice(0, 3),
  ...[...document.querySelectorAll("#table details:has(.changes)")].slice(0, 2),
].forEach((one) => { one.open = true; })"""


def name(path):
    return path.name.split("-")[0]


def nothing_is_said_and_nothing_is_fetched(running):
    for path in PAGES:
        with opened(running, path) as page:
            open_all(page)
            assert page.title(), path
            assert page.evaluate("document.getElementById('data').textContent") == ""


def hostile_text_does_nothing(running):
    for path in (path for path in PAGES if name(path) == "hostile"):
        with opened(running, path) as page:
            open_all(page)
            # The rows that the script makes are as harmless as those that were there.
            for value in ["", "resolved", "suppressed", "open"]:
                page.select_option("#f-status", value)
                open_all(page)
            assert page.locator("script").count() == 2
            assert page.locator("img, iframe, object, embed, base, [onerror], [onmouseover]").count() == 0
            text = page.locator("#table").inner_text()
            assert "<script>boom()</script>" in text and "\\u{202e}" in text
            # A filter takes it as text, too.
            page.fill("#f-text", "<img")
            expect(page.locator("#count")).to_contain_text(re.compile(r"\d"))
            page.hover("#table tbody tr")
            links = page.evaluate("[...document.links].map((link) => link.getAttribute('href'))")
            assert all(link.startswith("#") for link in links), links


def axe_finds_nothing(running):
    runs = 0
    for path in PAGES:
        for scheme in ["light", "dark"]:
            # The page that has everything is looked at in every way.
            for viewport in [DESK, PHONE] if name(path) == "daily" else [DESK]:
                if name(path) == "hostile" and scheme == "dark":
                    continue
                with opened(running, path, viewport, color_scheme=scheme) as page:
                    page.evaluate(OPEN_SOME)
                    page.evaluate(AXE)
                    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
                    assert len(found["passes"]) > 20, found["passes"]
                    wrong = [
                        f"{one['id']} {one['help']}: {node['html'][:300]} {node.get('failureSummary')}"
                        for one in found["violations"]
                        for node in one["nodes"][:3]
                    ]
                    assert wrong == [], "\n".join([path.name, scheme, str(viewport), *wrong])
                    runs += 1
    print(f"axe {axe_version()}: {runs} times without a violation")


def axe_version():
    return re.search(r"axe v([\d.]+)", AXE).group(1)


def everything_is_done_with_the_keyboard(running):
    path = FOLDER / "daily-en.html"
    with opened(running, path) as page:
        keys = page.keyboard
        count = page.locator("#count")
        focused = lambda: page.evaluate("document.activeElement.id || document.activeElement.textContent")

        def tab_to(wanted):
            for _ in range(200):
                keys.press("Tab")
                if focused() == wanted:
                    # What has the focus shows it.
                    outline = "getComputedStyle(document.activeElement).outlineStyle"
                    assert page.evaluate(outline) != "none", wanted
                    return
            raise AssertionError(f"the key Tab never comes to {wanted}")

        keys.press("Tab")
        assert focused() == "Skip to the verdict", focused()
        keys.press("Enter")
        assert focused() == "main", focused()
        all_of = count.text_content()
        tab_to("f-text")
        keys.type("uploads acme")
        expect(count).not_to_have_text(all_of)
        rows = page.locator("#table > tbody > tr")
        expect(rows).to_have_count(2)
        assert all("acme-uploads" in text for text in rows.all_inner_texts())
        keys.press("Control+a")
        keys.press("Delete")
        expect(count).to_have_text(all_of)
        for field, key, part in [
            ("f-severity", "critical", "critical"),
            ("f-kind", "finding", "IAM-02"),
            ("f-status", "new", "new"),
            ("f-tenant", "acme", "acme"),
            ("f-rule", "IAM-02", "IAM-02"),
        ]:
            tab_to(field)
            keys.type(key)
            rows.first.wait_for()
            texts = rows.all_inner_texts()
            assert texts and all(part in text for text in texts), (field, texts)
        tab_to("Clear")
        keys.press("Enter")
        expect(count).to_have_text(all_of)
        assert page.input_value("#f-severity") == ""

        tab_to("Resource")
        keys.press("Enter")
        header = page.locator("th[data-sort=resource]")
        assert header.get_attribute("aria-sort") == "ascending"
        labels = page.locator("#table [data-f=label]").all_inner_texts()
        assert labels == sorted(labels, key=str.lower), labels
        keys.press("Enter")
        assert header.get_attribute("aria-sort") == "descending"
        assert page.locator("#table [data-f=label]").all_inner_texts() != labels
        assert page.locator("[aria-sort]").count() == 1

        first = rows.first
        first.locator("summary").focus()
        keys.press("Enter")
        command = first.locator("[data-f=command]")
        expect(command).to_be_visible()
        assert re.fullmatch(r'tenko suppress [0-9a-f]{32} --reason "…" --expires \d{4}-\d\d-\d\d',
                            command.inner_text()), command.inner_text()
        tab_to("Copy")
        keys.press("Enter")
        expect(count).to_have_text(re.compile("Copied|Selected"))

        # From a tenant to what it has.
        page.locator("#tenants a", has_text="globex").focus()
        keys.press("Enter")
        assert page.input_value("#f-tenant") == "globex"
        assert focused() == "items-h"
        # From what is gone to what it was.
        page.locator("#changes a", has_text="resolved").focus()
        keys.press("Enter")
        assert "umbrella-old" in rows.first.inner_text()
        # What is not there is not found: a typing error is not the whole list.
        page.fill("#f-text", "no such thing")
        expect(rows).to_have_count(0)
        expect(count).to_have_text("Nothing matches these filters.")
    with opened(running, FOLDER / "daily-ja.html") as page:
        page.fill("#f-text", "会計データ ja")
        expect(page.locator("#count")).to_have_text("条件に一致するものはありません。")
        page.fill("#f-text", "会計データ kaisha")
        expect(page.locator("#count")).to_contain_text("件中")


def a_phone_needs_no_sideways_scrolling(running):
    for path in PAGES:
        for script in [True, False]:
            with opened(running, path, PHONE, java_script_enabled=script) as page:
                for details in [False, True]:
                    if details:
                        open_all(page)
                    width = page.evaluate("document.documentElement.scrollWidth")
                    assert width <= PHONE["width"], (path.name, script, details, width)


# What sticks out of its tile with large numbers in it, and what has no room for a word in its column.
CRAMPED = """() => {
  const numbers = [...document.querySelectorAll(".tile .num")];
  numbers.forEach((one) => { one.textContent = "12,908 of 101,071"; });
  const out = [...document.querySelectorAll(".tile")].filter((one) => one.scrollWidth > one.clientWidth);
  const cells = [...document.querySelectorAll("#suppressions td:has(.mark), #gaps td:has(.mark)")];
  const narrow = cells.filter((one) => one.checkVisibility() && one.clientWidth < 80);
  return [...out, ...narrow].map((one) => one.textContent);
}"""


def a_phone_has_room_for_words_and_numbers(running):
    for path in PAGES:
        for width in [PHONE["width"], 500]:
            with opened(running, path, {**PHONE, "width": width}) as page:
                open_all(page)
                cramped = page.evaluate(CRAMPED)
                assert cramped == [], (path.name, width, cramped)


def paper_shows_what_is_closed(running):
    for path in PAGES:
        with opened(running, path) as page:
            pdf = page.pdf(format="A4")
            assert pdf.startswith(b"%PDF") and len(pdf) > 5_000, path
            # As wide as A4 between its margins: the text has the room, not the frame.
            page.set_viewport_size({"width": 700, "height": 1000})
            page.emulate_media(media="print")
            for row in page.locator("#table > tbody > tr").all()[:3]:
                part = row.locator(".w").bounding_box()["width"] / row.bounding_box()["width"]
                assert part > 0.9, part
            for hidden in [".top nav", "#filters", "#pages", ".command"]:
                for one in page.locator(hidden).all():
                    assert not one.is_visible(), hidden
            # By the stylesheet alone, as where no script is told of printing.
            closed = page.locator("details:not([open]) > :not(summary)")
            heights = closed.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
            if name(path) == "daily":
                assert len(heights) > 30
            assert all(height > 0 for height in heights), (path.name, heights)
            # After printing, what was closed is closed again.
            assert page.locator("#table details[open]").count() == 0


def without_script_all_sections_are_there(running):
    with opened(running, FOLDER / "daily-en.html", java_script_enabled=False) as page:
        for section in ["verdict", "changes", "gaps", "tenants", "trend", "items", "suppressions", "method"]:
            expect(page.locator(f"section#{section} h2")).to_be_visible()
        for hidden in ["#filters", "#pages"]:
            expect(page.locator(hidden)).not_to_be_visible()
        rows = page.locator("#table > tbody > tr")
        expect(page.locator("svg.chart.wide")).to_be_visible()
        shown = rows.count()
        assert shown > 40, shown
        first = rows.first
        first.locator("summary").click()
        expect(first.locator("[data-f=fix]")).to_be_visible()
        expect(first.locator("button")).not_to_be_visible()
    # The script shows the very rows that were there.
    with opened(running, FOLDER / "daily-en.html", java_script_enabled=False) as page:
        plain = page.locator("#table > tbody").evaluate(TEXT)
    with opened(running, FOLDER / "daily-en.html") as page:
        assert page.locator("#table > tbody").evaluate(TEXT) == plain


# The text of a table's rows, whatever blanks stand between its elements.
TEXT = """body => [...body.rows].map((row) => {
  row.querySelectorAll("button").forEach((button) => button.remove());
  const walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walk.nextNode()) words.push(walk.currentNode.data.trim());
  return words.filter(Boolean).join(" ");
})"""


def large(running):
    def measure(path):
        with opened(running, path) as page:
            page.wait_for_function("document.getElementById('filters')?.hidden !== true", timeout=60_000)
            page.wait_for_timeout(500)
            return page.evaluate("""async () => {
              const [load] = performance.getEntriesByType("navigation");
              const paint = performance.getEntriesByName("first-contentful-paint")[0];
              const result = {load: load.loadEventEnd, paint: paint?.startTime ?? 0, filters: {}};
              const text = document.getElementById("f-text");
              const count = document.getElementById("count");
              if (text === null) return result;
              const timed = async (name, act) => {
                const begin = performance.now();
                act();
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                result.filters[name] = performance.now() - begin;
              };
              const choose = (id, value) => () => {
                const field = document.getElementById(id);
                field.value = value;
                // At once: the wait before a text is searched for is no work.
                field.dispatchEvent(new Event("change", {bubbles: true}));
              };
              await timed("one letter", choose("f-text", "b"));
              await timed("two words", choose("f-text", "bucket-0008 production"));
              result.found = count.textContent;
              await timed("fingerprint", choose("f-text", "0a1b"));
              await timed("no text", choose("f-text", ""));
              await timed("severity", choose("f-severity", "high"));
              await timed("tenant", choose("f-tenant", "tenant-042"));
              document.getElementById("filters").reset();
              await new Promise((done) => setTimeout(done, 300));
              for (const by of ["resource", "tenant", "seen"]) {
                const button = document.querySelector(`th[data-sort=${by}] button`);
                await timed(`sort by ${by}`, () => button.click());
              }
              await timed("next page", () => document.querySelector("[data-page=on]").click());
              return result;
            }""")

    empty, big = FOLDER / "clean-en.html", FOLDER / "large-en.html"
    measure(empty)  # the first page also pays for the browser's start
    none, all_of = measure(empty), measure(big)
    sizes = [path.stat().st_size / 1e6 for path in [empty, big]]
    print(f"{'':24}{'no finding':>14}{'100,000':>14}{'ratio':>10}")
    print(f"{'file, MB':24}{sizes[0]:14.2f}{sizes[1]:14.2f}{sizes[1] / sizes[0]:10.1f}")
    for what in ["paint", "load"]:
        ratio = all_of[what] / max(none[what], 1)
        print(f"{'first paint, ms' if what == 'paint' else 'loaded, ms':24}"
              f"{none[what]:14.0f}{all_of[what]:14.0f}{ratio:10.1f}")
    for what, took in all_of["filters"].items():
        print(f"{what + ', ms':24}{'':14}{took:14.0f}")
    assert all_of["found"].strip().endswith("of 100"), all_of["found"]
    # No test looks at a clock; this only keeps a page that hangs from passing.
    assert all_of["load"] < 60_000 and max(all_of["filters"].values()) < 30_000, all_of


with browser() as running:
    globals()[CHECK](running)
