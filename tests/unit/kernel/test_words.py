"""Words of closed vocabularies in columns."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.vocabulary import Kind, Labelled
from kernel.words import Word, columns_as_kept

WORD = Word(Kind)


class Base(DeclarativeBase):
    pass


class Paper(Base):
    __tablename__ = "papers"

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))


class Other(Labelled):
    OTHER = "other", "其他"


@pytest.mark.parametrize("kind", Kind)
def test_a_word_is_stored_as_its_text_and_read_as_its_member(kind: Kind) -> None:
    assert WORD.process_bind_param(kind, dialect()) == WORD.process_bind_param(kind.value, dialect()) == kind.value
    assert WORD.process_result_value(kind.value, dialect()) is kind


def test_no_word_stays_no_word() -> None:
    assert WORD.process_bind_param(None, dialect()) is WORD.process_result_value(None, dialect()) is None


@pytest.mark.parametrize("word", ["", "development ", "发展", Other.OTHER])
def test_what_is_not_in_the_vocabulary_is_neither_written_nor_read(word: str) -> None:
    for process in (WORD.process_bind_param, WORD.process_result_value):
        with pytest.raises(ValueError, match="is not a valid Kind"):
            process(word, dialect())


def test_columns_as_kept_bear_their_names_and_leave_words_as_text() -> None:
    kind, number = columns_as_kept(Paper, ("kind", "number"))
    assert (kind.key, number.key) == ("kind", "number")
    assert not isinstance(kind.type, Word)
    assert number is Paper.__table__.c.number
