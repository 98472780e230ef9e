from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0005_clear_numbers"),
    ]

    operations = [
        migrations.RenameField(model_name="clinicimage", old_name="decorative", new_name="is_decorative"),
    ]
