"""Prints the DDL of the models; nothing connects to a database."""

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["shop"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "unused"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.postgresql.schema import DatabaseSchemaEditor  # noqa: E402


class Printer(DatabaseSchemaEditor):
    """Writes statements down, with their parameters in place."""

    def execute(self, sql, params=()):
        text = str(sql)
        if params:
            text %= tuple(self.quote_value(value) for value in params)
        print(text.rstrip(";") + ";\n")


with Printer(connection, atomic=False) as editor:
    for model in apps.get_app_config("shop").get_models():
        editor.create_model(model)
