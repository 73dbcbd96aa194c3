// Growth: the chosen quantity over each size that it depends on, the others as they are, both scales logarithmic.

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 260;
const HIGH = 150;
const EDGE = { left: 38, right: 8, top: 14, bottom: 18 };
const PLOT_ROUNDS = 20000;

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, given] of Object.entries(attributes)) made.setAttribute(key, given);
  made.append(...children);
  return made;
}

// The decimal logarithm as a float, for places in a picture alone.
function log10(x) {
  const of = (whole) => {
    const digits = String(whole);
    return Math.log10(Number(digits.slice(0, 15))) + Math.max(0, digits.length - 15);
  };
  return of(above(x)) - of(below(x));
}

function updatePlots(numbers, whole) {
  const told = state.variant.quantities[state.quantity];
  const read = numbers === null || whole === null ? [] : state.variant.part(told.at).read;
  const names = state.variant.names.filter((_, place) => read.includes(place));
  byId("plots").hidden = !names.length;
  byId("curves").replaceChildren(...names.map((name) => curve(name, numbers, whole)));
}

// The points of a curve where the assumptions are kept and the formula holds.
function points(name, numbers) {
  const place = state.variant.names.indexOf(name);
  const last = lastTick(name);
  const sizes = TICKS.filter((_, turn) => turn <= last && (turn < 16 || turn % 4 === 3));
  const here = numbers[place];
  if (!sizes.includes(here)) sizes.push(here);
  sizes.sort((one, other) => (one < other ? -1 : 1));
  const facts = state.variant.assumed.filter((number) => state.variant.facts[number].read.includes(place));
  const found = [];
  for (const size of sizes) {
    const there = numbers.with(place, size);
    const kept = facts.every((number) => keeps(state.variant.checks[number], there));
    if (!kept || !state.variant.holds(state.quantity, there)) continue;
    const at = state.variant.value(state.variant.quantities[state.quantity].at, there, PLOT_ROUNDS);
    if (at !== null && compare(at, 0n) > 0) found.push([size, at]);
  }
  return found;
}

function curve(name, numbers, whole) {
  const found = points(name, numbers);
  const here = numbers[state.variant.names.indexOf(name)];
  const grows = own(state.variant.quantities[state.quantity].grows, name);
  const [, words, math] = state.variant.sizes.find(([one]) => one === name);
  const caption = element("figcaption", {}, "over ", formula(math), words ? ` ${words}` : "");
  if (grows) caption.append(element("span", { class: "kind" }, `: ${grows}`));
  const figure = element("figure", {});
  if (found.length > 1) figure.append(picture(name, found, here, whole, grows));
  else caption.append(element("span", { class: "kind" }, ", which cannot change by itself"));
  figure.append(caption);
  return figure;
}

function picture(name, found, here, whole, grows) {
  const xs = found.map(([size]) => log10(size));
  const ys = found.map(([, value]) => log10(value));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  let [low, high] = [Math.min(...ys), Math.max(...ys)];
  if (high - low < 0.5) [low, high] = [low - 0.5, high + 0.5];
  const across = (x) => EDGE.left + ((x - left) / (right - left || 1)) * (WIDE - EDGE.left - EDGE.right);
  const up = (y) => HIGH - EDGE.bottom - ((y - low) / (high - low)) * (HIGH - EDGE.top - EDGE.bottom);
  const path = xs.map((x, place) => `${place ? "L" : "M"}${across(x).toFixed(1)} ${up(ys[place]).toFixed(1)}`).join("");
  const question = DATA.questions[state.quantity];
  const [first, last] = [found[0], found.at(-1)];
  const spoken =
    `${question.words} over ${name}: from ${si(first[1])} at ${si(first[0])} to ${si(last[1])} at ${si(last[0])}` +
    (grows ? `, ${grows}` : "");
  const [x, y] = [across(log10(here)), compare(whole, 0n) > 0 ? up(log10(whole)) : HIGH - EDGE.bottom];
  const toLeft = x > EDGE.left + 50; // above a curve that rises there is room on its left
  const text = (at, height, anchor, words, kind = "") =>
    drawn("text", { x: at, y: height, "text-anchor": anchor, class: kind }, words);
  return drawn(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": spoken },
    ...grid(low, high, up, text),
    drawn("path", { class: "axis", d: `M${EDGE.left} ${HIGH - EDGE.bottom}H${WIDE - EDGE.right}` }),
    drawn("path", { class: "curve", d: path }),
    drawn("circle", { class: "here", cx: x.toFixed(1), cy: y.toFixed(1), r: 4 }),
    text(x + (toLeft ? -7 : 7), Math.max(y - 7, 10), toLeft ? "end" : "start", si(whole), "label"),
    text(EDGE.left, HIGH - 4, "start", si(first[0])),
    text(WIDE - EDGE.right, HIGH - 4, "end", si(last[0])),
  );
}

// Lines at powers of ten, four at most.
function grid(low, high, up, text) {
  const step = Math.max(1, Math.ceil((high - low) / 4));
  const lines = [];
  for (let power = Math.ceil(low / step) * step; power <= high; power += step) {
    if (power < 0) continue;
    const y = up(power).toFixed(1);
    lines.push(drawn("path", { class: "grid", d: `M${EDGE.left} ${y}H${WIDE - EDGE.right}` }));
    lines.push(text(EDGE.left - 5, Number(y) + 4, "end", si(10n ** BigInt(power)).replace(/\.0+/, "")));
  }
  return lines;
}
