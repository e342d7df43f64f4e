// <period-choice> around <button type="button" data-since data-until>: a press says these days in the boxes of the list's filters.
"use strict";

class PeriodChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-since]"), form = document.querySelector("form.filters");
      if (!button || !form) return;
      form.elements.since.value = button.dataset.since;
      form.elements.until.value = button.dataset.until;
      form.elements.until.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

customElements.define("period-choice", PeriodChoice);
