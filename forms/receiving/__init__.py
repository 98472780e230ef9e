"""The visitor's side of a form: from showing it to a receipt for what is stored."""
