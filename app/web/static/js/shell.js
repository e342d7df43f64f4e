// The shell: hotkeys, closing of notices and menus, "are you sure", guard against leaving a form.
"use strict";

document.addEventListener("click", (event) => {
  const close = event.target.closest(".flash-close");
  if (close) close.parentElement.remove();
  const copies = event.target.closest("[data-copy]");
  if (copies) {
    document.getElementById(copies.dataset.copy).select();
    document.execCommand("copy"); // which plain HTTP lets do, too
    copies.textContent = copies.dataset.done;
  }
  const shows = event.target.closest("[data-show]");
  if (shows) document.getElementById(shows.dataset.show).showModal();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The bell's panel asks again each time it is opened. The event doesn't bubble, so it is caught on its way down.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.bell[open]")) htmx.trigger("#bell-panel", "opened");
}, true);

// Whoever chose a tab in a menu by keyboard goes on from that menu, which is closed on the page that came.
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) document.querySelector(".tabs summary.is-here")?.focus({ preventScroll: true });
});

// What somebody typed never becomes markup. Were it to, htmx would act on it by itself: it may ask for pages, and change nothing
// but which notices are read, which is all that pages of ours change by it.
const CHANGED_BY_HTMX = /^\/notifications\/(\d+\/read|read)$/;
document.addEventListener("htmx:configRequest", (event) => {
  const { path, verb } = event.detail;
  if (verb !== "get" && !CHANGED_BY_HTMX.test(new URL(path, location.href).pathname)) event.preventDefault();
});

const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

// The button that sends the form one is in, or else the page's own: of a form that has something to fill in, or the only form there is.
function saving(element) {
  const forms = [...document.querySelectorAll('main form[method="post"]')];
  const primary = forms.filter((form) => form.querySelector(".btn-primary"));
  const first = primary.find((form) => form.querySelector('input:not([type="hidden"]), select, textarea'));
  const form = element.closest('main form[method="post"]') || first || (primary.length === 1 ? primary[0] : null);
  return form && (form.querySelector(".btn-primary") || form.querySelector('button:not([type="button"])'));
}

// The Latin letter or sign of a key, where a layout such as the Russian one has another there.
function latin(event) {
  if (event.key === "." && event.code === "Slash") return "/";
  const isOther = event.key.length === 1 && event.key > "\u024f" && event.code.startsWith("Key");
  return isOther ? event.code.slice(3).toLowerCase() : event.key;
}

function pressed(event) {
  const key = latin(event);
  if (event.ctrlKey || event.metaKey) return "Ctrl+" + (key.length === 1 ? key.toUpperCase() : key);
  if (event.altKey && /^Key[A-Z]$/.test(event.code)) return "Alt+" + event.code.slice(3); // whatever letter is on the key
  return key;
}
window.KontorLatin = latin;

document.addEventListener("keydown", (event) => {
  const key = pressed(event);
  if (key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    return;
  }
  if (event.defaultPrevented || (typing(event.target) && key.length === 1)) return;
  if (key === "?" || key === "F1") {
    event.preventDefault();
    const help = document.querySelector("[data-help]");
    if (help) help.click(); else document.getElementById("hotkeys")?.showModal();
    return;
  }
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1); // what lies below it has no keys
  const target = (dialog || document).querySelector(`[data-hotkey="${CSS.escape(key)}"]`) || (!dialog && key === "Ctrl+Enter" && saving(event.target));
  if (!target) return;
  event.preventDefault();
  if (typing(target)) target.focus(); else target.click();
});

const settled = new WeakSet(); // forms that have waited for their lookups

// Lookups that are under way come first: what was typed names a record, and only then the form goes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const waits = settled.has(form) ? [] : [...form.querySelectorAll("scaled-lines, line-grid, lookup-field, kept-form")].map((part) => part.settled?.()).filter(Boolean);
  if (!waits.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy === "true") return; // asked for twice, sent once
  form.ariaBusy = "true";
  const button = event.submitter;
  Promise.allSettled(waits).then(() => {
    form.ariaBusy = "false";
    settled.add(form);
    form.requestSubmit(button); // its events come before it returns
    settled.delete(form);
  });
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  // A second click sends nothing twice; the button comes back if the browser's own checks hold the form. The attribute
  // is asked, as form.method would be a field of that name.
  if (form.getAttribute("method")?.toLowerCase() === "post") {
    setTimeout(() => form.querySelectorAll("button").forEach((b) => { b.disabled = true; }));
  }
});

// Back from the next page: the form stands there as it was left, and may be sent and guarded again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form button:disabled").forEach((b) => { b.disabled = false; });
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.changed = "yes";
});

// A form that keeps itself asks only while something would be lost: see kept-form.js.
window.addEventListener("beforeunload", (event) => {
  const open = document.querySelector('form[data-guard][data-changed="yes"]');
  if (!open || open.dataset.sent === "yes") return;
  if (open.querySelector("kept-form")?.isSafe?.() !== true) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
