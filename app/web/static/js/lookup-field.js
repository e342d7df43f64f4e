// <lookup-field data-source="/lookup/…">: a text box that offers matching records; the hidden input beside it keeps the id.
// Emits "chosen" with the record. The line grid uses the same offers for its cells.
"use strict";

class Offers {
  constructor(input, source, choose) {
    this.input = input;
    this.source = source;
    this.choose = choose;
    this.rows = [];
    this.at = -1;
    this.asked = 0;
    this.list = null;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.ask());
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    input.addEventListener("keydown", (event) => this.key(event));
  }

  async ask() {
    const asked = ++this.asked;
    const rows = await Offers.find(this.source, this.input.value);
    if (asked === this.asked && document.activeElement === this.input) this.show(rows);
  }

  static async find(source, text) {
    const answer = await fetch(`${source}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).rows : [];
  }

  show(rows) {
    this.close();
    this.rows = rows;
    this.list = document.createElement("ul");
    this.list.className = "offers";
    this.list.setAttribute("role", "listbox");
    this.list.id = `offers-${Math.random().toString(36).slice(2)}`;
    rows.forEach((row, i) => {
      const line = document.createElement("li");
      line.setAttribute("role", "option");
      line.id = `${this.list.id}-${i}`;
      const title = document.createElement("span");
      title.textContent = row.title;
      line.append(title);
      if (row.note) {
        const note = document.createElement("small");
        note.textContent = row.note;
        line.append(note);
      }
      line.addEventListener("mousedown", (event) => { event.preventDefault(); this.take(i); });
      this.list.append(line);
    });
    if (!rows.length) return;
    document.body.append(this.list);
    const box = this.input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom > 240 || box.top < 240;
    Object.assign(this.list.style, {
      left: `${Math.min(box.left, Math.max(window.innerWidth - 300, 8))}px`,
      width: `${Math.max(box.width, 280)}px`,
      ...(below ? { top: `${box.bottom + 2}px` } : { bottom: `${window.innerHeight - box.top + 2}px` }),
    });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.list.id);
    this.mark(0);
  }

  mark(i) {
    this.at = i;
    [...this.list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === i)));
    this.list.children[i]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${i}`);
  }

  key(event) {
    if (event.key === "ArrowDown" && !this.list) { this.ask(); event.preventDefault(); return; }
    if (!this.list) return;
    const last = this.rows.length - 1;
    if (event.key === "ArrowDown") this.mark(Math.min(this.at + 1, last));
    else if (event.key === "ArrowUp") this.mark(Math.max(this.at - 1, 0));
    else if (event.key === "Enter") this.take(this.at);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") { if (this.at >= 0 && this.input.value) this.take(this.at); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(i) {
    const row = this.rows[i];
    this.close();
    if (row) this.choose(row);
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

class LookupField extends HTMLElement {
  connectedCallback() {
    const hidden = this.querySelector('input[type="hidden"]');
    const input = this.querySelector('input:not([type="hidden"])');
    let title = input.value;
    const offers = new Offers(input, this.dataset.source, (row) => {
      hidden.value = row.id;
      input.value = title = row.title;
      this.dispatchEvent(new CustomEvent("chosen", { detail: row, bubbles: true }));
      hidden.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => { if (!hidden.value) offers.ask(); });
    input.addEventListener("input", () => { if (!input.value) { hidden.value = ""; title = ""; } });
    input.addEventListener("blur", () => { if (input.value) input.value = title; });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // choosing a record does not send the form
    });
  }
}
customElements.define("lookup-field", LookupField);
window.KontorOffers = Offers;
