// The search over everything, by keyboard throughout: Ctrl+K opens it, arrows go through what is found, Enter goes there. What was
// chosen among pages and actions comes first the next time.
"use strict";

const box = () => document.querySelector(".search input");
const found = () => document.getElementById("search-found");
const rows = () => [...found().querySelectorAll("a.found-row[href]")];

function open() {
  box().focus();
  box().select();
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
  wanted = "";
  found()?.replaceChildren();
}

const PAUSE = 200; // milliseconds after the last letter
let timer, asking; // what is shown is of the text that stands in the box: nothing is while another answer is on its way
let wanted = ""; // whether somebody has gone down to it already, or even into it: focus, click

document.addEventListener("focusin", (event) => {
  if (event.target === box() && !found().hasChildNodes() && !box().value) ask(0);
});

document.addEventListener("input", (event) => {
  if (event.target === box()) ask(PAUSE);
});

function ask(pause) {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  timer = setTimeout(show, pause, asking.signal);
}

async function show(signal) {
  const { action } = box().form;
  try {
    const answer = await fetch(`${action}?${new URLSearchParams({ q: box().value })}`, { headers: { "HX-Request": "true" }, signal });
    const part = answer.ok && !answer.redirected ? await answer.text() : null;
    if (!signal.aborted) come(part);
  } catch {
    if (!signal.aborted) come(null);
  }
}

// What there was to find; null when there is no answer, as to somebody who is signed out: the whole page says why.
function come(part) {
  const go = wanted;
  asking = null;
  wanted = "";
  if (part === null) found().replaceChildren();
  else found().innerHTML = part; // escaped by the server
  if (part !== null && go) rows()[0]?.[go]();
  else if (go === "click") box().form.requestSubmit();
}

document.addEventListener("click", (event) => {
  if (found() && !event.target.closest(".search")) close();
  const command = event.target.closest("[data-command]");
  if (command) note(command);
});

// Sent on the way out, so that nobody waits for it.
function note(command) {
  const list = command.closest("[data-recent]").dataset.recent;
  const body = new FormData();
  body.set("csrf_token", document.querySelector('.menu form [name="csrf_token"]').value);
  body.set("address", command.pathname + command.search);
  navigator.sendBeacon(list, body);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && box()) {
    event.preventDefault();
    open();
  } else if (event.key === "Escape" && (asking || found()?.hasChildNodes())) {
    if (event.target.closest(".search")) box().focus();
    close();
  } else if (event.target.closest?.(".search")) {
    move(event);
  }
});

function move(event) {
  const all = rows();
  const at = all.indexOf(document.activeElement); // -1: the box itself
  const to = { ArrowDown: Math.min(at + 1, all.length - 1), ArrowUp: at - 1 }[event.key];
  if (event.key === "ArrowDown" && at < 0 && asking) {
    event.preventDefault();
    wanted = "focus"; // what is found is on its way
  } else if (event.key === "Enter" && at < 0 && wanted) {
    event.preventDefault();
    wanted = "click";
  } else if (to !== undefined && all.length) {
    event.preventDefault();
    (all[to] || box()).focus();
  } else if (at >= 0 && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey) {
    box().focus(); // somebody goes on typing
  }
}
