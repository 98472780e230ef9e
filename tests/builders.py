"""What tests build content with: the demo's own builders."""

from clinic.demo.builders import (
    make_citation,
    make_claim,
    make_condition,
    make_criterion,
    make_home,
    make_page,
    make_person,
    make_topic,
    publish,
)

__all__ = [
    "make_citation",
    "make_claim",
    "make_condition",
    "make_criterion",
    "make_home",
    "make_page",
    "make_person",
    "make_topic",
    "publish",
]
