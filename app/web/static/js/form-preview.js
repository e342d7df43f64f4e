// <form-preview data-address="…">: around a form and an element of the class preview. What the server makes of the form as it
// stands is shown there: when the page opens, and by the form's button with data-preview.
"use strict";

class FormPreview extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.shown = this.querySelector(".preview");
    this.form.querySelector("[data-preview]").onclick = (event) => { event.preventDefault(); this.show(); };
    this.show();
  }

  async show() {
    this.shown.setAttribute("aria-busy", "true");
    const turn = this.turn = Symbol("turn"); // an older answer doesn't take the place of a newer one
    try {
      const answer = await fetch(this.dataset.address, { method: "POST", body: new FormData(this.form) });
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (turn === this.turn) this.shown.innerHTML = text;
    } catch {
      if (turn === this.turn) this.shown.textContent = document.body.dataset.noAnswer;
    }
    if (turn === this.turn) this.shown.removeAttribute("aria-busy");
  }
}
customElements.define("form-preview", FormPreview);
