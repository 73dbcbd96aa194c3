"""Of a type that goes on with texts only those classes do whose steps were compared with the library's."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import symcost
from symcost.errors import NotDecoded
from symcost.published.decoded import WRITING, decoded, wholes
from symcost.published.library import type_of
from symcost.published.mapping import Mapping, mappings
from symcost.zoo import speaking_of

OTHERS = [
    ("bloom", "BloomModel"), ("t5", "T5EncoderModel"), ("t5", "T5ForSequenceClassification"),
    ("t5", "T5ForTokenClassification"), ("t5", "T5ForQuestionAnswering"), ("pegasus", "PegasusModel"),
    ("bart", "BartForQuestionAnswering"), ("whisper", "WhisperForAudioClassification"),
    ("llama", "LlamaForSequenceClassification"), ("llama", "LlamaForTokenClassification"),
    ("llama", "LlamaForQuestionAnswering"), ("gpt2", "GPT2ForSequenceClassification"),
    ("llava", "LlavaModel"), ("paligemma", "PaliGemmaModel"),
]  # fmt: skip


@pytest.mark.parametrize(("model_type", "of_class"), OTHERS, ids=[name for _, name in OTHERS])
def test_a_class_that_was_not_compared_is_refused_by_name(model_type: str, of_class: str) -> None:
    """States, classifiers and encoders of a listed type have no steps; nor has a whole without its scores."""
    model = symcost.from_config({"model_type": model_type, "architectures": [of_class]})
    with pytest.raises(NotDecoded, match=f"for `{of_class}`"):
        model.step()
    with pytest.raises(NotDecoded, match="a prompt is read" if model_type in wholes() else f"for `{of_class}`"):
        model.generate()


@pytest.mark.parametrize(
    ("model_type", "of_class", "width", "words"),
    [("t5", "T5Model", 512, 32128), ("marian", "MarianModel", 1024, 58101), ("whisper", "WhisperModel", 384, 51865)],
)
def test_states_have_the_steps_without_the_scores(model_type: str, of_class: str, width: int, words: int) -> None:
    """A step of a model without scores is the compared one less a product with the vocabulary; it keeps as much."""
    writes = symcost.from_config({"model_type": model_type}).step()
    states = symcost.from_config({"model_type": model_type, "architectures": [of_class]}).step()
    read = {"c": 40, "B": 2, **({"N": 24} if "N" in writes.ports else {})}
    writes, states = writes.at(**read), states.at(**read)
    assert writes.macs() - states.macs() == 2 * width * words
    assert writes.state() == states.state()


def test_a_class_that_is_asked_for_by_its_model_is_refused_too() -> None:
    """A file that names no class is of the one that the model asked for stands for."""
    with pytest.raises(NotDecoded, match="`T5EncoderModel`"):
        symcost.from_config({"model_type": "t5"}, "T5Encoder").step()


@pytest.mark.slow
def test_the_class_that_is_meant_is_the_one_that_writes() -> None:
    """What was compared is what a file means that names no class: of each listed type the first, and that alone."""
    said: dict[Path, list[Mapping]] = {}
    for model_type in sorted(decoded() | wholes().keys()):
        (family,) = speaking_of(model_type)
        if family.path not in said:
            said[family.path] = mappings(symcost.load(family.path)._unit)
        read = [one for one in said[family.path] if model_type in one.types]
        writes = [all(name.endswith(WRITING) for name in one.names(type_of(model_type))) for one in read]
        assert writes == [True, *[False] * (len(read) - 1)], model_type


WHOLE = {"model_type": "llava", "text_config": {"model_type": "llama", "num_hidden_layers": 2}}


def test_a_whole_that_is_copied_goes_on_as_before() -> None:
    """What puts no numbers in leaves the part for texts as it is."""
    whole = symcost.from_config(WHOLE)
    wanted = whole.step().at(c=40).macs()
    for copy in (whole.at(), whole.inlined, whole.settled()):
        assert copy.step().at(c=40).macs() == wanted


def test_numbers_of_a_whole_do_not_reach_its_part_silently() -> None:
    """Put in before the step they are refused with what to do instead, in another process as well."""
    other = symcost.from_config(WHOLE).at(V=1000)
    for model in (other, other.inlined, pickle.loads(pickle.dumps(other))):
        with pytest.raises(
            NotDecoded, match=r"what `V` would be, which was put in for the whole(.|\n)*ask for the step first"
        ):
            model.step()
