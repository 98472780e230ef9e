"""Files for the importer, and what brings them in."""

from __future__ import annotations

import json
from typing import Any

from research.formats.registry import FORMATS
from research.importing.commit import commit
from research.importing.preview import preview
from research.models import Citation, ImportBatch
from tests.research.library import bibliography

RIS = """TY  - JOUR
TI  - A trial of ketamine
AU  - One, Ann
T2  - Pain
PY  - 2014
VL  - 3
DO  - 10.1000/ONE
ER  -
"""


def bring_in(data: str | bytes, **options: Any) -> ImportBatch:
    batch = preview(data, **options)
    for _progress in commit(batch):
        pass
    return batch


def written(name: str) -> str:
    return "".join(FORMATS[name].write(json.loads(json.dumps(bibliography()))))


def existing(**values: Any) -> Citation:
    return Citation.objects.create(**({"key": "mine", "title": "Mine", "issued_year": 2014, "live": False} | values))
