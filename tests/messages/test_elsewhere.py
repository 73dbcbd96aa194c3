"""PyTorch's and Keras' names, all of them, lead to ours, to what to write instead, or to a plain no.

The lists are those of torch.nn 2.13.0 and of Keras 3.15.1 (what is exported as `keras.layers`, `keras.activations`);
what prepares data, and what is no layer, is left out. Where PyTorch is installed, its list is asked anew.
"""

from __future__ import annotations

import re

import pytest

import symcost
from symcost.diagnostics import Source
from symcost.document import library
from symcost.errors import elsewhere
from symcost.graph.files import library_names, open_source
from symcost.graph.primitives import callable_names

TORCH = """
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d AdaptiveMaxPool2d
AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BatchNorm1d BatchNorm2d
BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d
ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity
CrossEntropyLoss CrossMapLRN2d Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout
Flatten Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink
Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d
KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d
LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d
LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LeakyReLU Linear LinearCrossEntropyLoss LocalResponseNorm LogSigmoid
LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module
ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss PReLU
PairwiseDistance PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNBase RNNCell RNNCellBase RReLU ReLU ReLU6
ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU
Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign SyncBatchNorm Tanh
Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer
TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d
ZeroPad1d ZeroPad2d ZeroPad3d
""".split()

NO_LAYERS = {"Container", "DataParallel", "NLLLoss2d", "ParameterDict", "ParameterList"}
"""What else torch.nn has."""

KERAS = """
Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention Average
AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional
CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D
ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D
Convolution3DTranspose Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU
EinsumDense Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention Identity Input
InputLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxPool1D MaxPool2D MaxPool3D MaxPooling1D
MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MultiHeadAttention Multiply Normalization PReLU Permute
Pipeline RMSNormalization RNN ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram
SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax
SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells Subtract TimeDistributed
UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparsemax squareplus swish tanh
tanh_shrink threshold
""".split()

KNOWN = callable_names(open_source(Source("empty", "")))

SOUGHT = sorted({*TORCH, *KERAS} - KNOWN)


@pytest.mark.parametrize("name", SOUGHT)
def test_a_name_of_theirs_leads_somewhere(name: str) -> None:
    """Never to a layer that only looks alike: `ReLU` is not `PReLU`, `Flatten` is not `attention`."""
    helps = elsewhere.same_elsewhere(name, KNOWN)
    assert helps
    if proposed := re.fullmatch(r"did you mean `(\w+)`\?", helps[0]):
        assert proposed[1] in KNOWN


def test_no_entry_is_out_of_date() -> None:
    """What a table renames is here, and not under its own name; no name stands in two tables."""
    ours = {elsewhere.plain(name) for name in KNOWN}
    assert set(elsewhere.RENAMED.values()) <= KNOWN
    tables = [*elsewhere.RENAMED, *elsewhere.SAID, *elsewhere.ABSENT]
    assert len(tables) == len(set(tables))
    assert {elsewhere.plain(name) for name in tables} == set(tables)
    assert ours.isdisjoint(tables)


def test_options_are_those_of_some_layer() -> None:
    """An option that is renamed is one that a layer of the library or a primitive takes."""
    ports = {name for layer in library().values() for name in layer.ports}
    assert {option for options in elsewhere.OPTIONS.values() for option in options} <= ports | {"axis", "keep"}
    assert elsewhere.WIDTHS.isdisjoint(ports)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("ReLU", "relu"),
        ("Dense", "Linear"),
        ("BatchNormalization", "BatchNorm"),
        ("MultiHeadAttention", "MultiheadAttention"),
        ("Dropout", "dropout"),
        ("MaxPooling2D", "max_pool2d"),
        ("GlobalAveragePooling2D", "global_avg_pool2d"),
        ("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
        ("Conv2DTranspose", "ConvTranspose2d"),
        ("LeakyReLU", "leaky_relu"),
        ("hard_silu", "hardswish"),
        ("SimpleRNN", "RNN"),
    ],
)
def test_what_is_the_same_there(theirs: str, ours: str) -> None:
    assert elsewhere.same_elsewhere(theirs, KNOWN)[0] == f"did you mean `{ours}`?"


def test_a_definition_of_ones_own_comes_first() -> None:
    """A file that defines `Flatten` may misspell it."""
    assert elsewhere.meant("flatten", {"Flatten", *library_names()}) == ["did you mean `Flatten`?"]


def test_flatten_as_proposed() -> None:
    """`reshape([-1])` makes one axis of all: 3 rows of 4 are 12 numbers."""
    (result,) = symcost.loads("model M(x: [3, 4]) { return x -> reshape([-1]) }").model().graph.results
    assert result.shape == (12,)


def test_the_list_of_torch_is_as_recorded() -> None:
    """A layer that PyTorch has by now and the list has not is to be led somewhere as well."""
    torch = pytest.importorskip("torch")
    if not torch.__version__.startswith("2.13."):
        pytest.skip("the list is that of torch.nn 2.13.0")
    modules = (name for name, kind in vars(torch.nn).items() if isinstance(kind, type))
    assert {name for name in modules if issubclass(getattr(torch.nn, name), torch.nn.Module)} - NO_LAYERS == set(TORCH)
