"""`make bench`: how quick the product is at the sizes it promises, on this machine, beside a prepared file.

It fills a database of its own (PostgreSQL and Valkey under `make bench`, SQLite without), asks each address in turn
through the whole of Django, and prints a table: milliseconds as the server takes them (median of the rounds), how
many times that is of a prepared file in the same run, and queries. A figure over its promise is marked, and ends the
program with 1. `--json FILE` keeps the figures.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROUNDS = 15
#: What `make_large_library` and the importer are asked for: the sizes the product promises to stay quick at.
CITATIONS, TOPICS, PAGES, RECORDS, MAILS = 10_000, 40, 200, 10_000, 500

Action = Callable[[], Any]


@dataclass
class Figure:
    """One line of the table. `promise` is in the unit of `value`; none where nothing was promised."""

    name: str
    value: float
    unit: str = "ms"
    promise: float | None = None
    ratio: float | None = None
    queries: int | None = None
    most_queries: int | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds. What is counted by the second must be at least as promised."""
        quick = self.promise is None or (
            self.value >= self.promise if self.unit.endswith("/s") else self.value <= self.promise
        )
        return quick and (self.queries is None or self.most_queries is None or self.queries <= self.most_queries)

    def __str__(self) -> str:
        ratio = f"{self.ratio:7.1f} x" if self.ratio is not None else " " * 9
        queries = "" if self.queries is None else f"{self.queries} of {self.most_queries or '-'}"
        promise = "" if self.promise is None else f"{self.promise:g}"
        mark = "" if self.is_kept else "  << over"
        return f"{self.name:<46}{self.value:>9.1f} {self.unit:<5}{promise:>7}{ratio}  {queries:<9}{mark}"


class Table:
    """Figures as they come in, each printed at once."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.base: float | None = None

    def title(self, text: str) -> None:
        """Head a part of the table."""
        print(f"\n{text}\n{'':46}{'figure':>9}      promise  x file   queries", flush=True)

    def add(self, figure: Figure) -> None:
        """Keep and print a figure."""
        self.figures.append(figure)
        print(figure, flush=True)

    def request(self, name: str, ask: Action, promise: float | None = None, most_queries: int | None = None) -> None:
        """Ask in rounds; `ask` returns the answer, whose status must be good."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        taken = []
        for number in range(ROUNDS + 1):
            begin = time.perf_counter()
            answer = ask()
            if number:  # the first one warms what a process keeps
                taken.append((time.perf_counter() - begin) * 1000)
            assert answer.status_code in {200, 303}, (name, answer.status_code, answer.content[:300])
        with CaptureQueriesContext(connection) as captured:
            ask()
        count = len([one for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])
        value = statistics.median(taken)
        self.base = self.base or value
        self.add(Figure(name, value, "ms", promise, value / self.base, count, most_queries))


@contextmanager
def clock() -> Iterator[list[float]]:
    """A list that holds the seconds of the block when it has ended."""
    took: list[float] = []
    begin = time.perf_counter()
    yield took
    took.append(time.perf_counter() - begin)


def read(address: str, username: str = "") -> Action:
    """Reads an address as a visitor, or as somebody of the demo."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    if username:
        client.force_login(User.objects.get(username=username))
    return lambda: client.get(address)


def pages(table: Table) -> None:
    """The public site and the JSON of it."""
    table.request("a condition page", read("/conditions/ptsd/"), most_queries=12)
    table.request("home", read("/"), most_queries=12)
    table.request("the call form", read("/schedule-a-call/"), most_queries=12)
    table.request("search", read("/search/?q=placebo"))
    for name, address in {
        "research": "",
        "research, one topic": "?topic=invented-topic-4",
        "research, five filters": "?topic=invented-topic-1&finding=harm&kind=news&design=rct&from=1995",
        "research, words": "?q=placebo",
        "research, page 100": "?page=100",
    }.items():
        table.request(name, read(f"/research/{address}"), 150, 12)
    for name, address in {
        "JSON: conditions": "conditions/",
        "JSON: a condition": "conditions/ptsd/",
        "JSON: citations": "research/citations/",
        "JSON: citations, two filters": "research/citations/?topic=invented-topic-1&finding=harm",
        "JSON: a citation": "research/citations/feder-2014-ptsd/",
        "JSON: topics": "research/topics/",
        "JSON: site": "site/",
    }.items():
        table.request(name, read(f"/api/v3/{address}"), 10, 8)


def admin(table: Table) -> None:
    """What editors open most."""
    from django.urls import reverse

    from pages.models import ConditionPage
    from research.models import Citation

    table.request("citations in the admin", read(reverse(Citation.snippet_viewset.get_url_name("list")), "clinician"))
    page = ConditionPage.objects.get(slug="ptsd")
    table.request("a condition's editor", read(reverse("wagtailadmin_pages:edit", args=[page.pk]), "marketing"))


def library(table: Table, folder: Path) -> None:
    """Bringing a large file into the library: look at it, then commit, as the command does."""
    from django.core.management import call_command

    file = folder / "large.ris"
    chance = random.Random(1)
    with file.open("w") as out:
        for number in range(RECORDS):
            out.write(
                f"TY  - JOUR\nAU  - Sample, A.\nAU  - Example, B.\nTI  - Imported study {number} of "
                f"{chance.choice(['sleep', 'mood', 'pain'])}\nJO  - J Invented Res\nPY  - {1990 + number % 35}\n"
                f"VL  - {number % 50}\nSP  - {number}\nDO  - 10.5555/bench.{number}\nER  - \n\n"
            )
    with clock() as took:
        call_command("import_citations", str(file), stdout=(folder / "import.log").open("w"))
    table.add(Figure(f"importing {RECORDS:,} records", took[0], "s", 60))


class Caller:
    """Somebody who asks for a call, again and again: each time a new person at a new address on a new form."""

    def __init__(self) -> None:
        from clinic.demo.addresses import page_at
        from forms.models import FormPage

        form = page_at("/schedule-a-call/")
        assert isinstance(form, FormPage)
        self.keys = {field.label: field.key for field in form.definition().fields}
        self.count = 0

    def filled(self) -> tuple[Any, dict[str, Any], str]:
        """A visitor, their filled form and their address."""
        from django.test import Client
        from wagtail.test.utils.form_data import querydict_from_html

        self.count += 1
        visitor, address = Client(), f"10.{self.count >> 16}.{self.count >> 8 & 255}.{self.count & 255}"
        page = visitor.get("/schedule-a-call/", REMOTE_ADDR=address).content.decode()
        drawn = [querydict_from_html(page, form_index=index) for index in range(page.count("<form"))]
        data = next(form for form in drawn if any("token" in name for name in form))
        for label, answer in {
            "Your name": f"Robin Example {self.count}",
            "How should we reach you?": "E-mail",
            "E-mail address": f"robin{self.count}@visitor.example",
            "Consent to be contacted": "yes",
        }.items():
            data[self.keys[label]] = answer
        return visitor, data, address


def sending(table: Table) -> None:
    """Taking in a call request, without the page before it; then the mails it sets off."""
    from django.core.mail import get_connection
    from django.test.utils import override_settings

    from forms.delivery.outbox import deliver_due
    from forms.models import Delivery, Submission
    from tests.local_services import mail_server

    caller = Caller()
    ready = [caller.filled() for _ in range(ROUNDS + 2)]

    def send() -> Any:
        visitor, data, address = ready.pop()
        return visitor.post("/schedule-a-call/", data, REMOTE_ADDR=address)

    table.request("taking in a call request", send, 50, 12)
    received = Submission.objects.latest("received_at")
    Delivery.objects.all().delete()
    Delivery.objects.bulk_create(
        Delivery(kind=Delivery.Kind.NOTIFY, submission=received, target="intake@clinic.example") for _ in range(MAILS)
    )
    with (
        mail_server() as mail,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=mail.port
        ),
    ):
        assert get_connection().port == mail.port
        with clock() as took:
            sent = deliver_due(MAILS)
    assert sent == len(mail.messages) == MAILS, (sent, len(mail.messages))
    table.add(Figure("mails", MAILS / took[0], "1/s", 50))


def desk(table: Table, submissions: int) -> None:
    """The intake desk over many submissions, and taking one more."""
    from django.core.management import call_command

    call_command("generate_submissions", submissions)
    print()
    for name, address in {
        "inbox": "",
        "inbox, longest waiting first": "?order=old",
        "inbox, overdue": "?late=on",
        "inbox, urgent": "?urgency=urgent",
        "inbox, one condition": "?topic=depression",
        "everything, one condition": "?box=all&topic=depression",
        "everything, a year ago": "?box=all&until=2026-01-01",
    }.items():
        table.request(name, read(f"/admin/intake/{address}", "intake"), 200)
    table.request("the dashboard", read("/admin/", "intake"), 200)


def measure(folder: Path, submissions: int) -> list[Figure]:
    """Fill the database and measure everything; the figures in order."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    logging.getLogger().setLevel(logging.WARNING)

    call_command("migrate", verbosity=0)
    call_command("seed_demo", verbosity=0, stdout=(folder / "seed.log").open("w"))
    table = Table()
    table.title(f"The demo clinic, on {connection.vendor}")
    (folder / "static").mkdir(exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    table.request("a prepared file", read("/static/pages/site.css"))
    sending(table)
    call_command("make_large_library", citations=CITATIONS, topics=TOPICS, pages=PAGES, yes=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute of such a change
    table.title(f"With {CITATIONS:,} citations, {TOPICS} topics and {PAGES} condition pages more")
    pages(table)
    admin(table)
    library(table, folder)
    table.title(f"With {submissions:,} submissions")
    desk(table, submissions)
    return table.figures


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=int(os.environ.get("SUBMISSIONS", "20000")))
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as name:
        folder = Path(name)
        os.environ |= {"DATA_DIR": name, "DJANGO_SETTINGS_MODULE": "clinic.settings.test"}
        figures = measure(folder, options.submissions)
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2))
    over = [figure.name for figure in figures if not figure.is_kept]
    print(f"\nOver the promise: {', '.join(over)}." if over else "\nEvery promise is kept on this machine.")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
