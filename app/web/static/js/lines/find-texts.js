// <find-texts data-field="id" data-source="/lookup/…">: a box in which records are looked for; the code of what is chosen is added
// to the field of that id, behind a comma, and the next one can be looked for.
"use strict";

class FindTexts extends HTMLElement {
  connectedCallback() {
    if (this.input) return; // moved in the page: built already
    this.input = this.querySelector("input");
    this.offers = new window.KontorOffers(this.input, this.dataset.source, (row) => this.add(row), []);
    this.input.addEventListener("click", () => this.offers.ask());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) event.preventDefault(); // choosing a record does not send the form
    });
  }

  disconnectedCallback() {
    this.offers.close(); // the list hangs on the page's body
  }

  add(row) {
    const field = document.getElementById(this.dataset.field);
    const texts = field.value.split(/[,;\s]+/).filter(Boolean);
    field.value = [...new Set([...texts, row.code])].join(", ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.value = "";
  }
}
customElements.define("find-texts", FindTexts);
