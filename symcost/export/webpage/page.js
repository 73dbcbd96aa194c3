// How the parts come together.

let waiting = null;
let linking = null;

// Draws everything anew.
function show(change) {
  change();
  byId("name").textContent = state.model.name;
  byId("doc").textContent = state.model.doc;
  drawControls();
  state.variant.names.forEach((name) => drawSize(name));
  document.querySelectorAll("[data-model]").forEach((one) => {
    one.hidden = one.dataset.model !== state.model.name;
  });
  drawTotals();
  drawFormula();
  drawLines();
  scrollToLines();
  drawTree();
  update();
}

// Works all numbers out, once for each picture of the screen.
function later(words = "") {
  tell(words);
  if (waiting === null) {
    waiting = requestAnimationFrame(() => {
      waiting = null;
      update(words);
    });
  }
}

function update(words = "") {
  const all = inputs();
  const broken = all === null ? [] : state.variant.broken(all);
  const numbers = broken.length ? null : all;
  byId("assumed")
    ?.querySelectorAll("li")
    .forEach((item) => item.classList.toggle("broken", broken.includes(Number(item.dataset.fact))));
  const whole = total(state.quantity, numbers);
  updateTotals(numbers);
  updateLines(numbers, whole);
  updateTree(numbers, whole);
  updatePlots(numbers, whole);
  const select = byId("choose-config");
  if (select) select.title = changed() ? "with other numbers" : "";
  const notHere = byId("not-here");
  if (notHere) notHere.textContent = numbers !== null && whole === null ? "; with these sizes it is another" : "";
  if (broken.length) tell(`No numbers: ${broken.map((one) => state.variant.facts[one].text).join(", ")} does not hold.`, true);
  else if (all === null) tell("No numbers: a size is missing.", true);
  else tell(words || spoken(whole), false, !words);
  link();
}

function spoken(whole) {
  const question = DATA.questions[state.quantity];
  return whole === null ? "" : `${grouped(whole)} ${question.unit}`;
}

// The address follows, but not at every step of a slider: browsers refuse too many.
function link() {
  clearTimeout(linking);
  linking = setTimeout(() => {
    if (parent === window) history.replaceState(null, "", address());
    else parent.postMessage({ symcost: address() }, "*"); // a page inside of a playground has no address
  }, 150);
}

document.documentElement.classList.add("live");
show(() => readAddress(document.documentElement.dataset.address || location.hash));
addEventListener("hashchange", () => show(() => readAddress(location.hash)));
