// Exact numbers and the programs that work them out. A whole number is a BigInt, any other one {n, d} in lowest terms.

class TooLarge extends Error {}
class Undefined extends Error {} // a division by zero, the logarithm of nothing

const MAX_ROUNDS = 1000000;
const MAX_BITS = 10000n;
const EXACT_BITS = 64n;
const MAX_DEGREE = 64n;

const isFraction = (x) => typeof x === "object";
const above = (x) => (isFraction(x) ? x.n : x);
const below = (x) => (isFraction(x) ? x.d : 1n);
const size = (x) => (x < 0n ? -x : x);

function divisor(a, b) {
  a = size(a);
  b = size(b);
  while (b) [a, b] = [b, a % b];
  return a;
}

function fraction(n, d) {
  if (d === 0n) throw new Undefined("a division by zero");
  if (d < 0n) [n, d] = [-n, -d];
  const common = divisor(n, d);
  n /= common;
  d /= common;
  return d === 1n ? n : { n, d };
}

function bits(x) {
  x = size(x);
  if (x === 0n) return 0n;
  const digits = x.toString(16);
  return BigInt(4 * (digits.length - 1) + (32 - Math.clz32(parseInt(digits[0], 16))));
}

function bounded(x) {
  if (bits(above(x)) > MAX_BITS || bits(below(x)) > MAX_BITS) throw new TooLarge("a number of too many digits");
  return x;
}

const floorDivision = (n, d) => {
  const quotient = n / d;
  return n % d !== 0n && n < 0n !== d < 0n ? quotient - 1n : quotient;
};

const add = (x, y) =>
  isFraction(x) || isFraction(y) ? fraction(above(x) * below(y) + above(y) * below(x), below(x) * below(y)) : x + y;
const multiply = (x, y) =>
  isFraction(x) || isFraction(y) ? fraction(above(x) * above(y), below(x) * below(y)) : x * y;
const negate = (x) => (isFraction(x) ? { n: -x.n, d: x.d } : -x);
const subtract = (x, y) => add(x, negate(y));
const divide = (x, y) => fraction(above(x) * below(y), below(x) * above(y));
const compare = (x, y) => {
  const left = above(x) * below(y);
  const right = above(y) * below(x);
  return left < right ? -1 : left > right ? 1 : 0;
};
const floor = (x) => (isFraction(x) ? floorDivision(x.n, x.d) : x);
const ceil = (x) => -floor(negate(x));
const least = (x, y) => (compare(x, y) <= 0 ? x : y);
const greatest = (x, y) => (compare(x, y) >= 0 ? x : y);
const remainder = (x, y) => subtract(x, multiply(y, floor(divide(x, y))));

function raised(base, exponent) {
  if (exponent < 0n) return divide(1n, raised(base, -exponent));
  return fraction(above(base) ** exponent, below(base) ** exponent);
}

function wholePower(base, exponent) {
  const longest = bits(greatest(size(above(base)), below(base))) - 1n;
  if (longest * size(exponent) > MAX_BITS) throw new TooLarge("a power of too many digits");
  return raised(base, exponent);
}

function integerRoot(value, degree) {
  // Newton's rule from above: the first guess that does not fall is it.
  if (value === 0n) return 0n;
  let guess = 1n << -floorDivision(-bits(value), degree);
  for (;;) {
    const better = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (better >= guess) return guess;
    guess = better;
  }
}

function root(value, degree) {
  const n = above(value);
  const d = below(value);
  const [up, down] = [integerRoot(n, degree), integerRoot(d, degree)];
  if (up ** degree === n && down ** degree === d) return fraction(up, down);
  const shift = EXACT_BITS + bits(d);
  return fraction(integerRoot((n << (shift * degree)) / d, degree), 1n << shift);
}

function power(base, exponent) {
  if (!isFraction(exponent)) return wholePower(base, exponent);
  if (exponent.d > MAX_DEGREE || compare(base, 0n) < 0) throw new TooLarge("a root that has no exact value");
  return root(wholePower(base, exponent.n), exponent.d);
}

// Binary places after which the logarithm of a number is told from that of its neighbours.
const placesOf = (x) => EXACT_BITS + bits(above(x)) + bits(below(x));

// It is cut after `least` binary places at least.
function logarithm(value, least = 0n) {
  // The whole part by counting digits, then each binary place by squaring the mantissa, which lies in 1 to 2.
  if (compare(value, 0n) <= 0) throw new Undefined("the logarithm of a number that is not positive");
  const [n, d] = [above(value), below(value)];
  let whole = bits(n) - bits(d);
  if (compare(value, raised(2n, whole)) < 0) whole -= 1n;
  const places = greatest(least, placesOf(value));
  let mantissa = floor(multiply(divide(value, raised(2n, whole)), 1n << (2n * places)));
  let result = 0n;
  for (let place = 0n; place < places; place += 1n) {
    mantissa = (mantissa * mantissa) >> (2n * places);
    result <<= 1n;
    if (mantissa >> (2n * places + 1n)) {
      mantissa >>= 1n;
      result += 1n;
    }
  }
  return add(whole, fraction(result, 1n << places));
}

function nearest(x) {
  // Halves go to the even neighbour, as in Python.
  const down = floor(x);
  const order = compare(subtract(x, down), { n: 1n, d: 2n });
  if (order === 0) return down % 2n === 0n ? down : down + 1n;
  return order < 0 ? down : down + 1n;
}

function logarithmTo(value, base) {
  // Both as fine as the finer one, as in Python.
  const places = greatest(placesOf(value), placesOf(base));
  const quotient = divide(logarithm(value, places), logarithm(base, places));
  const whole = nearest(quotient);
  const digits = greatest(bits(above(value)), bits(below(value)));
  return size(whole) <= digits && compare(raised(base, whole), value) === 0 ? whole : quotient;
}

// 2 artanh(1/3), cut as in Python.
function naturalLogarithmOf2(places) {
  const one = 1n << (places + EXACT_BITS);
  let total = 0n;
  let term = one / 3n;
  for (let k = 0n; term; k += 1n) {
    total += term / (2n * k + 1n);
    term /= 9n;
  }
  return fraction(2n * total, one);
}

const naturalLogarithm = (value) => multiply(logarithm(value), naturalLogarithmOf2(placesOf(value)));

// In the order of `KINDS` in programs.py.
const OPERATIONS = [
  add,
  multiply,
  divide,
  (x, y) => floor(divide(x, y)),
  (x, y) => ceil(divide(x, y)),
  remainder,
  least,
  greatest,
  power,
  (x) => logarithm(x),
  logarithmTo,
  naturalLogarithm,
  (x) => logarithmTo(x, 10n),
];
const SUM = OPERATIONS.length;

// Programs ---------------------------------------------------------------------------------------

function number(text) {
  const [n, d] = text.split("/");
  return d === undefined ? BigInt(n) : fraction(BigInt(n), BigInt(d));
}

function compiled(steps, inputs) {
  return steps.map((step, turn) => {
    if (typeof step === "string") return { value: number(step), at: inputs + turn, reads: [] };
    const [kind, ...places] = step;
    if (kind !== SUM) return { operation: OPERATIONS[kind], at: inputs + turn, reads: places };
    const [low, high, read, bodyInputs, bodySteps, result] = places;
    const body = compiled(bodySteps, bodyInputs);
    return { sum: { body, result }, at: inputs + turn, reads: [low, high, ...read] };
  });
}

function work(step, values, rounds) {
  if (step.value !== undefined) return step.value;
  const [first, second, ...read] = step.reads;
  if (step.operation) return step.operation(values[first], values[second]);
  const [low, high] = [ceil(values[first]), ceil(values[second])];
  let total = 0n;
  for (let turn = low; turn < high; turn += 1n) {
    rounds.left -= 1;
    if (rounds.left < 0) throw new TooLarge("a sum of too many rounds");
    const inside = [turn, ...read.map((place) => values[place])];
    for (const one of step.sum.body) inside[one.at] = work(one, inside, rounds);
    total = add(total, inside[step.sum.result]);
  }
  return total;
}

// The steps that a value is made of, in order.
function needed(steps, inputs, place) {
  const wanted = new Set([place]);
  const kept = [];
  for (let turn = steps.length - 1; turn >= 0; turn -= 1) {
    const step = steps[turn];
    if (!wanted.has(inputs + turn)) continue;
    step.reads.forEach((one) => wanted.add(one));
    kept.push(step);
  }
  const read = [...wanted].filter((one) => one < inputs);
  return { steps: kept.reverse(), read, place };
}

function value(part, inputs, most = MAX_ROUNDS) {
  const values = [...inputs];
  const rounds = { left: most };
  for (const step of part.steps) values[step.at] = work(step, values, rounds);
  return bounded(values[part.place]);
}

// Assumptions ------------------------------------------------------------------------------------

const MOST_CASES = 10000n;

function prepared(fact, inputs) {
  const all = inputs + fact.rounds.length;
  const part = ([steps, place]) => needed(compiled(steps, all), all, place);
  const ends = fact.rounds.map(([low, high]) => [part(low), high && part(high)]);
  return { ...fact, left: part(fact.left), right: part(fact.right), rounds: ends };
}

// Whether numbers keep an assumption, in every round of the loops it speaks of; of very long ones in both ends.
function keeps(fact, inputs) {
  const given = inputs.length;
  const check = (values, turn) => {
    if (turn === fact.rounds.length) return holds(fact, values);
    const [low, high] = fact.rounds[turn].map((end) => (end ? floor(value(end, values)) : 0n));
    const cases = high - low > MOST_CASES ? [low, high - 1n] : null;
    if (cases) return cases.every((round) => check([...values, round], turn + 1));
    for (let round = low; round < high; round += 1n) {
      if (!check([...values, round], turn + 1)) return false;
    }
    return true;
  };
  try {
    return check(inputs.slice(0, given), 0);
  } catch (problem) {
    if (problem instanceof TooLarge || problem instanceof Undefined) return false;
    throw problem;
  }
}

function holds(fact, values) {
  const [left, right] = [value(fact.left, values), value(fact.right, values)];
  if (fact.kind === "divides") return left !== 0n && !isFraction(divide(right, left));
  return fact.kind === "equal" ? compare(left, right) === 0 : compare(left, right) >= 0;
}

// How numbers are shown ----------------------------------------------------------------------------

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"];

const exact = (x) => (isFraction(x) ? `${x.n}/${x.d}` : `${x}`);

// Digits behind the point of a number that is shown as a decimal.
const MOST_PLACES = 6n;

// Thin spaces between groups of three digits, from five digits on.
const spaced = (digits) => (digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, "\u202f"));

// `1693.125` of a fraction whose decimal ends soon; null of any other.
function decimal(x) {
  const scaled = multiply(x, 10n ** MOST_PLACES);
  if (isFraction(scaled)) return null;
  const places = Number(MOST_PLACES);
  const digits = String(size(scaled)).padStart(places + 1, "0");
  return `${spaced(digits.slice(0, -places))}.${digits.slice(-places).replace(/0+$/, "")}`;
}

// A number for the reader. A quotient has no spaces: `13 546/7` would be read as 13 and 546/7.
function grouped(x) {
  if (compare(x, 0n) < 0) return `-${grouped(negate(x))}`;
  return isFraction(x) ? (decimal(x) ?? exact(x)) : spaced(exact(x));
}

// The first digits of a positive number, rounded, and the power of ten of the first of them.
function rounded(x, places = 3) {
  const [n, d] = [above(x), below(x)];
  let exponent = BigInt(String(n).length - String(d).length);
  if (compare(x, raised(10n, exponent)) < 0) exponent -= 1n;
  const digits = String(nearest(divide(x, raised(10n, exponent - BigInt(places) + 1n))));
  return digits.length > places ? [digits.slice(0, places), exponent + 1n] : [digits, exponent];
}

// `37.2 M`; whole numbers below ten thousand in full.
function si(x) {
  if (!isFraction(x) && size(x) < 10000n) return String(x);
  if (compare(x, 0n) < 0) return `−${si(negate(x))}`;
  const [digits, exponent] = rounded(x);
  if (exponent < 0n) return `0.${"0".repeat(Number(-exponent) - 1)}${digits}`;
  const group = exponent / 3n;
  if (group >= BigInt(PREFIXES.length)) return `${digits[0]}.${digits.slice(1)}e+${exponent}`;
  const whole = Number(exponent - group * 3n) + 1;
  const shown = whole < digits.length ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : digits;
  return `${shown}\u202f${PREFIXES[Number(group)]}`.trim();
}

// Tenths of a per cent for rows of a tree: those inside of a row add up to it (the method of Hamilton).
function shares(levels, values) {
  const found = values.map(() => 0n);
  if (!values.length || compare(values[0], 0n) === 0) return found;
  found[0] = 1000n;
  const parts = values.map((one) => divide(multiply(one, 1000n), values[0]));
  levels.forEach((level, row) => {
    const inside = [];
    for (let next = row + 1; next < levels.length && levels[next] > level; next += 1) {
      if (levels[next] === level + 1) inside.push(next);
    }
    const over = found[row] - inside.reduce((sum, one) => sum + floor(parts[one]), 0n);
    const left = (one) => subtract(parts[one], floor(parts[one]));
    const order = [...inside].sort((one, other) => compare(left(other), left(one)));
    order.forEach((one, place) => {
      found[one] = floor(parts[one]) + (BigInt(place) < over ? 1n : 0n);
    });
  });
  return found;
}

function percent(tenths, part, whole) {
  if (compare(whole, 0n) === 0 || compare(part, 0n) === 0) return "0 %";
  if (compare(part, whole) === 0) return "100 %";
  if (tenths === 0n) return "<0.1 %";
  if (tenths === 1000n && compare(part, whole) < 0) return ">99.9 %";
  return `${tenths / 10n}.${tenths % 10n} %`;
}
