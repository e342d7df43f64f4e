// <add-texts data-field="id">: buttons, each with a text in data-text that it adds to the field of that id, behind a comma, or
// takes out again. A pressed one is in the field.
"use strict";

class AddTexts extends HTMLElement {
  connectedCallback() {
    const field = document.getElementById(this.dataset.field);
    const typed = () => field.value.split(/[,;]/).map((text) => text.trim()).filter(Boolean);
    const buttons = [...this.querySelectorAll("button[data-text]")];
    const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(typed().includes(button.dataset.text))));
    buttons.forEach((button) => {
      button.onclick = () => {
        const text = button.dataset.text, others = typed().filter((each) => each !== text);
        field.value = (others.length < typed().length ? others : [...others, text]).join(", ");
        field.dispatchEvent(new Event("input", { bubbles: true }));
        mark();
      };
    });
    field.addEventListener("input", mark);
    mark();
  }
}
customElements.define("add-texts", AddTexts);
