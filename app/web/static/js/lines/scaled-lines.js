// <scaled-lines data-source="…">: in a form with a quantity, a bill and a line grid. The lines follow the quantity: the server
// says how much of each. The hidden input within says which quantity they are for; without an answer the server asks later.
// Each line keeps what somebody typed and for which quantity, so that nothing is rounded twice (production/following.py).
"use strict";

class ScaledLines extends HTMLElement {
  static MOST = 200; // lines that one address can name

  connectedCallback() {
    this.filled = this.querySelector("input");
    this.form = this.closest("form");
    this.quantity = this.form.querySelector('input[name="quantity"]');
    this.quantity.addEventListener("change", () => this.follow());
  }

  get grid() {
    return this.form.querySelector("line-grid");
  }

  // What the form waits for before it is sent: keys that send it come before the box says that it was changed.
  settled() {
    return this.follow();
  }

  follow() {
    const [before, after] = [this.filled.value, this.quantity.value];
    const rows = [...this.grid.body.rows].filter((row) => row.data.item_id);
    const bom = this.form.querySelector('input[name="bom_id"]').value;
    if (!bom || !before || !after || before === after || !rows.length || rows.length > ScaledLines.MOST) return null;
    const asked = new URLSearchParams({ bom, before, after });
    const typed = rows.map((row) => this.typed(row.data, before));
    for (const line of typed) asked.append("line", line);
    const said = rows.map((row) => row.data.quantity);
    return this.grid.during(this.ask(asked, rows, typed, said, after));
  }

  // Item, quantity and what it is for; of a line that says otherwise by now, what it says.
  typed(data, before) {
    const [item, quantity, ordered, shown] = (data.typed || "").split(":");
    const isKept = item === String(data.item_id) && this.grid.units(shown) === this.grid.units(data.quantity);
    return isKept ? `${item}:${quantity}:${ordered}` : `${data.item_id}:${data.quantity || "0"}:${before}`;
  }

  async ask(asked, rows, typed, said, after) {
    let quantities;
    try {
      const answer = await fetch(`${this.dataset.source}?${asked}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      ({ quantities } = await answer.json());
    } catch { return; } // the server changes the lines when the form is sent
    if (this.quantity.value !== after || rows.some((row, i) => row.data.quantity !== said[i])) return; // typed on meanwhile
    rows.forEach((row, i) => { Object.assign(row.data, { quantity: quantities[i], typed: `${typed[i]}:${quantities[i]}` }); this.grid.fill(row); this.grid.compute(row); });
    this.filled.value = after;
    this.grid.total();
    this.grid.say(this.dataset.words);
  }
}
customElements.define("scaled-lines", ScaledLines);
