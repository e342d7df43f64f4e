// The search over everything, by keyboard throughout: Ctrl+K opens it, arrows go through what is found, Enter goes there. What was
// chosen among pages and actions comes first the next time. Enter in the box goes to what alone is found, such as a scanned good.
// What the page itself has to press, its buttons and the tabs of its card, is found before all else.
"use strict";

const box = () => document.querySelector(".search input");
const found = () => document.getElementById("search-found");
const rows = () => [...found().querySelectorAll("a.found-row[href]")];

let before = null; // where one was; Esc in the box leads back there

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
let down = 0; // how often it was while an answer was awaited
let wanted = ""; // whether somebody has gone down to it already, or even into it: focus, click; or pressed Enter in the box: only

document.addEventListener("focusin", (event) => {
  if (event.target === box() && !event.relatedTarget?.closest(".search")) before = event.relatedTarget;
  if (event.target === box() && !found().hasChildNodes() && !box().value) ask(0);
});

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  if (wanted === "only") wanted = ""; // somebody goes on typing
  ask(PAUSE);
});

// To what alone is found, or to the page with all of it.
function enter() {
  const all = rows();
  if (all.length === 1) all[0].click(); else box().form.submit();
}

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
    const part = await answer.text();
    if (signal.aborted) return;
    const then = wanted;
    if (!answer.ok || answer.redirected) close(); else { found().innerHTML = part; found().querySelector(".found").prepend(...ofPage(box().value)); } // escaped by the server
    asking = null;
    wanted = "";
    if (then === "only" || (then === "click" && !rows().length)) enter(); else if (then) rows()[Math.min(down, rows().length) - 1]?.[then]();
  } catch {
    if (!signal.aborted && ["only", "click"].includes(wanted)) box().form.submit(); // no connection, which the page says
  }
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d").trim();
const ON_PAGE = "#main :is(a.btn, button.btn, .tabs a):not([data-task] *, td *, :disabled), [data-show=hotkeys]";

// The rows of what can be pressed on the page and has words that begin so; what several are called is left out.
function ofPage(text) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const named = [...document.querySelectorAll(ON_PAGE)].filter((button) => button.matches("[data-show], .head-actions .menu-panel *, .tabs .menu-panel a") || button.checkVisibility())
    .map((button) => ({ button, name: (button.ariaLabel || [...button.childNodes].map((part) => part.matches?.("kbd") ? "" : part.textContent).join("")).trim() }));
  const matching = named.filter(({ name }) => words.every((word) => ` ${folded(name)}`.includes(` ${word}`))
    && named.filter((other) => other.name === name).length === 1);
  if (!matching.length) return [];
  const title = Object.assign(document.createElement("div"), { className: "found-group", textContent: box().dataset.here });
  return [title, ...matching.map(({ button, name }) => {
    const row = Object.assign(document.createElement("a"), { className: "found-row", href: button.href || "#main" });
    row.append(...[...button.querySelectorAll("svg")].slice(0, 1).map((icon) => icon.cloneNode(true)), Object.assign(document.createElement("span"), { textContent: name }));
    if (button.dataset.hotkey) row.append(Object.assign(document.createElement("small"), { textContent: button.dataset.hotkey }));
    row.addEventListener("click", (event) => { event.preventDefault(); close(); button.click(); });
    return row;
  })];
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
  if ((event.ctrlKey || event.metaKey) && window.KontorLatin(event).toLowerCase() === "k" && box()) {
    event.preventDefault();
    open();
  } else if (event.key === "Escape" && (asking || found()?.hasChildNodes())) {
    if (event.target.closest(".search")) box().focus();
    close();
  } else if (event.key === "Escape" && event.target === box()) {
    (before?.isConnected ? before : document.getElementById("main")).focus();
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
    down = wanted ? down + 1 : 1;
    wanted = "focus"; // what is found is on its way
  } else if (event.key === "Enter" && at < 0 && wanted === "focus") {
    event.preventDefault();
    wanted = "click";
  } else if (event.key === "Enter" && at < 0 && box().value.trim() && (asking || all.length === 1)) {
    event.preventDefault();
    if (!asking) { enter(); return; }
    ask(0); // a scanner doesn't wait
    wanted = "only";
  } else if (to !== undefined && all.length) {
    event.preventDefault();
    (all[to] || box()).focus();
  } else if (at >= 0 && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey) {
    box().focus(); // somebody goes on typing
  }
}
