"""A small library, as SQLAlchemy models."""

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, MetaData, Numeric, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    # Names that follow from the columns, so that they are the same on every machine.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Genre(enum.Enum):
    novel = "novel"
    essay = "essay"
    poetry = "poetry"


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    born: Mapped[date | None]


class Book(Base):
    __tablename__ = "book"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index("ix_book_title_lower", func.lower(text("title"))),
        {"comment": "What stands on the shelves"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    genre: Mapped[Genre] = mapped_column(Enum(Genre, name="genre"), server_default="novel")
    price: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    details: Mapped[dict] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
