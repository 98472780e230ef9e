"""`manage.py generate_submissions`: many fictional submissions, to see how the desk behaves with them."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import MANY_CHOICES, ONE_CHOICE, TICK, Kind, Urgency
from forms.models.pages import FormPage
from forms.models.submissions import ContactIndex, FormSnapshot, Submission, contact_digests, topics_index
from forms.receiving.references import ALPHABET, LENGTH, group
from forms.safekeeping.encryption import keyed_digest

BATCH = 2000


class Command(BaseCommand):
    """Writes rows directly, without notifications; refuses to run on a site that speaks HTTPS."""

    help = "Makes COUNT fictional submissions spread over the last year, for trying out the desk at size."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, and the seed."""
        parser.add_argument("count", type=int)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them in batches."""
        from django.conf import settings

        if settings.SECURE_SSL_REDIRECT:
            raise CommandError("This makes fictional submissions and is not for a server that speaks HTTPS.")
        pages = list(FormPage.objects.all())
        if not pages:
            raise CommandError("There is no form yet. Make one in the admin, or run seed_demo.")
        chance = random.Random(options["seed"])  # noqa: S311 - fictional data, and the same every time
        forms = {page.pk: page.definition() for page in pages}
        snapshots = {
            pk: FormSnapshot.objects.get_or_create(digest=form.digest, defaults={"definition": form.snapshot()})[0]
            for pk, form in forms.items()
        }
        left, done = options["count"], 0
        while left > 0:
            size = min(BATCH, left)
            rows, contacts = [], []
            for number in range(size):
                page = chance.choice(pages)
                row, digests = _make(page, forms[page.pk], snapshots[page.pk], chance, done + number)
                rows.append(row)
                contacts += [ContactIndex(submission=row, digest=digest) for digest in digests]
            Submission.objects.bulk_create(rows)
            ContactIndex.objects.bulk_create(contacts, batch_size=5000)
            done, left = done + size, left - size
            self.stdout.write(f"  {done} of {options['count']}", ending="\r")
            self.stdout.flush()
        self.stdout.write(self.style.SUCCESS(f"{done} fictional submissions made."))


def _make(
    page: FormPage, form: FormDefinition, snapshot: FormSnapshot, chance: random.Random, number: int
) -> tuple[Submission, set[str]]:
    now = timezone.now()
    received = now - timedelta(seconds=chance.randrange(365 * 24 * 3600))
    answers: Answers = {}
    for field in form.by_key.values():
        if form.is_asked(field, answers):
            answers[field.key] = _answer(field.kind, [choice.value for choice in field.choices], chance, number)
    status = chance.choices(Submission.Status.values, weights=[2, 5, 8, 83, 2])[0]
    token = hashlib.sha256(f"{number}|{chance.random()}".encode()).hexdigest()
    row = Submission(
        reference=group("".join(chance.choices(ALPHABET, k=LENGTH))),
        page=page,
        snapshot=snapshot,
        locale=form.language,
        status=status,
        outcome=chance.choice(Submission.Outcome.values) if status == Submission.Status.CLOSED else "",
        urgency=chance.choices(list(Urgency), weights=[80, 15, 5])[0],
        screening=form.screening_of(answers),
        crisis=chance.random() < 0.01,
        spam=Submission.Spam.POSSIBLE if chance.random() < 0.01 else Submission.Spam.NONE,
        topics=topics_index(form, answers),
        idempotency_key=token,
        token_digest=token,
        content_digest=keyed_digest("content", token.encode()),
        received_at=received,
        due_at=received + page.service_target,
        first_contact_at=received + timedelta(hours=chance.random() * 30) if status != "new" else None,
        retain_until=received + page.retention,
    )
    row.seal({"answers": answers, "consents": []})
    return row, contact_digests(form, answers)


def _answer(kind: Kind, choices: list[str], chance: random.Random, number: int) -> Any:
    if kind in TICK:
        return True
    if kind in MANY_CHOICES:
        return chance.sample(choices, k=min(len(choices), 1 + number % 2)) if choices else []
    if kind in ONE_CHOICE:
        return chance.choice(choices) if choices else ""
    fixed = {
        Kind.PHONE: f"+1760555{chance.randrange(10000):04d}",
        Kind.EMAIL: f"person{number}@visitor.example",
        Kind.BIRTHDATE: f"{1930 + number % 75}-0{1 + number % 9}-1{number % 9}",
        Kind.DATE: "2026-01-15",
        Kind.NUMBER: str(number % 100),
        Kind.NPI: "1234567893",
        Kind.URL: "https://visitor.example/",
        Kind.FILE: "",
    }
    return fixed.get(kind, f"Fictional answer {number}")
