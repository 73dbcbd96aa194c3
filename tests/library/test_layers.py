"""Layers of the library against formulas derived by hand; each case is one model and what must hold of it."""

import pytest

import symcost

CASES = {
    "Bilinear": """
        model M(x: [T, I], z: [T, J], O) { return Bilinear(x, z, O) }
        expect M { params == O*I*J + O  macs == T*(O*I*J + O*J) }        # x W first, then that times z
    """,
    "Embedding": """
        model M(tokens: [T], V, D) -> [T, D] { return tokens -> Embedding(V, D) }
        expect M { params == V*D  flops == 0 }                           # looked up, not multiplied
    """,
    "Conv1d, groups": """
        model M(x: [T, I], O, K, g) { return x -> Conv1d(O, kernel = K, pad = "same", groups = g, bias = false) }
        expect M { params == K*I*O/g  macs == K*I*O*T/g }
    """,
    "Conv1d, causal": """
        model M(x: [B, T, I], O, K, d) -> [B, T, O] { return x -> Conv1d(O, kernel = K, pad = "causal", dilation = d) }
        expect M { params == K*I*O + O  macs == K*I*O*T*B }
    """,
    "Conv1d, valid": """
        model M(x: [T, I], O, K) -> [T - K + 1, O] { assume T >= K  return x -> Conv1d(O, K, pad = "valid") }
        expect M { macs == K*I*O*(T - K + 1) }
    """,
    "Conv1d, same with stride": """
        model M(x: [T, I], O) -> [ceil(T/4), O] { return x -> Conv1d(O, kernel = 7, stride = 4, pad = "same") }
        expect M { macs == 7*I*O*ceil(T/4) }
    """,
    "Conv2d, each axis its own": """
        model M(x: [Y, X, I], O) -> [ceil(Y/2), X, O] {
          return x -> Conv2d(O, kernel = 3, kernel_x = 5, stride = 1, stride_y = 2, pad = "same")
        }
        expect M { params == 15*I*O + O  macs == 15*I*O*X*ceil(Y/2) }
    """,
    "ConvTranspose1d": """
        model M(x: [T, I], O) -> [2*T, O] { return x -> ConvTranspose1d(O, kernel = 4, stride = 2, pad = 1) }
        expect M { params == 4*I*O + O  macs == 4*I*O*T }                # every product, those cut off included
    """,
    "ConvTranspose1d, output_pad": """
        model M(x: [T, I], O) -> [2*T, O] {
          return x -> ConvTranspose1d(O, kernel = 3, stride = 2, pad = 1, output_pad = 1, bias = false)
        }
        expect M { params == 3*I*O  macs == 3*I*O*T }
    """,
    "DepthwiseConv1d": """
        model M(x: [T, C], K) -> [T, C] { return x -> DepthwiseConv1d(K, pad = "same") }
        expect M { params == K*C + C  macs == K*C*T }
    """,
    "DepthwiseConv2d": """
        model M(x: [Y, X, C]) -> [Y, X, C] { return x -> DepthwiseConv2d(3, pad = 1, bias = false) }
        expect M { params == 9*C  macs == 9*C*Y*X }
    """,
    "SqueezeExcitation": """
        model M(x: [Y, X, C], S) -> [Y, X, C] { return x -> SqueezeExcitation(S) }
        expect M { params == C*S + S + S*C + C  macs == 2*C*S }
    """,
    "max_pool2d, overlapping": """
        model M(x: [112, 112, C]) -> [56, 56, C] { return x -> max_pool2d(3, stride = 2, pad = 1) }
        expect M { cmp == 8*56*56*C }                                    # 9 numbers, 8 comparisons
    """,
    "max_pool2d, ceil_mode": """
        model M(x: [112, 112, C]) -> [56, 56, C] { return x -> max_pool2d(3, stride = 2, ceil_mode = true) }
    """,
    "pooling along a sequence": """
        model M(x: [B, 100, C]) -> [B, 50, C], [B, 20, C], [B, C], [B, C], [B, 4, C] {
          a = x -> max_pool1d(2)
          b = x -> avg_pool1d(5)
          c = x -> global_avg_pool1d
          d = x -> global_max_pool1d
          e = x -> adaptive_avg_pool1d(4)
          return a, b, c, d, e
        }
        expect M { params == 0  cmp == B*C*(50*1 + 99)  add == B*C*(20*4 + 99 + 4*24)  mul == B*C*(20 + 1 + 4) }
    """,
    "pooling of an image": """
        model M(x: [B, 14, 14, C]) -> [B, 7, 7, C], [B, C], [B, C], [B, 2, 7, C] {
          a = x -> avg_pool2d(2)
          b = x -> global_avg_pool2d
          c = x -> global_max_pool2d
          d = x -> adaptive_avg_pool2d(2, 7)
          return a, b, c, d
        }
        expect M { cmp == 195*B*C  add == B*C*(49*3 + 195 + 14*13)  mul == B*C*(49 + 1 + 14) }
    """,
    "upsampling": """
        model M(x: [Y, X, 4*C]) -> [2*Y, 2*X, 4*C], [2*Y, 2*X, C] {
          a = x -> upsample2d
          b = x -> pixel_shuffle(2)
          return a, b
        }
        expect M { params == 0  flops == 0 }
    """,
    "LayerNorm": """
        model M(x: [T, D]) -> [T, D] { return x -> LayerNorm }
        expect M {
          params == 2*D
          add == T*(2*(D - 1) + 2*D + 1)   # two means, minus the mean, plus the shift, plus epsilon
          mul == T*(3*D + 2)               # square, scale by the deviation and by g, two means
          sqrt == T
          div == T
        }
    """,
    "RMSNorm": """
        model M(x: [T, D]) -> [T, D] { return x -> RMSNorm }
        expect M { params == D  mul == T*(3*D + 1)  add == T*D }
    """,
    "BatchNorm": """
        model M(x: [Y, X, C]) -> [Y, X, C] { return x -> BatchNorm }
        expect M { params == 2*C  mul == Y*X*C  add == Y*X*C }
    """,
    "GroupNorm": """
        model M(x: [B, T, C], g) -> [B, T, C] { return x -> GroupNorm(g) }
        expect M { params == 2*C  sqrt == B*g  mul == B*(3*T*C + 2*g) }  # square, deviation, scale; means per group
    """,
    "GroupNorm2d": """
        model M(x: [Y, X, C]) -> [Y, X, C] { return x -> GroupNorm2d(8) }
        expect M { params == 2*C  sqrt == 8 }
    """,
    "softmax": """
        model M(x: [T, N]) -> [T, N] { return x -> softmax }
        expect M { cmp == T*(N - 1)  add == T*(N + N - 1)  exp == T*N  div == T*N }
    """,
    "activations": """
        model M(x: [T, 2*C]) -> [T, C] { return x -> dropout(0.1) -> hardswish -> relu6 -> identity -> glu }
        expect M { cmp == 4*2*T*C  add == 2*T*C  div == 2*T*C  mul == 2*T*C + T*C  exp == T*C }
    """,
    "PReLU": """
        model M(x: [T, C]) -> [T, C] { return x -> PReLU -> PReLU(C) }
        expect M { params == 1 + C  mul == 2*T*C  cmp == 4*T*C }
    """,
    "FIR": """
        model M(x: [B, T], K) -> [B, T] { return x -> FIR(K) }
        expect M { params == K  macs == B*K*T }
    """,
    "IIR": """
        model M(x: [B, T]) -> [B, T] { return x -> IIR }
        expect M { params == 2  multiplications == 2*T*B  additions == T*B  depth grows T }
    """,
    "RNN": """
        model M(x: [B, T, I], H) -> [B, T, H] { return x -> RNN(H, act = relu) }
        expect M { params == H*(I + H + 2)  macs == B*T*H*(I + H)  cmp == B*T*H  depth grows T }
    """,
    "LSTM, PyTorch": """
        model M(x: [B, T, I], H) -> [B, T, H] { return x -> LSTM(H) }
        expect M { params == 4*H*(I + H + 2)  macs == 4*B*T*H*(I + H)  depth grows T }
    """,
    "LSTM, Keras": """
        model M(x: [T, I], H) { return x -> LSTM(H, biases = 1) }
        expect M { params == 4*H*(I + H + 1)  add == T*(9*H) }           # W x + U h, then + b: 8; the cell: 1
    """,
    "LSTM, projected": """
        model M(x: [T, I], H, P) -> [T, P] { return x -> LSTM(H, proj = P, bias = false) }
        expect M { params == 4*H*(I + P) + H*P  macs == T*(4*H*(I + P) + H*P) }
    """,
    "LSTM, peepholes": """
        model M(x: [T, I], H) { return x -> LSTM(H, biases = 1, peepholes = true) }
        expect M { params == 4*H*(I + H + 1) + 3*H  mul == T*(3*H + 3*H)  macs == 4*H*T*(I + H) }
    """,
    "GRU, PyTorch": """
        model M(x: [T, I], H) { return x -> GRU(H) }
        expect M { params == 3*H*(I + H + 2)  macs == 3*H*T*(I + H)  exp == 3*H*T  mul == 3*H*T  depth grows T }
    """,
    "GRU of the paper": """
        model M(x: [T, I], H) { return x -> GRU(H, biases = 1, reset_after = false) }
        expect M { params == 3*H*(I + H + 1)  macs == 3*H*T*(I + H)  mul == 3*H*T }
    """,
    "Bidirectional": """
        model M(x: [T, I], H) -> [T, 2*H] { return x -> Bidirectional(GRU, H, bias = false) }
        expect M { params == 6*(I*H + H*H)  macs == 6*T*(I*H + H*H) }
    """,
    "Stacked": """
        model M(x: [T, I], H, L) -> [T, H] { return x -> Stacked(RNN, H, layers = L, bias = false) }
        expect M { params == I*H + H*H + (L - 1)*2*H*H  macs == T*(I*H + H*H + (L - 1)*2*H*H) }
    """,
    "attention": """
        model M(q: [B, M, D], k: [B, N, D], v: [B, N, E]) -> [B, M, E] { return attention(q, k, v) }
        expect M { params == 0  macs == B*(M*N*D + M*N*E)  exp == B*M*N  div == 2*B*M*N }
    """,
    "causal_attention": """
        model M(x: [T, D]) -> [T, D] { return causal_attention(x, x, x) }
        expect M { macs == D*T*(T + 1)  exp == T*(T + 1)/2  depth grows 1 }   # 1 + 2 + ... + T keys, twice
    """,
    "windowed_attention": """
        model M(x: [T, D], w) -> [T, D] { assume T >= w  return windowed_attention(x, x, x, w) }
        expect M { macs == 2*D*(w*T - w*(w - 1)/2)  macs grows T }            # the first w - 1 see less than w
    """,
    "AdditiveAttention": """
        model M(q: [M, D], k: [N, C], v: [N, E], A) -> [M, E] { return AdditiveAttention(q, k, v, A) }
        expect M {
          params == D*A + C*A + 2*A
          macs == D*A*M + C*A*N + M*N*A + M*N*E
          exp == M*N*A + M*N
        }
    """,
    "SelfAttention": """
        model M(x: [B, T, D], h) -> [B, T, D] { return x -> SelfAttention(h) }
        expect M { params == 4*D*(D + 1)  macs == B*(4*D*D*T + 2*D*T*T) }
    """,
    "grouped queries": """
        model M(x: [T, D], h, g) -> [T, D] { return x -> SelfAttention(h, kv_heads = g, bias = false) }
        expect M { params == 2*D*D + 2*D*D*g/h  macs == T*(2*D*D + 2*D*D*g/h) + 2*D*T*T }
    """,
    "causal heads": """
        model M(x: [T, D], h) -> [T, D] { return x -> SelfAttention(h, bias = false, attend = causal_attention) }
        expect M { macs == 4*D*D*T + D*T*(T + 1) }
    """,
    "CrossAttention": """
        model M(x: [M, D], z: [N, C], h) -> [M, D] { return CrossAttention(x, z, h, bias = false) }
        expect M { params == 2*D*D + 2*C*D  macs == 2*D*D*M + 2*C*D*N + 2*D*M*N }
    """,
    "positions": """
        model M(x: [T, D]) -> [T, D] {
          assume T <= 512
          return x -> LearnedPositions(512) -> sinusoidal -> rotary
        }
        expect M { params == 512*D  mul == 2*T*D  add == 2*T*D + T*D }   # rotary: 4 products, 2 sums for 2 channels
    """,
    "FeedForward": """
        model M(x: [T, D]) -> [T, D] { return x -> FeedForward(act = gelu) }
        expect M { params == 8*D*D + 5*D  macs == 8*D*D*T }
    """,
    "GatedFeedForward": """
        model M(x: [T, D], F) -> [T, D] { return x -> GatedFeedForward(F, act = gelu) }
        expect M { params == 3*D*F  macs == 3*D*F*T }
    """,
    "MixtureOfExperts": """
        model M(x: [B, T, D], E, k, F) -> [B, T, D] { return x -> MixtureOfExperts(E, k, F) }
        expect M { params == D*E + 3*E*D*F  active == D*E + 3*k*D*F  macs == B*T*(D*E + 3*k*D*F) }
    """,
    "TransformerEncoderLayer": """
        model M(x: [B, T, D], h) -> [B, T, D] { return x -> TransformerEncoderLayer(h) }
        expect M { params == 12*D*D + 13*D  macs == B*(12*D*D*T + 2*D*T*T) }  # GPT-2's count for one block
    """,
    "LLaMA's block": """
        model M(x: [T, D], h, g, F) -> [T, D] {
          return x -> TransformerEncoderLayer(h, F, silu, norm_first = true, bias = false, norm = RMSNorm,
                                              ffn = GatedFeedForward, kv_heads = g, positions = rotary,
                                              attend = causal_attention)
        }
        expect M { params == 2*D*D + 2*D*D*g/h + 3*D*F + 2*D }
    """,
    "TransformerDecoderLayer": """
        model M(x: [T, D], z: [S, D], h, F) -> [T, D] { return TransformerDecoderLayer(x, z, h, F) }
        expect M {
          params == 8*(D*D + D) + 2*D*F + F + D + 6*D
          macs == 6*D*D*T + 2*D*D*S + 2*D*T*T + 2*D*T*S + 2*D*F*T
        }
    """,
}


@pytest.mark.parametrize("name", CASES)
def test_layer(name: str) -> None:
    """A layer costs what its definition says, derived by hand."""
    document = symcost.loads(CASES[name])
    document.model()
    for checked in document.check():
        assert checked.ok, f"{checked.text}: found {checked.found}"
