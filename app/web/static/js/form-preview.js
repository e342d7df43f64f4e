// <form-preview data-address="…">: around a form and an element of the class preview. What the server makes of the form as it
// stands is shown there: when the page opens, and by the form's button with data-preview. A source text has numbered lines, and
// what the preview says of one (data-line) marks its number.
"use strict";

class FormPreview extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.shown = this.querySelector(".preview");
    this.form.querySelector("[data-preview]").onclick = (event) => { event.preventDefault(); this.show(); };
    this.number(this.form.querySelector("textarea.template-source"));
    this.show();
  }

  number(source) {
    if (!source) return;
    this.numbers = document.createElement("ol");
    this.numbers.className = "line-numbers";
    this.numbers.setAttribute("aria-hidden", "true");
    source.before(this.numbers);
    const fill = () => {
      const count = source.value.split("\n").length;
      while (this.numbers.children.length > count) this.numbers.lastChild.remove();
      while (this.numbers.children.length < count) this.numbers.append(document.createElement("li"));
    };
    source.addEventListener("input", fill);
    source.addEventListener("scroll", () => { this.numbers.scrollTop = source.scrollTop; });
    fill();
  }

  mark() {
    const wrong = Number(this.shown.querySelector("[data-line]")?.dataset.line);
    [...this.numbers?.children ?? []].forEach((each, i) => each.classList.toggle("is-wrong", i + 1 === wrong));
  }

  async show() {
    this.shown.setAttribute("aria-busy", "true");
    const turn = this.turn = Symbol("turn"); // an older answer doesn't take the place of a newer one
    try {
      const answer = await fetch(this.dataset.address, { method: "POST", body: new FormData(this.form) });
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (turn === this.turn) { this.shown.innerHTML = text; this.mark(); }
    } catch {
      if (turn === this.turn) this.shown.textContent = document.body.dataset.noAnswer;
    }
    if (turn === this.turn) this.shown.removeAttribute("aria-busy");
  }
}
customElements.define("form-preview", FormPreview);
