"""Formats of bibliographic records. The interchange value is `csl.CslItem`; `registry` knows every format."""
