"""Reading and writing records in the tests of formats, and one small record in each format."""

import json
from typing import Any

from research.formats.registry import FORMATS, parse
from tests.research.library import bibliography

READ = [name for name, format_ in FORMATS.items() if format_.parse]


def written(name: str, items: Any) -> str:
    return "".join(FORMATS[name].write(items))


def read(name: str, data: bytes | str) -> list[Any]:
    reader = FORMATS[name].parse
    assert reader
    return reader(data).records


def clean_bibliography() -> list[Any]:
    _name, result = parse(json.dumps(bibliography()))
    assert not [problem for record in result.records for problem in record.problems]
    return [record.item for record in result.records]


RIS = "TY  - JOUR\nTI  - A trial\nAU  - One, Ann\nPY  - 2014\nDO  - 10.1000/one\nER  - \n"
BIB = "@article{one, title={A trial}, author={One, Ann}, year=2014, doi={10.1000/one}}\n"
NBIB = "PMID- 1\nDP  - 2014\nTI  - A trial\nFAU - One, Ann\nAID - 10.1000/one [doi]\nPT  - Journal Article\n\n"
JSON = json.dumps([{"type": "article-journal", "title": "A trial", "author": [{"family": "One", "given": "Ann"}],
                    "issued": {"date-parts": [[2014]]}, "DOI": "10.1000/one"}])  # fmt: skip
SMALL = {"ris": RIS, "bibtex": BIB, "nbib": NBIB, "csl-json": JSON}
