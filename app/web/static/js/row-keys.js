// Rows by keyboard, in every list: Alt+Down goes to the first task or row of the page, arrows from there go on, and Enter opens, as
// on any link. Down in the box above a list waits for what is being looked for, so that nobody opens a row of before.
"use strict";

const ROWS = "#main :is([data-task], table.list tbody tr)";
const OPENERS = ["[data-task-open]", ".pick input", ".headline a[href]", "a[href], button"]; // the first of these that a row has
const opener = (row) => OPENERS.map((each) => row.querySelector(each)).find(Boolean);
const openers = () => [...document.querySelectorAll(ROWS)].map(opener).filter((link) => link?.checkVisibility());

function first() {
  const link = openers()[0];
  link?.focus();
  return Boolean(link);
}

let isAsked = false; // the list of what stands in the box is on its way
let isWanted = false; // and somebody has gone down to it already

const isSearch = (element) => element.matches?.(".filters input[name=q]");

document.addEventListener("input", (event) => { if (isSearch(event.target)) [isAsked, isWanted] = [true, false]; });
// Leaving the box would ask once more for what was asked while one typed, and take the row away from under the keyboard.
document.addEventListener("change", (event) => { if (isSearch(event.target)) event.stopPropagation(); }, true);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "list") return;
  const goes = isWanted;
  [isAsked, isWanted] = [false, false];
  if (goes) first();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog:modal")) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const { target } = event;
  if (!step) return;
  if (event.altKey) {
    if (step > 0 && !target.matches("select, input[type=date], input[type=datetime-local]") && first()) event.preventDefault(); // those open by it
  } else if (isSearch(target)) {
    if (step < 0) return;
    event.preventDefault();
    if (isAsked) isWanted = true; else first();
  } else {
    const all = openers(), at = all.indexOf(target);
    if (at < 0 || target.matches('input:not([type="checkbox"])')) return;
    event.preventDefault();
    all[at + step]?.focus();
  }
});
