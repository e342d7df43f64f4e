// <drop-tree>: what is drawn onto [data-drop="value"] is sent there as `to`: a [data-drag="address"] by the form [data-move] to its
// address, with its data-version where it has one; whatever else of the form [data-put] is drawn, with what is ticked there, by that form.
"use strict";

class DropTree extends HTMLElement {
  connectedCallback() {
    const [move, put] = [this.querySelector("[data-move]"), this.querySelector("[data-put]")];
    let drawn = null;
    this.addEventListener("dragstart", (event) => {
      drawn = event.target.closest("[draggable=true]");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", drawn.textContent.trim());
    });
    this.addEventListener("dragend", () => { drawn = null; this.mark(null); });
    this.addEventListener("dragover", (event) => {
      const place = drawn && event.target.closest("[data-drop]");
      if (place && !place.contains(drawn)) event.preventDefault();
      this.mark(place);
    });
    this.addEventListener("drop", (event) => {
      const place = event.target.closest("[data-drop]");
      if (!place || !drawn) return;
      event.preventDefault();
      const form = drawn.dataset.drag ? move : put;
      if (drawn.dataset.drag) form.action = drawn.dataset.drag;
      else drawn.querySelector("input").checked = true;
      if (drawn.dataset.version) form.elements.version.value = drawn.dataset.version;
      form.elements.to.value = place.dataset.drop;
      form.requestSubmit();
    });
  }

  mark(place) {
    for (const each of this.querySelectorAll(".is-aim")) if (each !== place) each.classList.remove("is-aim");
    if (place) place.classList.add("is-aim");
  }
}
customElements.define("drop-tree", DropTree);
