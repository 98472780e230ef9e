"""Tests on the whole demo clinic, which is made once for all of them."""
