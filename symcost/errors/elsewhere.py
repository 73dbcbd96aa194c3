"""What others call what there is here: names of PyTorch's and Keras' layers and of their options, and what to type.

A name is compared without its underscores and capitals, so `LeakyReLU`, `leakyrelu` and `leaky_relu` are one: a layer
that differs in no more than that stands in no table here. What neither has under another name is answered by a
sentence, or by the nearest name that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symcost.errors.words import did_you_mean

RENAMED: Mapping[str, str] = {
    # Maps and products
    "dense": "Linear",
    "lazylinear": "Linear",
    "mlp": "FeedForward",
    # Convolutions
    "convolution1d": "Conv1d",
    "convolution2d": "Conv2d",
    "convolution3d": "Conv3d",
    "lazyconv1d": "Conv1d",
    "lazyconv2d": "Conv2d",
    "lazyconv3d": "Conv3d",
    "conv1dtranspose": "ConvTranspose1d",
    "conv2dtranspose": "ConvTranspose2d",
    "convolution1dtranspose": "ConvTranspose1d",
    "convolution2dtranspose": "ConvTranspose2d",
    "lazyconvtranspose1d": "ConvTranspose1d",
    "lazyconvtranspose2d": "ConvTranspose2d",
    "conv3dtranspose": "ConvTranspose3d",
    "convolution3dtranspose": "ConvTranspose3d",
    "lazyconvtranspose3d": "ConvTranspose3d",
    "cropping1d": "cropped",
    "cropping2d": "cropped2d",
    "cropping3d": "cropped3d",
    # Norms
    "batchnorm1d": "BatchNorm",
    "batchnorm2d": "BatchNorm",
    "batchnorm3d": "BatchNorm",
    "lazybatchnorm1d": "BatchNorm",
    "lazybatchnorm2d": "BatchNorm",
    "lazybatchnorm3d": "BatchNorm",
    "syncbatchnorm": "BatchNorm",
    "batchnormalization": "BatchNorm",
    "layernormalization": "LayerNorm",
    "rmsnormalization": "RMSNorm",
    "groupnormalization": "GroupNorm",
    "lazyinstancenorm1d": "InstanceNorm1d",
    "lazyinstancenorm2d": "InstanceNorm2d",
    "lazyinstancenorm3d": "InstanceNorm3d",
    "crossmaplrn2d": "local_response_norm",
    # Activations
    "swish": "silu",
    "hardsilu": "hardswish",
    "softmax2d": "softmax",
    "exponential": "exp",
    # Dropout of all kinds
    "dropout1d": "dropout",
    "dropout2d": "dropout",
    "dropout3d": "dropout",
    "alphadropout": "dropout",
    "featurealphadropout": "dropout",
    "spatialdropout1d": "dropout",
    "spatialdropout2d": "dropout",
    "spatialdropout3d": "dropout",
    "gaussiandropout": "dropout",
    "gaussiannoise": "dropout",
    "activityregularization": "identity",
    # Pooling and resizing
    "maxpooling1d": "max_pool1d",
    "maxpooling2d": "max_pool2d",
    "averagepooling1d": "avg_pool1d",
    "averagepooling2d": "avg_pool2d",
    "adaptiveaveragepooling1d": "adaptive_avg_pool1d",
    "adaptiveaveragepooling2d": "adaptive_avg_pool2d",
    "adaptivemaxpooling1d": "adaptive_max_pool1d",
    "adaptivemaxpooling2d": "adaptive_max_pool2d",
    "adaptivemaxpooling3d": "adaptive_max_pool3d",
    "globalaveragepooling1d": "global_avg_pool1d",
    "globalaveragepooling2d": "global_avg_pool2d",
    "globalmaxpooling1d": "global_max_pool1d",
    "globalmaxpooling2d": "global_max_pool2d",
    "upsample": "upsample2d",
    "upsamplingnearest2d": "upsample2d",
    "upsampling1d": "upsample1d",
    "upsampling2d": "upsample2d",
    "upsamplingbilinear2d": "upsample_bilinear2d",
    "interpolate": "resize",
    "resizing": "resize",
    "maxpooling3d": "max_pool3d",
    "averagepooling3d": "avg_pool3d",
    "adaptiveaveragepooling3d": "adaptive_avg_pool3d",
    "globalaveragepooling3d": "global_avg_pool3d",
    "globalmaxpooling3d": "global_max_pool3d",
    # Recurrent layers and transformers
    "simplernn": "RNN",
    "simplernncell": "RNNCell",
    "stackedrnncells": "Stacked",
    "scaleddotproductattention": "attention",
    "rotaryembedding": "rotary",
    # Moving numbers
    "cat": "concat",
    "concatenate": "concat",
    "permute": "transpose",
    "view": "reshape",
    "repeatvector": "repeat_axis",
    "maximum": "max",
    "minimum": "min",
}
"""Layers that are here under another name."""

PADDED = "`pad([1, 1], axis = -2)` puts one zero before and one behind an axis; a convolution takes `pad = 1` itself"
IN_ORDER = "layers follow one another behind `->`, as in `x -> Linear(H) -> relu -> Linear(O)`"
REPEATED = "write `repeat L { x = x -> ... }`: each round has parameters of its own, with `shared` all have the same"
SUMMED = "tensors are added, subtracted, multiplied and divided with `+`, `-`, `*` and `/`"
PRODUCT = "a matrix product is written `x @ W`; others in index notation, as in `y[t, o] = x[t, i] * W[i, o]`"
STACKED = "write `repeat L { x = x -> TransformerEncoderLayer(heads) }`"
SEPARABLE = "write `DepthwiseConv2d(kernel) -> Conv2d(O, 1)`, over a sequence `DepthwiseConv1d(kernel) -> Conv1d(O, 1)`"

SAID: Mapping[str, str] = {
    # Words of Python
    "true": "write `true`",
    "false": "write `false`",
    "none": "there is no value for nothing: leave out what is not given",
    "range": "a count needs no `range`: `for t in T`, `repeat l in L`",
    "flatten": "`reshape([-1])` makes one axis of all axes",
    "unflatten": "`reshape([T, heads, -1])` parts axes; -1 stands for what is left",
    "sequential": IN_ORDER,
    "pipeline": IN_ORDER,
    "modulelist": REPEATED,
    "moduledict": REPEATED,
    "timedistributed": "a layer works at each position by itself: write the layer alone",
    "activation": "an activation is called by its name, as in `x -> relu`",
    "add": SUMMED,
    "subtract": SUMMED,
    "multiply": SUMMED,
    "sub": SUMMED,
    "mul": SUMMED,
    "div": SUMMED,
    "average": SUMMED,
    "dot": PRODUCT,
    "matmul": PRODUCT,
    "mm": PRODUCT,
    "bmm": PRODUCT,
    "einsumdense": PRODUCT,
    "input": "inputs stand in the signature: `model M(x: [T, I])`",
    "inputlayer": "inputs stand in the signature: `model M(x: [T, I])`",
    "separableconv1d": SEPARABLE,
    "separableconv2d": SEPARABLE,
    "separableconvolution1d": SEPARABLE,
    "separableconvolution2d": SEPARABLE,
    "zeropadding1d": PADDED,
    "zeropadding2d": PADDED,
    "zeropadding3d": PADDED,
    "zeropad1d": PADDED,
    "zeropad2d": PADDED,
    "zeropad3d": PADDED,
    "constantpad1d": PADDED,
    "constantpad2d": PADDED,
    "constantpad3d": PADDED,
    "transformer": STACKED,
    "transformerencoder": STACKED,
    "transformerdecoder": STACKED.replace("EncoderLayer(heads)", "DecoderLayer(memory, heads)"),
    "groupqueryattention": "write `SelfAttention(heads, kv_heads = groups)`",
}
"""What to write for what is no layer here."""

ABSENT = frozenset(
    """
adaptivelogsoftmaxwithloss celu channelshuffle circularpad1d circularpad2d circularpad3d
convlstm1d convlstm2d convlstm3d cosinesimilarity embeddingbag fold fractionalmaxpool2d
fractionalmaxpool3d hardshrink hardtanh lambda layer logsigmoid lppool1d lppool2d lppool3d masking maxunpool1d
maxunpool2d maxunpool3d melspectrogram mish module normalization pairwisedistance pixelunshuffle reflectionpad1d
reflectionpad2d reflectionpad3d replicationpad1d replicationpad2d replicationpad3d rescaling reversibleembedding
rnnbase rnncellbase rrelu selu softmin softshrink sparsemax spectralnormalization squareplus stftspectrogram
tanhshrink threshold unitnormalization upsampling3d wrapper centercrop hardshrink softshrink
""".split()
)
"""Layers of PyTorch and Keras that are under no name here, so that no other name is what is meant."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "kernel_size": ("kernel",),
    "pool_size": ("kernel",),
    "padding": ("pad",),
    "output_padding": ("output_pad",),
    "strides": ("stride",),
    "dilation_rate": ("dilation",),
    "use_bias": ("bias",),
    "out_channels": ("O",),
    "out_features": ("O",),
    "filters": ("O",),
    "units": ("O", "H"),
    "hidden_size": ("H",),
    "proj_size": ("proj",),
    "num_layers": ("layers",),
    "nonlinearity": ("act",),
    "activation": ("act",),
    "num_heads": ("heads",),
    "nhead": ("heads",),
    "num_query_heads": ("heads",),
    "num_key_value_heads": ("kv_heads",),
    "key_dim": ("head_dim",),
    "dim_feedforward": ("F",),
    "num_groups": ("groups",),
    "elementwise_affine": ("affine",),
    "num_embeddings": ("V",),
    "input_dim": ("V",),
    "embedding_dim": ("D",),
    "output_dim": ("D",),
    "output_size": ("N",),
    "scale_factor": ("scale",),
    "size": ("scale",),
    "upscale_factor": ("r",),
    "dim": ("axis",),
    "keepdim": ("keep",),
    "keepdims": ("keep",),
}
"""Options that are here under another name; of several the one that the layer has."""

WIDTHS = frozenset(
    """
in_channels in_features in1_features in2_features input_size num_features num_channels normalized_shape embed_dim
d_model kdim vdim input_shape
""".split()
)
"""Options that say how wide an input is."""


def plain(name: str) -> str:
    """A name without what may differ: `LeakyReLU` and `leaky_relu` are `leakyrelu`."""
    return name.replace("_", "").lower()


def meant(name: str, known: Iterable[str]) -> list[str]:
    """The help lines for a layer that is not known: who wrote it meant another name for the same, or a near one."""
    names = set(known)
    return same_elsewhere(name, names) or did_you_mean(name, names)


def same_elsewhere(name: str, known: Iterable[str]) -> list[str]:
    """The help lines for a name that others have for something."""
    names = {plain(one): one for one in sorted(set(known), reverse=True)}
    sought = plain(name)
    if sought in SAID and sought not in names:
        return [SAID[sought]]
    found = names.get(sought) or names.get(plain(RENAMED.get(sought, "")))
    match found:
        case None:
            return _absent(sought)
        case "dropout":
            return ["did you mean `dropout`?", "it costs nothing when the model is used, and may be left out"]
        case _:
            return [f"did you mean `{found}`?"]


def _absent(sought: str) -> list[str]:
    """The help line for what others have and nothing here is."""
    if sought.endswith("loss"):
        return ["the library has no losses: write one out, with `log_softmax`, `sum` and `mean`"]
    if sought in ABSENT:
        return ["the library has no such layer; a `module` of your own is counted as its own are"]
    return []


def option_meant(option: str, known: Sequence[str]) -> list[str]:
    """The help lines for an option that a layer has not."""
    if option in WIDTHS:
        return [f"leave `{option}` out: the width of an input is read from the input"]
    if option == "batch_first":
        return ["leave it out: one example is counted, without an axis for the batch"]
    for name in OPTIONS.get(option, ()):
        if name in known:
            return [f"did you mean `{name}`?"]
    return did_you_mean(option, known)
