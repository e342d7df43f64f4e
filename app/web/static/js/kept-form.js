// <kept-form>: has the server keep what is typed in the form around it, and says when. Nothing is sent that isn't kept
// first, so neither a closed tab nor a crash takes it. A form that is an act with a number of its own is kept beside others of
// its address; of any other an older version that is offered above stays until it is restored or discarded.
"use strict";

const PAUSE = 2000; // milliseconds after the last change
const AGAIN = 10000; // until the next try, when one failed
const PATIENCE = 4000; // that a form about to be sent waits at most
const ON_ITS_WAY = 5000; // milliseconds that what was sent on leaving may take
const MOST_ON_LEAVING = 60000; // bytes that a browser still sends for a page that is going

class KeptForm extends HTMLElement {
  connectedCallback() {
    if (this.form) return; // moved in the page
    this.form = this.closest("form");
    this.className = "kept-note hint";
    this.offer = document.querySelector('[data-kept="offered"]');
    this.act = this.form.querySelector('input[name="operation"]')?.value || "";
    this.last = this.typed(); // what the server knows
    this.failed = false;
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.wait(PAUSE));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    window.addEventListener("pagehide", () => this.leave());
    this.show();
  }

  // The form's fields as JSON: no files, no passwords.
  typed() {
    const secret = new Set([...this.form.querySelectorAll('input[type="password"]')].map((field) => field.name));
    const isKept = ([name, value]) => typeof value === "string" && name !== "csrf_token" && !secret.has(name);
    return JSON.stringify([...new FormData(this.form)].filter(isKept));
  }

  // Whether an older version is in the way.
  get isHeld() {
    return Boolean(this.offer && !this.act);
  }

  body(typed) {
    sessionStorage.setItem(this.own, this.act);
    const body = new FormData();
    body.set("csrf_token", this.form.querySelector('[name="csrf_token"]')?.value || "");
    body.set("address", this.dataset.address);
    body.set("title", document.querySelector("main h1")?.textContent.trim() || "");
    body.set("fields", typed);
    return body;
  }

  get isDue() {
    return this.form.dataset.changed === "yes" && this.typed() !== this.last;
  }

  wait(pause) {
    this.form.dataset.changed = "yes";
    clearTimeout(this.timer);
    if (this.isHeld) this.say(this.dataset.waits, true);
    else this.timer = setTimeout(() => this.keep(), pause);
  }

  keep() {
    clearTimeout(this.timer);
    const isFree = !this.underWay && !this.isHeld && this.form.dataset.sent !== "yes";
    if (isFree && this.isDue) this.underWay = this.send(this.typed()).finally(() => { this.underWay = null; });
    return this.underWay;
  }

  async send(typed) {
    try {
      const answer = await fetch(this.dataset.keep, { method: "POST", body: this.body(typed), signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) { this.fail(answer.status); return; }
      this.say((await answer.json()).words);
      this.last = typed;
      this.failed = false;
      if (this.isDue) this.wait(PAUSE); // typed meanwhile
    } catch {
      this.fail(0);
    }
  }

  fail(status) {
    this.failed = true;
    this.say(status === 413 ? this.dataset.tooLong : this.dataset.fails, true);
    if (status === 0 || status >= 500) this.wait(AGAIN); // the rest would be refused again
  }

  // Success is shown quietly; what isn't kept is also read out.
  say(words, isWarning = false) {
    this.classList.toggle("kept-warning", isWarning);
    if (isWarning) this.setAttribute("role", "status"); else this.removeAttribute("role");
    if (this.textContent !== words) this.textContent = words;
  }

  // What the form waits for before it is sent: see shell.js. A server that failed just now isn't waited for.
  settled() {
    if (this.failed || this.isHeld) return null;
    return this.underWay ? this.underWay.then(() => this.failed || this.keep()) : this.keep();
  }

  // Whether nothing is lost when the page goes now.
  isSafe() {
    return !this.isDue || (!this.failed && !this.isHeld && new Blob([this.typed()]).size < MOST_ON_LEAVING);
  }

  leave() {
    if (this.form.dataset.sent === "yes" || this.isHeld || !this.isDue) return;
    const typed = this.typed();
    sessionStorage.setItem(this.leaving, Date.now() + ON_ITS_WAY);
    if (navigator.sendBeacon(this.dataset.keep, this.body(typed))) this.last = typed; else this.keep();
  }

  // Where the browser remembers until when what was sent on leaving this form may be on its way.
  get leaving() {
    return `leaving ${this.dataset.address}`;
  }

  // Where it remembers which act was kept here last in this tab.
  get own() {
    return `act ${this.dataset.address}`;
  }

  // The link to what was typed in this tab.
  get restored() {
    const act = sessionStorage.getItem(this.own) || "1";
    return [...(this.offer?.querySelectorAll("a") || [])].find((link) => new URL(link.href).searchParams.get("kept") === act);
  }

  // The older version that is offered: Back shows it at once, and looks again for one that is still on its way; discarded,
  // it leaves the page as it stands.
  show() {
    const came = performance.getEntriesByType("navigation")[0]?.type;
    const isOnItsWay = Date.now() < Number(sessionStorage.getItem(this.leaving));
    if (came === "back_forward" || (came === "reload" && isOnItsWay)) {
      if (this.restored) location.replace(this.restored.href);
      else if (isOnItsWay) setTimeout(() => { if (!this.isDue) location.reload(); }, 300);
      return;
    }
    if (!this.offer) return;
    this.offer.querySelector("form").addEventListener("submit", (event) => {
      if (!event.defaultPrevented) this.discard(event);
    });
  }

  async discard(event) {
    const form = event.target;
    event.preventDefault();
    event.stopPropagation();
    if (!window.confirm(form.dataset.confirm)) return;
    await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    const others = this.offer.querySelector(".kept-others");
    if (others) this.offer.replaceChildren(others); else this.offer.remove();
    this.offer = null;
    this.say("");
    this.keep();
  }
}
customElements.define("kept-form", KeptForm);
