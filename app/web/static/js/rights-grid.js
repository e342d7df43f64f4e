// A role's grid by keyboard: arrows move between its boxes, and whatever is ticked in a row ticks that it is seen, without which
// it is worth nothing.
customElements.define("rights-grid", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.move(event));
    this.addEventListener("change", (event) => this.see(event.target));
  }

  move(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = event.target.closest(".role-grid td");
    if (!steps || !cell || event.target.matches("select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...this.querySelectorAll(".role-grid tbody tr")];
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    for (;;) {
      [row, column] = [row + steps[0], column + steps[1]];
      const next = rows[row]?.cells[column];
      if (!next || column < 1) return;
      const box = next.querySelector("input, select");
      if (box) {
        event.preventDefault();
        box.focus();
        return;
      }
    }
  }

  see(box) {
    const boxes = [...(box.closest(".role-grid tr")?.querySelectorAll("input") ?? [])];
    if (!boxes.includes(box)) return;
    if (box === boxes[0] && !box.checked) boxes.forEach((other) => { other.checked = false; });
    else if (box.checked) boxes[0].checked = true;
  }
});
