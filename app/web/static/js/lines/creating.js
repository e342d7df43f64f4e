// A record that is missed is made in a dialog on the same page: the form of its own page, with what matters first. It is
// chosen where it was missed; Escape leaves everything below as it stands. The dialog has a link to the same form in a tab of
// its own, which says when it has made the record (record-made.js).
"use strict";

const HEADERS = { "Kontor-Part": "dialog" };
//: attributes that name other elements: the page below may have the same names
const NAMING = ["id", "for", "list", "aria-describedby", "aria-labelledby", "aria-controls"];
let count = 0;

// What the offers lack; what is typed in their box becomes its name.
export function create(offers, address) {
  make(offers.input, `${address}?${new URLSearchParams({ name: offers.input.value.trim() })}`, (made) => takeUp(offers, made));
}

async function takeUp(offers, { id, title, text }) {
  if (!offers.input.isConnected) return;
  const { rows } = await window.KontorOffers.find(offers.source, text);
  offers.input.focus();
  offers.close();
  offers.choose(rows.find((row) => row.id === id) || { id, title });
}

// Opens the form of an address; `made` gets id, title and text of what it has made. The focus returns to `from`.
export function make(from, address, made) {
  return new Making(from, address, made).open();
}

class Making {
  constructor(from, address, made) {
    Object.assign(this, { from, made, token: String(Math.random()), prefix: `made${++count}-` });
    this.address = new URL(address, location);
    this.address.searchParams.set("made", this.token);
  }

  async open() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "making";
    this.dialog.addEventListener("close", () => this.end());
    this.dialog.addEventListener("click", (event) => this.clicked(event));
    this.dialog.addEventListener("submit", (event) => this.send(event));
    document.body.append(this.dialog);
    this.channel = new BroadcastChannel("kontor-made");
    this.channel.onmessage = ({ data }) => { if (data.token === this.token) this.take(data); };
    await this.show(await this.ask({ headers: HEADERS }));
  }

  // The page that answers; null where none comes.
  async ask(options) {
    try {
      const answer = await fetch(this.address, { ...options, signal: AbortSignal.timeout(window.KontorOffers.PATIENCE) });
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return null;
    }
  }

  async show(page) {
    const made = page?.querySelector("record-made")?.dataset;
    if (made) {
      document.querySelector(".flashes")?.append(...page.querySelectorAll(".flash-warning"));
      this.take({ id: Number(made.id), title: made.title, text: made.text });
      return;
    }
    const part = page?.querySelector(".making-part");
    if (!part) { this.fail(page); return; }
    this.rename(part);
    this.dialog.setAttribute("aria-labelledby", part.querySelector("h2").id);
    this.dialog.replaceChildren(document.adoptNode(part));
    this.dialog.querySelector("[data-tab]").href = this.address;
    window.htmx.process(this.dialog);
    for (const script of page.querySelectorAll("script[src]")) await import(script.src);
    if (!this.dialog.open) this.dialog.showModal();
    (this.dialog.querySelector('[aria-invalid="true"]') || this.dialog.querySelector("[autofocus]"))?.focus();
  }

  rename(part) {
    for (const name of NAMING) {
      for (const element of part.querySelectorAll(`[${name}]`)) element.setAttribute(name, this.prefix + element.getAttribute(name));
    }
  }

  // Nothing of the form came: what was typed in it stays. Where there is none yet, a tab may say why.
  fail(page) {
    if (!this.dialog.open) { window.open(this.address); return; }
    const { noAnswer, signedOut } = document.body.dataset;
    const line = document.createElement("p");
    line.className = "field-error";
    line.setAttribute("role", "alert");
    line.textContent = page?.querySelector('input[type="password"]') ? signedOut : noAnswer;
    this.dialog.querySelector(":scope > .field-error")?.remove();
    this.dialog.prepend(line);
  }

  async send(event) {
    event.preventDefault();
    event.stopPropagation(); // nothing leaves the page: see shell.js
    const form = event.target;
    if (this.isSending) return; // asked for twice, sent once
    this.isSending = true;
    const page = await this.ask({ method: "POST", body: new FormData(form), headers: HEADERS });
    this.isSending = false;
    if (this.dialog.open) await this.show(page);
  }

  // Closed by its buttons; or one is chosen that was there already, instead of making it again.
  clicked(event) {
    const there = event.target.closest("[data-there]");
    if (there) {
      event.preventDefault();
      const { there: id, title, text } = there.dataset;
      this.take({ id: Number(id), title, text });
    } else if (event.target.closest("[data-close]")) this.dialog.close();
  }

  take(made) {
    this.end();
    this.made(made);
  }

  end() {
    this.dialog.remove();
    this.channel.close();
    if (this.from.isConnected) this.from.focus();
  }
}
