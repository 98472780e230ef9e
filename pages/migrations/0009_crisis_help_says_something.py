from django.db import migrations, models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan

SAID = {
    "clinicsettings": (
        ("crisis_heading", "crisis_text"),
        "pages_clinic_{}_said",
        "Crisis help stands on every page. Write what people are to read there.",
    ),
    "crisisline": (
        ("name", "phone"),
        "pages_crisis_line_{}_said",
        "A crisis line needs a name and a number to call.",
    ),
}


def fill(apps, schema_editor):
    """What a script has emptied gets the words a new clinic starts with; a line without a number goes."""
    clinics = apps.get_model("pages", "ClinicSettings")
    for field in SAID["clinicsettings"][0]:
        empty = clinics.objects.annotate(said=Length(Trim(field))).filter(said=0)
        empty.update(**{field: clinics._meta.get_field(field).default})
    lines = apps.get_model("pages", "CrisisLine").objects
    lines.annotate(said=Length(Trim("phone"))).filter(said=0).delete()
    for line in lines.annotate(said=Length(Trim("name"))).filter(said=0):
        line.name = line.phone
        line.save()


class Migration(migrations.Migration):
    dependencies = [("pages", "0008_card_help")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        *(
            migrations.AddConstraint(
                model_name=model,
                constraint=models.CheckConstraint(
                    condition=GreaterThan(Length(Trim(field)), 0),
                    name=name.format(field),
                    violation_error_message=message,
                ),
            )
            for model, (fields, name, message) in SAID.items()
            for field in fields
        ),
    ]
