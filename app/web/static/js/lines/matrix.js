// Many lines typed at once, in a grid of sizes by colours or whatever the axes are (app/web/kit/lines/matrices.py). What stands on
// lines already is shown in its cell, and changed there; each other cell that is filled becomes a line, as if its item had been
// chosen by itself. The grid asks for this file once somebody opens one.
"use strict";

class LineMatrix {
  static MOST = 2000; // lines in one document: the server takes no more
  //: where goods are or go, the first that the form has
  static PLACES = ["place_id", "source_id", "target_id"];
  static count = 0;

  constructor(grid) {
    Object.assign(this, { grid, words: JSON.parse(grid.dataset.matrices) });
  }

  say(name, values) {
    return this.words[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  // The matrix of the item that a line has; else the person chooses one.
  async begin(line) {
    const from = document.activeElement;
    if (line?.data.item_id) {
      const { rows } = await window.KontorOffers.request(`${this.grid.dataset.source}/matrices?of=${line.data.item_id}`);
      if (rows.length) { await this.open(rows[0].matrix, from); return; }
    }
    this.choose(from);
  }

  choose(from) {
    const dialog = this.dialog(this.words.which, from);
    const input = Object.assign(document.createElement("input"), { className: "form-control", autocomplete: "off" });
    input.setAttribute("aria-label", this.words.which);
    dialog.append(input);
    const offers = new window.KontorOffers(input, `${this.grid.dataset.source}/matrices`, ({ matrix }) => {
      dialog.close();
      this.open(matrix, from);
    }, []);
    dialog.showModal();
    input.focus();
    offers.ask();
  }

  dialog(title, from) {
    const dialog = Object.assign(document.createElement("dialog"), { className: "making" });
    const head = Object.assign(document.createElement("div"), { className: "making-head" });
    const name = Object.assign(document.createElement("h2"), { textContent: title, id: `matrix-${++LineMatrix.count}` });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-icon btn-ghost", textContent: "×", title: `${this.words.close} (Esc)` });
    close.setAttribute("aria-label", this.words.close);
    close.addEventListener("click", () => dialog.close());
    head.append(name, close);
    dialog.append(head);
    dialog.setAttribute("aria-labelledby", name.id);
    dialog.addEventListener("close", () => { dialog.remove(); if (from?.isConnected) from.focus(); });
    document.body.append(dialog);
    return dialog;
  }

  get place() {
    return LineMatrix.PLACES.map((name) => this.grid.form.querySelector(`[name="${name}"]`)?.value).find(Boolean);
  }

  async open(address, from) {
    const matrix = await window.KontorOffers.request(`${address}?${new URLSearchParams(this.place ? { place: this.place } : {})}`);
    if (matrix.error) { this.grid.say(matrix.error); return; }
    const dialog = this.dialog(matrix.title, from);
    const card = Object.assign(document.createElement("div"), { className: "table-card" });
    this.note = Object.assign(document.createElement("p"), { className: "hint" });
    this.note.setAttribute("role", "status");
    this.cells = [];
    this.matrix = matrix;
    card.append(this.table(matrix));
    dialog.append(card, this.note, this.buttons(dialog));
    dialog.addEventListener("keydown", (event) => this.key(event, dialog));
    this.total();
    dialog.showModal();
    (this.cells.find(({ input }) => !input.readOnly)?.input ?? dialog.querySelector("button")).focus();
  }

  table({ axes, columns, rows }) {
    const table = Object.assign(document.createElement("table"), { className: "axis-grid" });
    const head = table.createTHead().insertRow();
    head.append(this.title(axes.filter(Boolean).join(" \\ "), "col"), ...columns.map((title) => this.title(title, "col")));
    const body = table.createTBody();
    rows.forEach(({ title, cells }, y) => {
      const row = body.insertRow();
      row.append(this.title(title, "row"));
      cells.forEach((record, x) => {
        const cell = row.insertCell();
        if (record) cell.append(...this.cell(record, [title, columns[x]].filter(Boolean).join(", "), x, y)); else cell.textContent = "–";
      });
    });
    return table;
  }

  title(text, scope) {
    return Object.assign(document.createElement("th"), { textContent: text, scope });
  }

  cell(record, title, x, y) {
    const lines = [...this.grid.body.rows].filter(({ data }) => data.item_id === record.id);
    const said = lines.map(({ data }) => window.KontorExact.inBase(data, this.grid.units(data.quantity)));
    const sum = said.every((units) => units != null) ? said.reduce((all, units) => all + units, 0n) : undefined;
    const input = Object.assign(document.createElement("input"), { className: "form-control", autocomplete: "off" });
    input.inputMode = record.digits === 0 ? "numeric" : "decimal";
    input.setAttribute("aria-label", title);
    input.value = lines.length && sum !== undefined ? window.KontorExact.typed(sum, this.grid.point) : "";
    input.readOnly = lines.length > 1 || sum === undefined;
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => { input.removeAttribute("aria-invalid"); this.total(); });
    this.cells.push({ record, input, x, y, line: lines[0], before: input.value });
    const notes = [record.held ?? "", lines.length > 1 ? this.say("lines", { n: lines.length }) : ""];
    return [input, ...notes.filter(Boolean).map((text) => Object.assign(document.createElement("small"), { className: "hint", textContent: text }))];
  }

  buttons(dialog) {
    const row = Object.assign(document.createElement("div"), { className: "form-actions" });
    const add = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: this.words.add, title: "Ctrl+Enter" });
    const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost", textContent: this.words.cancel });
    add.addEventListener("click", () => this.add(dialog));
    cancel.addEventListener("click", () => dialog.close());
    row.append(add, cancel);
    this.button = add;
    return row;
  }

  total() {
    const sum = this.cells.reduce((all, { input }) => all + (this.grid.units(input.value) ?? 0n), 0n);
    const isHeldSaid = this.cells.some(({ record }) => record.held !== undefined);
    const total = this.say("total", { n: window.KontorExact.typed(sum, this.grid.point), unit: this.matrix.unit });
    this.note.textContent = isHeldSaid ? `${total} · ${this.words.held}` : total;
  }

  key(event, dialog) {
    const at = this.cells.findIndex(({ input }) => input === event.target);
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); event.stopPropagation(); this.add(dialog); return; }
    if (at < 0) return;
    const { x, y } = this.cells[at];
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Enter") { event.preventDefault(); (this.cells[at + 1]?.input ?? this.button).focus(); }
    else if (steps[event.key]) { event.preventDefault(); this.step(x, y, ...steps[event.key]); }
  }

  // To the next cell in a direction that has a variant.
  step(x, y, right, down) {
    const ahead = this.cells.filter((cell) => (right ? cell.y === y && (cell.x - x) * right > 0 : cell.x === x && (cell.y - y) * down > 0));
    const far = (cell) => Math.abs(cell.x - x) + Math.abs(cell.y - y);
    ahead.sort((one, other) => far(one) - far(other))[0]?.input.focus();
  }

  add(dialog) {
    const { grid } = this;
    const changed = this.cells.filter(({ input, before }) => input.value.trim() !== before);
    const bad = changed.filter(({ input }) => input.value.trim() && !((grid.units(input.value) ?? -1n) >= 0n));
    for (const { input } of bad) input.setAttribute("aria-invalid", "true");
    if (bad.length) {
      this.note.textContent = grid.judge.say("number", { text: bad[0].input.value });
      bad[0].input.focus();
      bad[0].input.select();
      return;
    }
    const fresh = changed.filter(({ input, line }) => !line && grid.units(input.value));
    if (grid.body.rows.length + fresh.length > LineMatrix.MOST) {
      this.note.textContent = grid.judge.say("too_many", { n: fresh.length, most: LineMatrix.MOST });
      return;
    }
    dialog.close();
    if (grid.last && grid.isEmpty(grid.last)) grid.last.remove();
    for (const each of changed) this.put(each);
    grid.ensureLast();
    grid.number();
    grid.total();
    grid.changed();
    grid.proposals.ask();
    grid.focus(grid.last, "item");
  }

  put({ record, input, line }) {
    const units = this.grid.units(input.value);
    const quantity = units && window.KontorExact.typed(units, this.grid.point);
    if (line && !units) { line.remove(); return; }
    if (line) Object.assign(line.data, { quantity, packing_id: null });
    else if (units) {
      line = this.grid.addRow({ quantity });
      this.grid.put(line, record);
    } else return;
    delete line.serverErrors.quantity;
    this.grid.fill(line);
    this.grid.compute(line);
  }
}
window.KontorLineMatrix = LineMatrix;
