"use strict";
// The library in a worker of the browser: Python by Pyodide, symcost and what it needs from archives beside this file.

importScripts("pyodide/pyodide.js");

let python = null;
let path = "";

async function unpack(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  python.unpackArchive(await response.arrayBuffer(), "zip", { extractDir: "/library" });
}

const ready = (async () => {
  python = await loadPyodide({ indexURL: "pyodide/" });
  await unpack("library.zip");
  const start = await (await fetch("start.json")).json();
  path = start.path;
  python.runPython("import sys; sys.path.insert(0, '/library'); from symcost.playing.answer import answered");
})();

function answer(text) {
  const answered = python.globals.get("answered");
  try {
    return answered(text, path);
  } finally {
    answered.destroy();
  }
}

// What few texts need is fetched when one does.
async function answerWithAll(text) {
  try {
    return answer(text);
  } catch (problem) {
    if (!String(problem).includes("No module named 'sympy'")) throw problem;
    await unpack("sympy.zip");
    return answer(text);
  }
}

onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage({ number: data.number, answer: await answerWithAll(data.text) });
  } catch (problem) {
    postMessage({ number: data.number, problem: String(problem).trim().split("\n").at(-1) });
  }
};
