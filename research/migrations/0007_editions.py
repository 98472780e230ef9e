from typing import Any

from django.db import migrations, models

import research.models.changes


def begin(apps: Any, schema_editor: Any) -> None:
    """What is in the library by now is its first edition."""
    apps.get_model("research", "LibraryChange").objects.create()


class Migration(migrations.Migration):
    dependencies = [("research", "0006_looks_in_a_row")]

    operations = [
        migrations.CreateModel(
            name="LibraryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.BigIntegerField(default=research.models.changes._token)),
            ],
            options={
                "verbose_name": "change of the library",
                "verbose_name_plural": "changes of the library",
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
