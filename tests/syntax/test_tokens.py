"""A text word by word, however wrong it is."""

from symcost.syntax.tokens import tokens


def test_all_words_of_an_unsound_text() -> None:
    """What begins no word is a word of its own, and the next one is found behind it."""
    found = [(token.kind, token.text) for token in tokens('x ; "a" # b\n} use')]
    assert found == [
        ("NAME", "x"), ("UNKNOWN", ";"), ("STRING", '"a"'), ("COMMENT", "# b"), ("}", "}"), ("use", "use"),
    ]  # fmt: skip


def test_a_text_of_another_kind_ends() -> None:
    """Of a million signs that are none a hundred are told, and then the rest: it takes no longer than to say so."""
    text = "a;" * 1_000_000
    found = list(tokens(text))
    assert "".join(token.text for token in found) == text
    assert len(found) < 300
