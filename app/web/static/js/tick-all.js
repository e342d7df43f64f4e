// <tick-all data-name="id"> around a box: it ticks all boxes of that name in its form, or none, and says when only some are.
"use strict";

class TickAll extends HTMLElement {
  connectedCallback() {
    const all = this.querySelector("input"), form = this.closest("form");
    const boxes = () => [...form.querySelectorAll(`input[type=checkbox][name="${this.dataset.name}"]`)];
    const mark = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
    };
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      mark();
    });
    this.hidden = false;
    mark();
  }
}
customElements.define("tick-all", TickAll);
