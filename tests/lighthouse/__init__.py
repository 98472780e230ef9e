"""`make lighthouse`: the four scores of pages of the demo on a phone; fails below what is promised."""
