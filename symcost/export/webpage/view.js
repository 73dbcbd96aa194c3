// What stands on the page. All words of files are set as text; formulas are MathML that the library wrote.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, given] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), given);
    else if (given === true) made.setAttribute(key, "");
    else if (given !== false && given !== null) made.setAttribute(key, given);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const HAS_MATHML = typeof MathMLElement !== "undefined";

function formula(number) {
  const [inside, spoken] = MATH[number];
  if (!HAS_MATHML) return element("code", {}, spoken);
  const holder = document.createElement("span");
  holder.innerHTML = `<math><mrow>${inside}</mrow></math>`;
  holder.firstChild.setAttribute("alttext", spoken);
  return holder.firstChild;
}

// A sum in pieces between which a line may break: browsers break no formula. Parentheses that have to grow stay whole.
function inPieces(math) {
  const holder = element("span", { class: "pieces", role: "math", "aria-label": math.getAttribute("alttext") });
  const row = [...math.firstChild.children].flatMap((part) => (breaks(part) ? [...part.children] : [part]));
  let piece = null;
  for (const part of row) {
    const starts = part.localName === "mo" && ["+", "−"].includes(part.textContent);
    if (!piece || starts) {
      piece = math.cloneNode(false);
      piece.removeAttribute("alttext");
      piece.append(math.firstChild.cloneNode(false));
      holder.append(piece);
    }
    if (starts) part.setAttribute("form", "infix");
    piece.firstChild.append(part);
  }
  return holder;
}

const breaks = (part) =>
  part.localName === "mrow" && !part.dataset.t && part.children.length > 7 && !part.querySelector("mfrac, munder, msup");

function numberElement(x) {
  return element("data", { value: exact(x) }, grouped(x));
}

const nothing = () => element("span", { class: "long", "aria-label": "no value" }, "—");

// Sizes ----------------------------------------------------------------------------------------------

function drawControls() {
  const form = byId("controls");
  form.replaceChildren();
  if (DATA.models.length > 1) {
    const names = DATA.models.map((model) => model.name);
    form.append(choice("Model", "choose-model", names, state.model.name, (name) => show(() => begin(modelOf(name)))));
  }
  if (state.model.configs.length) {
    const names = [...(state.model.whole ? [""] : []), ...state.model.configs.map((config) => config.name)];
    form.append(choice("Configuration", "choose-config", names, state.config, (name) => show(() => setConfig(name))));
  }
  state.variant.sizes.forEach(([name, words, math]) => form.append(sizeField(name, words, math)));
  if (state.variant.given.length) {
    const items = state.variant.given.map(([name, text]) => element("li", {}, `${name} = ${text}`));
    form.append(element("div", { class: "given" }, "With", element("ul", {}, ...items)));
  }
  if (state.variant.assumed.length) {
    const items = state.variant.assumed.map((number) =>
      element("li", { "data-fact": number }, formula(state.variant.facts[number].math)),
    );
    form.append(element("div", { class: "assumed" }, "Assuming", element("ul", { id: "assumed" }, ...items)));
  }
  const again = () => show(() => begin(state.model));
  form.append(
    element(
      "div",
      { class: "buttons" },
      element("button", { type: "button", onclick: copyLink }, "Copy link"),
      element("button", { type: "button", onclick: again }, "Reset"),
    ),
  );
}

const modelOf = (name) => DATA.models.find((model) => model.name === name);

function choice(words, id, names, chosen, change) {
  const options = names.map((name) => element("option", { value: name, selected: name === chosen }, name || "none"));
  const select = element("select", { id, onchange: (event) => change(event.target.value) }, ...options);
  return element("div", { class: "choice" }, element("label", { for: id }, words), select);
}

function sizeField(name, words, math) {
  const id = `size-${state.variant.names.indexOf(name)}`;
  const label = element("label", { for: id }, formula(math), words ? element("span", { class: "words" }, words) : null);
  const field = element("input", {
    id,
    type: "text",
    inputmode: "numeric",
    spellcheck: "false",
    "aria-describedby": `${id}-wrong`,
    oninput: (event) => onTyped(name, event.target),
    onchange: () => drawSize(name),
  });
  const slider = element("input", {
    id: `${id}-slider`,
    type: "range",
    min: 0,
    max: lastTick(name),
    step: 1,
    "aria-label": words ? `${name}, ${words}` : name,
    oninput: (event) => onMoved(name, event.target),
  });
  const wrong = element("p", { class: "wrong", id: `${id}-wrong` });
  return element("div", { class: "size", "data-size": name }, label, field, slider, wrong);
}

const fieldsOf = (name) => {
  const id = `size-${state.variant.names.indexOf(name)}`;
  return [byId(id), byId(`${id}-slider`), byId(`${id}-wrong`)];
};

function drawSize(name, keep = null) {
  const [field, slider, wrong] = fieldsOf(name);
  const size = state.values.get(name);
  const isWrong = state.wrong.has(name);
  if (field !== keep) field.value = isWrong ? state.wrong.get(name) : size === undefined ? "" : grouped(size);
  if (size !== undefined) {
    slider.value = nearestTick(size);
    slider.setAttribute("aria-valuetext", exact(size));
  }
  field.setAttribute("aria-invalid", isWrong);
  wrong.textContent = isWrong ? "a whole number from 1 on, such as 448 or 2^20" : "";
}

function onTyped(name, field) {
  const size = typed(field.value);
  if (size === null) state.wrong.set(name, field.value);
  else {
    state.wrong.delete(name);
    state.values.set(name, size);
  }
  drawSize(name, field);
  later();
}

function onMoved(name, slider) {
  const place = Number(slider.value);
  const old = state.values.get(name);
  // A step that is finer than the size is known: a slider stands at the nearest tick.
  const wanted = old !== undefined && nearestTick(old) === place ? old : TICKS[place];
  const [size, stopped] = moved(name, wanted);
  state.wrong.delete(name);
  state.values.set(name, size);
  drawSize(name);
  later(stopped === null ? "" : `${name} stops at ${exact(size)}: ${state.variant.facts[stopped].text}`);
}

async function copyLink() {
  const link = location.href.split("#")[0] + address();
  try {
    await navigator.clipboard.writeText(link);
    tell("The link is copied.");
  } catch {
    tell("The address of this page is the link.");
  }
}

// What a screen reader says; `quiet`: others see it elsewhere.
function tell(words, wrong = false, quiet = false) {
  const status = byId("status");
  status.textContent = words;
  status.classList.toggle("wrong", wrong);
  status.classList.toggle("quiet", quiet);
}

// Totals ---------------------------------------------------------------------------------------------

const MAIN = ["params", "active", "macs", "flops", "depth"];

function drawTotals() {
  const rows = Object.keys(state.variant.quantities);
  const main = rows.filter((name) => MAIN.includes(name));
  const others = rows.filter((name) => !MAIN.includes(name));
  const parts = [element("div", { class: "scroll" }, totalsTable(main, "Totals"))];
  if (others.length) {
    const open = others.includes(state.quantity);
    const table = element("div", { class: "scroll" }, totalsTable(others, "Operations by class"));
    parts.push(element("details", { class: "more", open }, element("summary", {}, "Operations by class"), table));
  }
  byId("totals").replaceChildren(...parts);
}

function totalsTable(names, words) {
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Quantity"),
    element("th", { scope: "col", class: "number" }, "Rounded"),
    element("th", { scope: "col", class: "number" }, "Exact"),
  );
  return element(
    "table",
    { class: "totals", "aria-label": words },
    element("thead", {}, head),
    element("tbody", {}, ...names.map(totalsRow)),
  );
}

function totalsRow(name) {
  const question = DATA.questions[name];
  const radio = element("input", {
    type: "radio",
    name: "quantity",
    value: name,
    checked: name === state.quantity,
    onchange: () => choose(name),
  });
  return element(
    "tr",
    { "data-quantity": name },
    element("th", { scope: "row" }, element("label", {}, radio, question.words)),
    element("td", { class: "number short" }),
    element("td", { class: "number exact" }),
  );
}

function choose(name) {
  state.quantity = name;
  state.line = null;
  drawFormula();
  drawLines();
  drawTree();
  update();
}

function updateTotals(numbers) {
  for (const row of byId("totals").querySelectorAll("tr[data-quantity]")) {
    const name = row.dataset.quantity;
    const found = total(name, numbers);
    row.classList.toggle("chosen", name === state.quantity);
    row.querySelector(".short").replaceChildren(found === null ? nothing() : si(found));
    row.querySelector(".exact").replaceChildren(found === null ? nothing() : numberElement(found));
  }
}

// A quantity of the whole model; null where it is not known.
function total(name, numbers) {
  if (numbers === null || !state.variant.holds(name, numbers)) return null;
  return state.variant.value(state.variant.quantities[name].at, numbers);
}

// The formula ----------------------------------------------------------------------------------------

function drawFormula() {
  const told = state.variant.quantities[state.quantity];
  const question = DATA.questions[state.quantity];
  const set = element("div", { class: "set", tabindex: 0, role: "group", "aria-label": "Formula" });
  const math = formula(told.math);
  set.append(HAS_MATHML ? inPieces(math) : math);
  const parts = [element("p", { class: "what" }, `${question.words} of ${state.model.name}`), set];
  if (told.where.length) {
    const where = element("p", { class: "where" }, "where ");
    told.where.forEach(([name, form, words], place) => {
      where.append(place ? ", " : "", formula(name), " = ", formula(form), words ? ` (${words})` : "");
    });
    parts.push(where);
  }
  if (told.holds.length) {
    const facts = told.holds.flatMap((number, place) => [place ? ", " : "", formula(state.variant.facts[number].math)]);
    parts.push(element("p", { class: "holds" }, "for ", ...facts, element("span", { id: "not-here" })));
  }
  if (state.variant.lines[state.quantity]) parts.push(element("p", { class: "line", id: "line" }));
  byId("formula").replaceChildren(...parts);
  for (const term of terms()) {
    term.setAttribute("tabindex", "0");
    term.addEventListener("mouseenter", () => lightLines(Number(term.dataset.t)));
    term.addEventListener("focus", () => lightLines(Number(term.dataset.t)));
    term.addEventListener("mouseleave", dark);
    term.addEventListener("blur", dark);
  }
  saidOfLine(null);
}

const terms = () => byId("formula").querySelectorAll(".set .t");

function saidOfLine(entry) {
  const place = byId("line");
  if (!place) return;
  if (entry === null) {
    place.replaceChildren(element("span", { class: "long" }, "Lines of the text and terms of the formula show each other."));
    return;
  }
  const [, line, , , written] = entry;
  const found = entry.found === null || entry.found === undefined ? "—" : grouped(entry.found);
  place.replaceChildren(`Line ${line}: ${found}`);
  if (written >= 0) place.append(" = ", formula(written));
}

function light(entry) {
  const lit = new Set(entry[3]);
  terms().forEach((term) => term.classList.toggle("lit", lit.has(Number(term.dataset.t))));
  rowOf(entry[0], entry[1])?.classList.add("lit");
  saidOfLine(entry);
}

function lightLines(term) {
  dark();
  terms().forEach((one) => one.classList.toggle("lit", Number(one.dataset.t) === term));
  for (const [source, line, , touched] of state.variant.lines[state.quantity] ?? []) {
    if (touched.includes(term)) rowOf(source, line)?.classList.add("lit");
  }
}

function dark() {
  document.querySelectorAll(".lit").forEach((one) => one.classList.remove("lit"));
}

// Lines ----------------------------------------------------------------------------------------------

const rowOf = (source, line) => byId(`s${source}-${line}`);

// The text begins to be read where the first line counts something.
function scrollToLines() {
  const first = [...document.querySelectorAll(".code tr")].find((row) => row.querySelector("button"));
  if (!first) return;
  const box = first.closest(".code");
  box.scrollTop = Math.max(0, first.offsetTop - 4 * first.offsetHeight);
}

function drawLines() {
  document.querySelectorAll(".code tr").forEach((row) => {
    row.querySelector(".c").replaceChildren();
    row.querySelector(".b").replaceChildren();
    row.onmouseenter = null;
    row.onmouseleave = null;
  });
  for (const entry of state.variant.lines[state.quantity] ?? []) {
    const row = rowOf(entry[0], entry[1]);
    if (!row) continue;
    const on = () => {
      dark();
      light(entry);
    };
    const button = element("button", { type: "button", onfocus: on, onblur: dark, onclick: on });
    row.querySelector(".c").replaceChildren(button);
    row.querySelector(".b").replaceChildren(element("i"));
    row.onmouseenter = on;
    row.onmouseleave = dark;
  }
}

function updateLines(numbers, whole) {
  for (const entry of state.variant.lines[state.quantity] ?? []) {
    const row = rowOf(entry[0], entry[1]);
    if (!row) continue;
    const found = whole === null ? null : state.variant.value(entry[2], numbers);
    entry.found = found;
    const button = row.querySelector("button");
    const words = `line ${entry[1]}: ${found === null ? "no value" : exact(found)} ${DATA.questions[state.quantity].unit}`;
    button.textContent = found === null ? "—" : si(found);
    button.dataset.exact = found === null ? "" : exact(found);
    button.setAttribute("aria-label", words);
    row.querySelector(".b i").style.width = `${3.25 * part(found, whole)}rem`;
  }
}

// As much of the whole as fits into a float: for bars alone.
function part(found, whole) {
  if (found === null || whole === null || compare(whole, 0n) === 0) return 0;
  return Number(floor(divide(multiply(found, 1000n), whole))) / 1000;
}

// Blocks ---------------------------------------------------------------------------------------------

function drawTree() {
  const shown = state.variant.tree.filter((row) => row[4][state.quantity] !== undefined);
  const section = byId("blocks");
  section.hidden = shown.length < 2 || !state.variant.lines[state.quantity];
  const opened = new Set(
    [...byId("tree").querySelectorAll("details")].filter((one) => one.open).map((one) => one.dataset.row),
  );
  const first = !byId("tree").firstChild || byId("tree").dataset.of !== `${state.model.name}/${state.number}`;
  byId("tree").dataset.of = `${state.model.name}/${state.number}`;
  byId("tree").replaceChildren(element("ul", {}, ...branch(shown, 0, first ? null : opened)));
}

// The rows of one level from a place on, each with those inside of it.
function branch(rows, from, opened) {
  const level = rows[from]?.[0];
  const items = [];
  for (let place = from; place < rows.length && rows[place][0] >= level; place += 1) {
    if (rows[place][0] > level) continue;
    const inside = rows[place + 1]?.[0] > level;
    const number = state.variant.tree.indexOf(rows[place]);
    const cells = blockCells(rows[place], number);
    if (!inside) {
      items.push(element("li", {}, element("div", { class: "leaf", "data-row": number }, ...cells)));
      continue;
    }
    const open = opened ? opened.has(String(number)) : level < 2;
    const list = element("ul", {}, ...branch(rows, place + 1, opened));
    items.push(
      element("li", {}, element("details", { open, "data-row": number }, element("summary", { "data-row": number }, ...cells), list)),
    );
  }
  return items;
}

function blockCells(row, number) {
  const [, label, , , , written] = row;
  const own = label.startsWith("(own");
  const math = written[state.quantity];
  return [
    element(
      "span",
      { class: "label" },
      element("span", { class: own ? "name own" : "name" }, label),
      math === undefined || row[0] === 0 ? null : element("span", { class: "formula-cell" }, formula(math)),
    ),
    element("span", { class: "bar", "aria-hidden": "true" }, element("i")),
    element("span", { class: "share" }),
    element("span", { class: "value" }),
  ];
}

function updateTree(numbers, whole) {
  if (byId("blocks").hidden) return;
  const rows = state.variant.tree.map((row, number) => [row, number]).filter(([row]) => row[4][state.quantity] !== undefined);
  const found = rows.map(([row]) => (whole === null ? null : state.variant.value(row[4][state.quantity], numbers)));
  const known = found.every((one) => one !== null);
  const tenths = known ? shares(rows.map(([row]) => row[0]), found) : [];
  rows.forEach(([, number], place) => {
    const line = byId("tree").querySelector(`.leaf[data-row="${number}"], summary[data-row="${number}"]`);
    const size = known ? found[place] : null;
    line.querySelector(".bar i").style.width = size === null ? "0" : `${100 * part(size, found[0])}%`;
    line.querySelector(".share").textContent = size === null ? "—" : percent(tenths[place], size, found[0]);
    const shown = size === null ? nothing() : element("data", { value: exact(size), title: exact(size) }, si(size));
    line.querySelector(".value").replaceChildren(shown);
  });
}
