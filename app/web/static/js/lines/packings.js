// Quantities that are typed in packings of an item, such as 3 boxes, counted as the server does (app/web/kit/lines/packings.py).
// Beside a quantity stands the unit in which it is meant, where the item has packings; it can be typed behind the number too.
// The grid asks for this file once an item has any.
"use strict";

class LinePackings {
  constructor(grid) {
    this.grid = grid;
    for (const line of grid.body.rows) this.read(line); // what was typed before
  }

  // The unit beside the number, once there is something to choose: lines may be thousands.
  add(line) {
    const input = line.querySelector('[data-column="quantity"]');
    const select = document.createElement("select");
    const note = Object.assign(document.createElement("small"), { className: "in-base" });
    select.className = "pack";
    select.setAttribute("aria-label", input.getAttribute("aria-label"));
    select.addEventListener("change", () => this.choose(line, select.value));
    select.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      const inputs = [...this.grid.body.querySelectorAll("td:not([hidden]) > [data-column]")];
      (inputs[inputs.indexOf(input) + 1] || input).focus();
    });
    input.parentElement.append(select, note);
    Object.assign(line, { pack: select, inBase: note });
  }

  show(line) {
    const { data } = line;
    if (!line.pack && !data.packings?.length) return;
    if (!line.pack) this.add(line);
    const { pack, inBase } = line;
    const chosen = window.KontorExact.packing(data);
    const offered = (data.packings ?? []).filter((packing) => !packing.off || packing === chosen);
    const options = [new Option(data.unit ?? "", ""), ...offered.map(({ id, name }) => new Option(name, id))];
    if (document.activeElement !== pack) pack.replaceChildren(...options);
    pack.value = chosen ? String(chosen.id) : "";
    pack.hidden = !offered.length;
    pack.parentElement.classList.toggle("cell-pack", offered.length > 0);
    const base = chosen && window.KontorExact.inBase(data, this.grid.units(data.quantity));
    inBase.textContent = base ? `${window.KontorExact.typed(base, this.grid.point)} ${data.unit}` : "";
  }

  choose(line, id) {
    line.data.packing_id = id ? Number(id) : null;
    delete line.serverErrors.quantity;
    this.grid.compute(line);
    this.grid.total();
    this.grid.changed();
    this.grid.proposals.ask();
  }

  // "3 box" or "3b": the number stays, the words choose the unit, or say that there is none such.
  read(line) {
    const [, number, words] = /^\s*([\d\s.,'’\u00a0\u202f]*\d)\s*([^\d\s].*?)\s*$/u.exec(line.data.quantity ?? "") ?? [];
    if (!words || !line.data.unit) return;
    const begins = (name) => name.toLowerCase().startsWith(words.toLowerCase());
    const found = (line.data.packings ?? []).find((packing) => !packing.off && begins(packing.name));
    if (!found && !begins(line.data.unit)) return;
    Object.assign(line.data, { quantity: number, packing_id: found ? found.id : null });
    this.grid.fill(line);
    this.grid.compute(line);
    this.grid.total();
  }
}
window.KontorLinePackings = LinePackings;
