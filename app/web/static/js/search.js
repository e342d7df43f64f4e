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
  found()?.replaceChildren();
}

document.addEventListener("focusin", (event) => {
  if (event.target === box() && !found().hasChildNodes()) htmx.trigger(box(), "opened");
});

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
  } else if (event.key === "Escape" && found()?.hasChildNodes()) {
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
  if (to !== undefined && all.length) {
    event.preventDefault();
    (all[to] || box()).focus();
  } else if (at >= 0 && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey) {
    box().focus(); // somebody goes on typing
  }
}
