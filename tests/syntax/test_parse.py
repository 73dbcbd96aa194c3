"""What the language can say, and the tree each saying becomes."""

from fractions import Fraction
from pathlib import Path

import pytest

from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax import ast
from symcost.syntax.parse import parse, parse_expression

OWN = Path(__file__).parents[2]
ARCH_FILES = sorted([*OWN.glob("examples/**/*.arch"), *OWN.glob("symcost/library/*.arch")])


def show(node: object) -> str:
    """A tree as text with every bracket written, so that trees can be compared by reading."""
    match node:
        case ast.File(items=items):
            return "\n".join(map(show, items))
        case ast.Use(path=path):
            return f"use {show(path)}"
        case ast.Dim(name=name, words=words, latex=latex):
            return f'dim {show(name)} "{words}"' + (f' latex "{latex}"' if latex is not None else "")
        case ast.Config():
            head = f"config {show(node.name)}" + (f" {show(node.model)}" if node.model else "")
            head += f" for {commas(node.types)}" if node.types else ""
            head += f" as {commas(node.classes)}" if node.classes else ""
            head += f" like {show(node.like)}" if node.like else ""
            return f"{head} {{ {commas((*node.entries, *node.demands))} }}"
        case ast.Rate(name=name, value=value):
            return f"rate {show(name)} = {show(value)[1:-1]}"
        case ast.Const(name=name, value=value):
            return f"const {show(name)} = {show(value)}"
        case ast.Demand(condition=condition):
            compared = isinstance(condition, ast.Binary)
            return f"assume {show(condition)[1:-1] if compared else show(condition)}"
        case ast.Member(base=base, name=name):
            return f"{show(base)}.{show(name)}"
        case ast.Chosen(then=then, condition=condition, otherwise=otherwise):
            return f"({show(then)} if {show(condition)} else {show(otherwise)})"
        case ast.Listed(item=item, name=name, over=over):
            return f"[{show(item)} for {show(name)} in {show(over)}]"
        case ast.RepeatTogether(names=names, over=over, body=body):
            return f"repeat {commas(names)} in {commas(over)} {{ {blanks(body)} }}"
        case ast.Port(listed=True):
            return f"{show(node.name)}: list"
        case ast.Expect(model=model, config=config, checks=checks):
            return f"expect {show(model)}{f'({show(config)})' if config else ''} {{ {blanks(checks)} }}"
        case ast.Check(quantity=quantity, relation=relation, value=value, tolerance=tolerance):
            within = "" if tolerance is None else f" within {float(tolerance)}"
            return f"{show(quantity)} {relation} {show(value)}{within}"
        case ast.Definition():
            # The closing quotes stand on a line of their own: a text may end in a quote.
            doc = "" if node.doc is None else f'"""{node.doc}\n"""\n'
            returns = f" -> {commas(node.returns)}" if node.returns else ""
            ports = commas(node.ports)
            return f"{doc}{node.kind} {show(node.name)}({ports}){returns} {{ {blanks(node.body)} }}"
        case ast.Port(name=name, shape=shape, default=default):
            return show(name) + (f": {show(shape)}" if shape else "") + (f" = {show(default)}" if default else "")
        case ast.Param(entries=entries, kind=kind):
            return f"{kind} {commas(entries)}"
        case ast.ParamEntry(name=name, shape=shape):
            return f"{show(name)}: {show(shape)}"
        case ast.Layer(name=name, value=value):
            return f"layer {show(name)} = {show(value)}"
        case ast.Let(name=name, value=value, words=words, latex=latex):
            said = (f' "{words}"' if words is not None else "") + (f' latex "{latex}"' if latex is not None else "")
            return f"let {show(name)} = {show(value)}{said}"
        case ast.Assign(targets=targets, value=value, shapes=shapes):
            said_of = [f": {show(shape)}" if shape else "" for shape in shapes or [None] * len(targets)]
            named = ", ".join(show(target) + said for target, said in zip(targets, said_of, strict=True))
            return f"{named} = {show(value)}"
        case ast.IndexAssign(target=target, indices=indices, value=value):
            return f"{show(target)}[{commas(indices)}] = {show(value)}"
        case ast.Bound(name=name, extent=extent):
            return f"{show(name)} in {show(extent)}"
        case ast.Emit(name=name, value=value, place=place):
            return f"emit {show(name)}{f'[{commas(place)}]' if place else ''} = {show(value)}"
        case ast.Return(values=values):
            return f"return {commas(values)}"
        case ast.Divides(divisor=divisor, multiple=multiple):
            return f"assume {show(divisor)} divides {show(multiple)}"
        case ast.Assume(condition=condition):
            return f"assume {show(condition.left)} {condition.op} {show(condition.right)}"
        case ast.Carry(name=name, shape=shape, init=init):
            return f"{show(name)}: {show(shape)}" + (f" = {show(init)}" if init else "")
        case ast.Scan(counter=counter, over=over, carries=carries, body=body):
            carried = f" with {commas(carries)}" if carries else ""
            return f"{node.kind} {show(counter)} in {show(over)}{carried} {{ {blanks(body)} }}"
        case ast.Repeat():
            counter = f"{show(node.counter)} in " if node.counter else ""
            shared = " shared" if node.shared else ""
            carried = f" with {commas(node.carries)}" if node.carries else ""
            return f"repeat {counter}{show(node.over)}{shared}{carried} {{ {blanks(node.body)} }}"
        case ast.Choose(active=active, total=total, body=body):
            return f"choose {show(active)} of {show(total)} {{ {blanks(body)} }}"
        case ast.Marked(kind=kind, body=body):
            return f"{kind} {{ {blanks(body)} }}"
        case ast.If(condition=condition, then=then, otherwise=otherwise):
            other = f" else {{ {blanks(otherwise)} }}" if otherwise else ""
            return f"if {show(condition)} {{ {blanks(then)} }}{other}"
        case ast.Name(text=text):
            return text
        case ast.Number(value=value):
            return str(value) if value.denominator == 1 else str(float(value))
        case ast.String(value=value):
            return f'"{value}"'
        case ast.Bool(value=value):
            return str(value).lower()
        case ast.Ellipsis(group=group):
            return f"...{group}"
        case ast.List(items=items):
            return f"[{commas(items)}]"
        case ast.Unary(op=op, operand=operand):
            return f"({op} {show(operand)})"
        case ast.Binary(op=op, left=left, right=right):
            return f"({show(left)} {op} {show(right)})"
        case ast.Keyword(name=name, value=value):
            return f"{show(name)} = {show(value)}"
        case ast.Call(function=function, args=args, keywords=keywords):
            return f"{show(function)}({commas([*args, *keywords])})"
        case ast.Pipe(value=value, stage=stage):
            return f"({show(value)} -> {show(stage)})"
        case ast.Slice(start=start, stop=stop, step=step):
            return f"{show(start) if start else ''}:{show(stop) if stop else ''}{f':{show(step)}' if step else ''}"
        case ast.Subscript(base=base, items=items):
            return f"{show(base)}[{commas(items)}]"
        case ast.Range(start=start, stop=stop):
            return f"{show(start)}..{show(stop)}"
        case ast.WindowIndex(name=name, extent=extent):
            return f"{show(name)} in {show(extent)}"
        case ast.Window(op=op, indices=indices, body=body):
            return f"({show(op)}({commas(indices)}) {show(body)})"
    raise AssertionError(node)


def commas(nodes: object) -> str:
    return ", ".join(map(show, nodes))  # type: ignore[call-overload]


def blanks(nodes: object) -> str:
    return "  ".join(map(show, nodes))  # type: ignore[call-overload]


def tree(text: str) -> ast.File:
    return parse(Source("test.arch", text))


def expression(text: str) -> str:
    return show(parse_expression(Source("test.arch", text)))


def body(text: str) -> str:
    (model,) = tree(f"model M(x: [T]) {{ {text} }}").items
    assert isinstance(model, ast.Definition)
    return blanks(model.body)


# Expressions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b * c // d % e @ f", "(((((a / b) * c) // d) % e) @ f)"),
        ("-x^2", "(- (x ^ 2))"),
        ("2^-l", "(2 ^ (- l))"),
        ("2^l^2", "(2 ^ (l ^ 2))"),
        ("-a * b", "((- a) * b)"),
        ("x[t] @ W + h @ U + b", "(((x[t] @ W) + (h @ U)) + b)"),
        ("x + f(x) -> relu", "((x + f(x)) -> relu)"),
        ("x -> Linear(H) -> relu", "((x -> Linear(H)) -> relu)"),
        ("not a == b and c or d", "(((not (a == b)) and c) or d)"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("x[t][0]", "x[t][0]"),
        ("(x -> f)[0]", "(x -> f)[0]"),
    ],
)
def test_the_ladder(text: str, meaning: str) -> None:
    """Pipes are loosest, then logic, comparison, sums, products, sign, powers, subscripts."""
    assert expression(text) == meaning


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons(op: str) -> None:
    """Each comparison compares two sums."""
    assert expression(f"a + 1 {op} b") == f"((a + 1) {op} b)"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("max(k in K) y[stride*t + k, c]", "(max(k in K) y[((stride * t) + k), c])"),
        ("max(j in 2, i in 2) x[2*y + j, i]", "(max(j in 2, i in 2) x[((2 * y) + j), i])"),
        ("sum(k in K) x[k]^2", "(sum(k in K) (x[k] ^ 2))"),
        ("2 * max(k in K) x[k] + 1", "((2 * (max(k in K) x[k])) + 1)"),
        ("-max(k in K) (x[k] + 1)", "(- (max(k in K) (x[k] + 1)))"),
        ("max(k in K) min(l in L) x[k, l]", "(max(k in K) (min(l in L) x[k, l]))"),
        ("max(k)", "max(k)"),
    ],
)
def test_a_window_binds_like_a_sign(text: str, meaning: str) -> None:
    """The body of a window is what a minus in front would negate."""
    assert expression(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "x[t, d]",
        "x[..., 0:(t + 1), :]",
        "x[:n]",
        "x[n:]",
        "x[]",
        "f()",
        "Linear(x, O = H)",
        'f(x, pad = "same", bias = false, act = gelu)',
        "reshape(x, [T, heads, (D / heads)])",
        "transpose(x, [1, 0, 2])",
        "[]",
        "[..., I]",
    ],
)
def test_written_as_read(text: str) -> None:
    """Subscripts, calls and lists keep the form in which they are written."""
    assert expression(text) == text


def test_trailing_commas() -> None:
    """A comma before a closing bracket adds nothing."""
    assert expression("f(x, [a, b,], y[i,], O = H,)") == "f(x, [a, b], y[i], O = H)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("784", Fraction(784)),
        ("0.5", Fraction(1, 2)),
        ("4.09e9", Fraction(4_090_000_000)),
        ("1e-3", Fraction(1, 1000)),
        ("37_184_640", Fraction(37_184_640)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    """A decimal number is the fraction it writes, never a float."""
    number = parse_expression(Source("test", text))
    assert isinstance(number, ast.Number) and number.value == value


def test_strings_are_taken_literally() -> None:
    """A backslash is a backslash, as LaTeX needs it, and `#` in a string begins no comment."""
    assert expression(r'"d_{\mathrm{a}} # \n"') == r'"d_{\mathrm{a}} # \n"'


@pytest.mark.parametrize(
    "name", ["λ", "d_model", "x_", "_", "I", "S", "lambda", "W₁", "größe", "max", "emitter", "iff"]
)
def test_names(name: str) -> None:
    """Unicode letters, digits and `_` make a name; no name belongs to SymPy or to Python."""
    assert expression(name) == name


SOFT = "use dim latex config expect grows within module model in of with shared divides".split()


@pytest.mark.parametrize("word", SOFT)
def test_words_that_are_names_elsewhere(word: str) -> None:
    """A word that means something in one place only is a name in all others, even in its own."""
    assert body(f"{word} = {word} + f({word} = {word})  {word}[{word}] = {word}[{word}]")
    assert body(f"scan {word} in {word} with {word}: [{word}] = {word} {{ emit {word} = {word} }}")
    assert body(f"repeat {word} in {word} {{ }} repeat {word} shared {{ }} choose {word} of {word} {{ }}")
    assert body(f"assume {word} divides {word} y = max({word} in {word}) x param {word}: [{word}]")
    assert tree(f'dim {word} "words" latex "w", {word} "words" config {word} {{ {word} = 1 }}')
    assert tree(f"model {word}({word}: [{word}], {word}) {{ }} expect {word}({word}) {{ macs grows {word} }}")
    assert tree(f"assume {word} divides {word} assume {word} >= {word} expect {word} {{ a ~= {word} within 1 }}")


# Statements ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "param W: [I, O], b: [O]",
        "param s: []",
        "layer f = Linear(H)",
        "layer f = relu",
        "h = tanh(x)",
        "y, state = Cell(x, h)",
        "h: [T, (4 * D)] = x",
        "y: [..., T], state, s: [] = Cell(x, h)",
        "let d = (D / heads)",
        'let d = (D / heads) "head width"',
        'let d = (D / heads) "head width" latex "d_h"',
        "y[..., o] = (x[..., i] * W[i, o])",
        "y[((s * t) + k), o] = x[o]",
        "y[] = (x[i] * w[i])",
        "y[t, i in 2, c] = x[((2 * t) + i), c]",
        "emit y = h",
        "return y",
        "return y, state",
        "emit y[..., t, :] = h",
        "for t in T { emit y[t, :] = x }",
        "for t in 1..T {  }",
        "scan t in T {  }",
        "scan t in 1..T with h: [H], K: [t, D] = K0 { h = x  emit y = h }",
        "repeat L { x = x }",
        "repeat l in L { x = x }",
        "repeat L shared { x = x }",
        "repeat l in 1..(L + 1) shared with x: [(N / (2 ^ l))] { x = x }",
        "choose k of E { emit y = x }",
        "frozen { param W: [I, O]  y = (x @ W) }",
        "recompute { x = x }",
        "if bias { y = x }",
        "if (bias and (heads > 1)) { y = x } else { y = z }",
        "assume heads divides D",
        "assume T >= K",
    ],
)
def test_statements_are_written_as_read(text: str) -> None:
    """Every statement keeps its form."""
    assert body(text) == text


def test_else_if_nests() -> None:
    """`else if` is an `if` inside `else`."""
    assert body("if a { } else if b { } else { x = y }") == "if a {  } else { if b {  } else { x = y } }"


def test_line_ends_carry_no_meaning() -> None:
    """A pipeline may break before `->`, and several statements may share a line."""
    assert body("x = x\n -> f\n\n -> g y = x\r\n  return\ny") == "x = ((x -> f) -> g)  y = x  return y"


# Top level -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'use "blocks.arch"',
        'dim T "time"',
        r'dim d_model "width" latex "d_{model}"',
        "config tiny { D = 384, L = 4 }",
        "config none {  }",
        "config hf { D = (n_embd or hidden_size), F = (4 * n_embd), assume n_positions == 1024 }",
        "expect M {  }",
        "expect M(tiny) { params == 37184640  macs grows (T ^ 2)  depth grows (T * log(T))  exp grows 1 }",
        "expect M { macs ~= 4090000000 within 0.005 }",
        "assume 32 divides Y",
        "assume T >= K",
        "model M() {  }",
        "model M(x: [784], H) -> [10] { return x }",
        "module Cell(x: [..., I], h: [H], act = tanh, bias = true) -> [..., H], [H] {  }",
    ],
)
def test_items_are_written_as_read(text: str) -> None:
    """Everything that may stand at the top level keeps its form."""
    assert show(tree(text)) == text


def test_several_dims_in_one_line() -> None:
    """`dim` takes a list; each entry is an item of its own."""
    assert show(tree('dim T "time", λ "waves" latex "l"')) == 'dim T "time"\ndim λ "waves" latex "l"'


def test_per_cent() -> None:
    """`within 0.5%` is within 0.005."""
    assert show(tree("expect M { a ~= 1 within 0.5% }")) == show(tree("expect M { a ~= 1 within 0.005 }"))


def test_docs() -> None:
    """A text in triple quotes documents the definition behind it, without the indentation of the file."""
    (definition,) = tree('"""One line.\n\n   Another.\n"""\n# comment\nmodule f(x) { }').items
    assert isinstance(definition, ast.Definition) and definition.doc == "One line.\n\nAnother."


def test_nothing() -> None:
    """An empty file is a file."""
    assert tree("").items == () == tree("# only a comment").items


def test_an_assumption_ends_where_a_definition_begins() -> None:
    """At the top level, too, a statement ends where the next one begins."""
    text = "assume T >= model module Net(x) {  }"
    assert show(tree(text)) == "assume T >= model\nmodule Net(x) {  }"


def test_spans() -> None:
    """Every tree knows its own text; brackets belong to what they hold."""
    text = "module f(x: [T]) -> [T] {\n  y = (x + 1) * x[t]\n  if y { z = x }\n  return y\n}"
    (definition,) = tree(f"# comment\n{text}  # end").items
    assert isinstance(definition, ast.Definition)
    assign, condition, _ = definition.body
    assert definition.span.text == text
    assert definition.head.text == "module f(x: [T]) -> [T]"
    assert assign.span.text == "y = (x + 1) * x[t]"
    assert condition.span.text == "if y { z = x }"
    assert isinstance(assign, ast.Assign) and isinstance(assign.value, ast.Binary)
    assert (assign.value.left.span.text, assign.value.right.span.text) == ("(x + 1)", "x[t]")
    assert assign.span.line == 3


# Whole files -----------------------------------------------------------------------------------

ELMAN = """
# The Elman recurrent network.
dim T "time", I "input channels", H "hidden channels"

model Elman(x: [T, I], H) -> [T, H] {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] {
    h = tanh(x[t] @ W + h @ U + b)
    emit y = h
  }
  return y
}

expect Elman {
  macs   == (I*H + H*H)*T
  depth grows T
}
"""


def test_a_whole_file() -> None:
    """A file reads from the top to the bottom, and its tree, written out, reads the same."""
    once = tree(ELMAN)
    assert [type(item) for item in once.items] == [ast.Dim, ast.Dim, ast.Dim, ast.Definition, ast.Expect]
    assert show(tree(show(once))) == show(once)


@pytest.mark.slow
@pytest.mark.parametrize("path", ARCH_FILES, ids=lambda path: path.name)
def test_our_own_files(path: Path) -> None:
    """Every example and every layer of the library is in the language, and survives being written out."""
    try:
        once = parse(Source(path.name, path.read_text(encoding="utf-8")))
    except SymcostError as fault:
        pytest.fail(str(fault))
    assert show(tree(show(once))) == show(once)
