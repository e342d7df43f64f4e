// <lookup-field data-source="/lookup/…">: one record, chosen by typing; the hidden input within keeps its id.
// Emits "chosen" with the record. Text that names no record chooses none: it never stands beside another one's id.
"use strict";

class LookupField extends HTMLElement {
  connectedCallback() {
    this.keeper = this.querySelector('input[type="hidden"]');
    this.input = this.querySelector('input:not([type="hidden"])');
    this.chosen = { id: this.keeper.value, title: this.input.value };
    const offers = new window.KontorOffers(this.input, this.dataset.source, (row) => this.choose(row));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => { if (!this.keeper.value) offers.ask(); });
    this.input.addEventListener("input", () => {
      if (!this.input.value) this.chosen = { id: "", title: "" };
      this.keeper.value = this.input.value === this.chosen.title ? this.chosen.id : "";
    });
    this.input.addEventListener("blur", () => this.settle());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault(); // choosing a record does not send the form
      this.settle();
    });
  }

  choose(row) {
    this.chosen = { id: String(row.id), title: row.title };
    this.keeper.value = this.chosen.id;
    this.input.value = row.title;
    this.dispatchEvent(new CustomEvent("chosen", { detail: row, bubbles: true }));
    this.keeper.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Left with words in it that were not chosen from the offers: what they name, or what stood there before.
  async settle() {
    const text = this.input.value;
    if (this.keeper.value || !text) return;
    const row = await window.KontorOffers.named(this.dataset.source, text);
    if (this.keeper.value || this.input.value !== text) return;
    if (row) this.choose(row);
    else if (document.activeElement !== this.input) {
      this.input.value = this.chosen.title;
      this.keeper.value = this.chosen.id;
    }
  }
}
customElements.define("lookup-field", LookupField);
