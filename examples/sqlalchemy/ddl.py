"""Prints the DDL of the models; nothing connects to a database."""

from sqlalchemy import create_mock_engine

from models import Base


def show(statement, *_args, **_kwargs):
    print(f"{str(statement.compile(dialect=engine.dialect)).strip()};\n")


engine = create_mock_engine("postgresql://", show)
Base.metadata.create_all(engine, checkfirst=False)
