// <lookup-field data-source="/lookup/…">: one record, chosen by typing; the hidden input within keeps its id, and what was
// typed is sent beside it. Emits "chosen" with the record. Text that names no record chooses none, stays, and is marked.
"use strict";

class LookupField extends HTMLElement {
  connectedCallback() {
    if (this.input) return; // moved in the page: built already
    this.keeper = this.querySelector('input[type="hidden"]');
    this.input = this.querySelector('input:not([type="hidden"])');
    this.chosen = { id: this.keeper.value, title: this.input.value };
    //: the text that is known to name nothing: one that comes back from the server without an id
    this.unknown = this.keeper.value ? null : this.input.value;
    this.settling = null;
    this.offers = new window.KontorOffers(this.input, this.dataset.source, (row) => this.choose(row), JSON.parse(this.dataset.creates ?? "[]"));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => { if (!this.keeper.value) this.offers.ask(); });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("blur", () => this.settle());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault(); // choosing a record does not send the form
      this.settle();
    });
  }

  disconnectedCallback() {
    this.offers.close(); // the list hangs on the page's body
  }

  typed() {
    if (!this.input.value) this.chosen = { id: "", title: "" };
    this.keeper.value = this.input.value === this.chosen.title ? this.chosen.id : "";
    this.mark("");
  }

  choose(row) {
    if (row.together) return; // several, not one record
    this.chosen = { id: String(row.id), title: row.title };
    this.keeper.value = this.chosen.id;
    this.input.value = row.title;
    this.mark("");
    this.dispatchEvent(new CustomEvent("chosen", { detail: row, bubbles: true }));
    this.keeper.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // What the form has to wait for before it is sent; null when everything is known.
  settled() {
    const isKnown = this.keeper.value || !this.input.value || this.unknown === this.input.value;
    return isKnown ? this.settling : this.settle();
  }

  settle() {
    this.settling ??= this.find().finally(() => { this.settling = null; });
    return this.settling;
  }

  // Words in the box that were not chosen from the offers: what they name, if that is one thing.
  async find() {
    const text = this.input.value;
    if (this.keeper.value || !text || this.unknown === text) return;
    const row = await window.KontorOffers.named(this.dataset.source, text);
    if (this.keeper.value || this.input.value !== text) return;
    if (row) this.choose(row);
    else if (row === null && document.activeElement !== this.input) {
      this.unknown = text;
      this.mark((this.dataset.unknown || "").replace("{text}", () => text));
    }
  }

  mark(words) {
    this.input.setAttribute("aria-invalid", String(Boolean(words)));
    this.input.classList.toggle("is-invalid", Boolean(words));
    this.words ??= this.appendChild(document.createElement("div"));
    this.words.className = "field-error";
    this.words.id = `${this.input.id}-unknown`;
    this.words.textContent = words;
    this.words.hidden = !words;
    const about = words ? this.words.id : this.closest(".field")?.querySelector(".form-hint")?.id;
    if (about) this.input.setAttribute("aria-describedby", about); else this.input.removeAttribute("aria-describedby");
    this.closest(".field")?.querySelector(`#${CSS.escape(this.keeper.id)}-error`)?.remove(); // the server's, of other text
  }
}
customElements.define("lookup-field", LookupField);
