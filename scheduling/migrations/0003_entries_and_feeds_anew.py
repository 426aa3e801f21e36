"""What entries and feeds hold is derived: they are made anew, with the columns that they turned out to need."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_state_guards")]
    operations = [migrations.DeleteModel("Entry"), migrations.DeleteModel("Feed")]
