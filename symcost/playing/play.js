"use strict";
// The playground: sends the text to the library, shows its faults in the text and its page beside it.

const byId = (id) => document.getElementById(id);
const text = byId("text");
const mirror = byId("mirror");
const frame = byId("page");
const PAUSE = 350; // milliseconds after the last key

let turn = 0; // which answer is waited for
let waiting = null;
let address = ""; // what the page on the right says of its sliders
let shown = null;
let faults = [];
let name = "playground.arch";

// Whom to ask: a server on this machine, or the library in a worker of this browser.
const way = document.documentElement.dataset.way === "alone" ? alone() : server();

function server() {
  return {
    start: async () => (await fetch("start")).json(),
    ask: async (told) => {
      const body = JSON.stringify({ text: told });
      const response = await fetch("ask", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!response.ok) throw new Error((await response.json()).refused ?? response.statusText);
      return response.json();
    },
  };
}

function alone() {
  const worker = new Worker("worker.js");
  const asked = new Map();
  let number = 0;
  worker.onmessage = ({ data }) => {
    const [resolve, reject] = asked.get(data.number);
    asked.delete(data.number);
    if (data.problem) reject(new Error(data.problem));
    else resolve(JSON.parse(data.answer));
  };
  const ask = (told) =>
    new Promise((resolve, reject) => {
      number += 1;
      asked.set(number, [resolve, reject]);
      worker.postMessage({ number, text: told });
    });
  return { start: async () => (await fetch("start.json")).json(), ask };
}

// The text --------------------------------------------------------------------------------------------

// The lines behind the text: numbers, waves under what is wrong, and the words of a fault behind its line.
function draw() {
  let at = 0;
  const rows = text.value.split("\n").map((line, place) => {
    const row = document.createElement("span");
    row.className = "row";
    const here = faults.filter((fault) => fault.line === place + 1);
    row.append(...marked(line, at, here));
    for (const fault of here) {
      const said = document.createElement("span");
      said.className = fault.level === "error" ? "said" : "said note";
      said.textContent = fault.message.split("\n")[0];
      row.append(said);
    }
    at += line.length + 1;
    return row;
  });
  mirror.replaceChildren(...rows);
  follow();
}

function marked(line, at, here) {
  const [fault] = here;
  if (!fault) return [line];
  const from = Math.max(0, fault.start - at);
  const to = Math.min(line.length, Math.max(fault.end - at, from + 1));
  const mark = document.createElement("mark");
  mark.className = fault.level === "error" ? "" : "note";
  mark.textContent = line.slice(from, to) || " ";
  return [line.slice(0, from), mark, line.slice(to)];
}

function follow() {
  mirror.style.transform = `translate(${-text.scrollLeft}px, ${-text.scrollTop}px)`;
}

function listed(fault) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const place = document.createElement("b");
  item.className = fault.level === "error" ? "" : "note";
  place.textContent = `line ${fault.line}: `;
  button.type = "button";
  button.append(place, fault.message);
  button.addEventListener("click", () => {
    text.focus();
    text.setSelectionRange(fault.start, fault.end);
  });
  item.append(button);
  return item;
}

// The answer ------------------------------------------------------------------------------------------

async function ask() {
  turn += 1;
  const mine = turn;
  byId("status").textContent = "…";
  frame.classList.add("old");
  let told;
  try {
    told = await way.ask(text.value);
  } catch (problem) {
    if (mine === turn) byId("status").textContent = `no answer: ${problem.message}`;
    return;
  }
  if (mine !== turn) return;
  faults = told.faults;
  draw();
  byId("faults").replaceChildren(...faults.map(listed));
  const errors = faults.filter((fault) => fault.level === "error").length;
  byId("status").textContent = errors ? `${errors} fault${errors > 1 ? "s" : ""}` : "no faults";
  if (told.page === null) return;
  frame.classList.remove("old");
  if (told.page === shown) return;
  shown = told.page;
  frame.srcdoc = shown.replace('<html lang="en">', () => `<html lang="en" data-address="${escaped(address)}">`);
}

const escaped = (words) => words.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

addEventListener("message", (event) => {
  const told = event.source === frame.contentWindow ? event.data?.symcost : null;
  if (typeof told === "string") address = told;
});

text.addEventListener("input", () => {
  faults = [];
  draw();
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
});
text.addEventListener("scroll", follow);

byId("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.value], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
});

way.start().then((start) => {
  text.value = start.text;
  if (start.name) name = start.name;
  byId("file").textContent = start.name;
  draw();
  ask();
});
