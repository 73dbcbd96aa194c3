// What the page shows at the moment: a model, one of its graphs, numbers for its sizes, a quantity.

const DATA = JSON.parse(await textOf(document.getElementById("data")));

// Large data are compressed. A browser that cannot read them keeps what stands on the page without a script.
async function textOf(element) {
  if (!("packed" in element.dataset)) return element.textContent;
  const packed = Uint8Array.from(atob(element.textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(element.dataset.packed));
  return new Response(stream).text();
}
const LONGEST = 302; // digits: a size has at most 1000 bits
const MOST_STEPS = 4096n; // how far a slider looks for a size that keeps the assumptions

// What an object of the data has under a name, which may be `constructor`.
const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

const MATH = DATA.math.map(([inside, spoken]) => [unpacked(inside), spoken]);

// See packed.py.
function unpacked(text) {
  if (text.startsWith("=")) return text.slice(1);
  return text.replace(/[^]/gu, (sign) => own(DATA.signs, sign) ?? sign);
}

// A graph of a model, ready to be worked out; made when it is first shown.
class Variant {
  constructor(told) {
    Object.assign(this, told);
    this.inputs = told.sizes.length;
    this.steps = compiled(told.program.steps, this.inputs);
    this.names = told.sizes.map(([name]) => name);
    this.checks = told.facts.map((fact) => prepared(fact, this.inputs));
    this.parts = new Map();
  }

  // What is needed for one value alone.
  part(at) {
    if (!this.parts.has(at)) this.parts.set(at, needed(this.steps, this.inputs, this.program.places[at]));
    return this.parts.get(at);
  }

  // The value, or null where it cannot be worked out.
  value(at, inputs, most) {
    try {
      return value(this.part(at), inputs, most);
    } catch (problem) {
      if (problem instanceof TooLarge || problem instanceof Undefined) return null;
      throw problem;
    }
  }

  // The assumptions that numbers break.
  broken(inputs) {
    return this.assumed.filter((number) => !keeps(this.checks[number], inputs));
  }

  // Whether the formula of a quantity holds with these numbers.
  holds(name, inputs) {
    return this.quantities[name].holds.every((number) => keeps(this.checks[number], inputs));
  }
}

const made = new Map();

function variantOf(model, number) {
  const key = `${model.name}/${number}`;
  if (!made.has(key)) made.set(key, new Variant(model.variants[number]));
  return made.get(key);
}

const state = { model: null, variant: null, config: "", values: new Map(), wrong: new Map(), quantity: DATA.of, line: null };

function begin(model) {
  state.model = model;
  state.values = new Map(Object.entries(model.start.values).map(([name, text]) => [name, BigInt(text)]));
  state.wrong = new Map();
  state.config = model.start.config;
  setVariant(model.start.variant);
}

function setVariant(number) {
  state.number = number;
  state.variant = variantOf(state.model, number);
  state.line = null;
  if (!own(state.variant.quantities, state.quantity)) state.quantity = Object.keys(state.variant.quantities)[0];
}

function setConfig(name) {
  const configs = state.model.configs;
  const config = configs.find((one) => one.name === name) ?? (state.model.whole ? undefined : configs[0]);
  state.config = config?.name ?? "";
  setVariant(config ? config.variant : 0);
  for (const [size, text] of Object.entries(config ? config.values : {})) state.values.set(size, BigInt(text));
  state.wrong.clear();

  // Sizes that the configuration leaves open stay as they are, if that breaks nothing.
  const numbers = inputs();
  if (config && (numbers === null || state.variant.broken(numbers).length)) {
    for (const [size, text] of Object.entries(config.start)) state.values.set(size, BigInt(text));
  }
}

// Whether numbers are no longer those of the configuration that was chosen.
function changed() {
  const config = state.model.configs.find((one) => one.name === state.config);
  return config ? Object.entries(config.values).some(([name, text]) => state.values.get(name) !== BigInt(text)) : false;
}

// The numbers in the order of the inputs; null while one is missing or wrong.
function inputs() {
  const found = state.variant.names.map((name) => (state.wrong.has(name) ? undefined : state.values.get(name)));
  return found.some((one) => one === undefined) ? null : found;
}

// What was typed as a positive whole number: `448`, `51_865`, `2^20`, `1e6`; null for anything else.
function typed(text) {
  const plain = text.replace(/[\s_\u202f]/g, "");
  const short = /^(\d{1,3})\^(\d{1,3})$/.exec(plain);
  const power = /^(\d{1,9})[eE](\d{1,3})$/.exec(plain);
  let found = null;
  if (/^\d+$/.test(plain) && plain.length <= LONGEST) found = BigInt(plain);
  else if (short) found = BigInt(short[1]) ** BigInt(short[2]);
  else if (power) found = BigInt(power[1]) * 10n ** BigInt(power[2]);
  return found !== null && found >= 1n && bits(found) <= 1000n ? found : null;
}

// Sliders ------------------------------------------------------------------------------------------

// 1 to 16, then eight to each doubling: numbers that many others divide.
const TICKS = (() => {
  const ticks = Array.from({ length: 16 }, (_, place) => BigInt(place + 1));
  for (let shift = 1n; shift < 40n; shift += 1n) {
    for (let part = 9n; part <= 16n; part += 1n) ticks.push(part << shift);
  }
  return ticks;
})();

function nearestTick(size) {
  let place = TICKS.findIndex((tick) => tick >= size);
  if (place < 0) place = TICKS.length - 1;
  const under = TICKS[place - 1];
  return under !== undefined && size - under < TICKS[place] - size ? place - 1 : place;
}

// How far a slider goes: sixteen times what the page begins with.
function lastTick(name) {
  const start = own(state.model.start.values, name) ?? state.values.get(name) ?? 64n;
  return Math.max(nearestTick(256n), nearestTick(16n * BigInt(start)));
}

// The size that a slider comes to on its way to another: the farthest one that keeps all assumptions, else the next
// behind it; where there is none, the one that it had. With it, the assumption that it stopped at.
function moved(name, wanted) {
  const place = state.variant.names.indexOf(name);
  const old = state.values.get(name) ?? 1n;
  const numbers = state.variant.names.map((one) => state.values.get(one));
  const open = numbers.some((one, other) => one === undefined && other !== place);
  if (open || wanted === old) return [wanted, null];
  const breaks = (size) => state.variant.broken(numbers.map((one, other) => (other === place ? size : one)))[0];
  const stopped = breaks(wanted);
  if (stopped === undefined) return [wanted, null];
  const way = wanted > old ? 1n : -1n;
  for (let size = wanted - way, turn = 0n; size !== old && size >= 1n && turn < MOST_STEPS; size -= way, turn += 1n) {
    if (breaks(size) === undefined) return [size, stopped];
  }
  const end = TICKS[lastTick(name)];
  for (let size = wanted + way, turn = 0n; size >= 1n && size <= end && turn < MOST_STEPS; size += way, turn += 1n) {
    if (breaks(size) === undefined) return [size, null];
  }
  return [old, stopped];
}

// The address ----------------------------------------------------------------------------------------

function address() {
  const told = new URLSearchParams();
  told.set("model", state.model.name);
  if (state.config) told.set("config", state.config);
  told.set("of", state.quantity);
  for (const name of state.variant.names) {
    if (state.values.has(name)) told.set(`size.${name}`, exact(state.values.get(name)));
  }
  return `#${told}`;
}

// Reads an address; what it says of things that are not there is left out.
function readAddress(text) {
  const told = new URLSearchParams(text.replace(/^#/, ""));
  const model = DATA.models.find((one) => one.name === told.get("model")) ?? DATA.models[DATA.start];
  begin(model);
  if (told.has("model")) setConfig(told.get("config") ?? "");
  if (own(state.variant.quantities, told.get("of"))) state.quantity = told.get("of");
  for (const name of state.variant.names) {
    const size = told.has(`size.${name}`) ? typed(told.get(`size.${name}`)) : null;
    if (size !== null) state.values.set(name, size);
  }
}
