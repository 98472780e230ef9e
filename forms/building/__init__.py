"""What a form asks: kinds of field, the definition made of them, and the checks while editors build one."""
