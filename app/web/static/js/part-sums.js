// <part-sums data-amount="id of the amount">: around boxes marked data-open. Says what is typed into them, and fills them in: all
// that is open, or an amount over the oldest. The server adds up for itself; without this script people type each.
"use strict";

class PartSums extends HTMLElement {
  connectedCallback() {
    this.amount = document.getElementById(this.dataset.amount);
    this.boxes = [...this.querySelectorAll("[data-open]")];
    this.querySelector("[data-parts-buttons]").hidden = false;
    this.addEventListener("input", () => this.show());
    this.addEventListener("click", (event) => this.fill(event.target.closest("[data-parts]")?.dataset.parts));
    this.amount.addEventListener("input", () => this.show());
    this.show();
  }

  read(text) {
    return window.KontorExact.read(text, this.dataset.group) || 0n;
  }

  typed(value) {
    return value ? window.KontorExact.typed(value, this.dataset.point) : "";
  }

  fill(way) {
    if (!way) return;
    let left = this.read(this.amount.value);
    for (const box of this.boxes) {
      const open = this.read(box.dataset.open);
      const part = way === "all" ? open : way === "none" || left <= 0n ? 0n : open < left ? open : left;
      left -= part;
      box.value = this.typed(part);
    }
    this.show();
    if (way === "all" && !this.amount.value) {
      this.amount.value = this.typed(this.sum);
      this.show();
    }
    this.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  }

  show() {
    this.sum = this.boxes.reduce((sum, box) => sum + this.read(box.value), 0n);
    this.querySelector("[data-parts-sum]").textContent = this.typed(this.sum) || "0";
    this.querySelector("[data-parts-left]").textContent = this.typed(this.read(this.amount.value) - this.sum) || "0";
  }
}
customElements.define("part-sums", PartSums);
