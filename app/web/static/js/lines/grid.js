// <line-grid>: the lines of a document, by keyboard, scanner or paste. Rows live in the hidden input as JSON of texts;
// the server parses and decides, this only shows what it will come to.
"use strict";

const SCAN_PAUSE = 40; // milliseconds between keys at most, on average: nobody types so fast

class LineGrid extends HTMLElement {
  connectedCallback() {
    if (!this.table) this.build();
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.form.addEventListener("change", (event) => {
      if (["tax_included", "currency"].includes(event.target.name)) this.sum();
    }, { signal });
    this.form.addEventListener("submit", () => this.store(), { signal });
    this.form.querySelector("[data-matrix]")?.addEventListener("click", () => this.during(this.openMatrix()), { signal });
    document.addEventListener("keydown", (event) => this.keyElsewhere(event), { signal });
    this.prices.listen(signal);
    this.proposals.listen(signal);
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  build() {
    this.creates = JSON.parse(this.dataset.creates);
    //: where matrices are found, such as sizes by colours; none without any
    this.matrices = this.dataset.matrices ? `${this.dataset.source}/matrices` : "";
    this.columns = JSON.parse(this.dataset.columns); // [{name, title, kind: item|decimal|choice|text|date, where, min, above, max, places, choices}]
    this.field = this.querySelector('input[type="hidden"]');
    this.form = this.closest("form");
    this.point = this.dataset.point || ".";
    this.group = this.dataset.group || ",";
    this.priced = this.columns.some((c) => c.name === "price");
    this.judge = new window.KontorLineJudge(this.columns, JSON.parse(this.dataset.words || "{}"), this.group);
    this.sums = new window.KontorLineSums(this, this.group, this.point);
    this.prices = new window.KontorLinePrices(this);
    this.proposals = new window.KontorLineProposals(this);
    //: lookups without which the form is not sent
    this.underWay = new Set();
    const rows = JSON.parse(this.field.value || "[]");
    this.table = document.createElement("table");
    this.table.className = "lines-grid";
    this.note = document.createElement("p");
    this.note.className = "grid-note";
    this.note.setAttribute("role", "status");
    this.append(this.table, this.note);
    this.head();
    this.body = this.table.createTBody();
    const serverErrors = JSON.parse(this.dataset.errors || "{}"); // line → column → the server's words
    rows.forEach((row, i) => Object.assign(this.addRow(row), { unknown: row.item_id ? null : row.item, serverErrors: serverErrors[i + 1] || {} }));
    this.ensureLast();
    this.bare();
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("paste", (event) => this.paste(event));
    this.sum();
    this.begin();
  }

  // Where work starts: what is wrong, else what has to be filled in, else the lines.
  begin() {
    const first = (selector) => [...this.form.querySelectorAll(selector)].find((each) => !this.contains(each));
    const bad = this.body.querySelector('.bad [aria-invalid="true"]') || this.body.querySelector('.bad [data-column="quantity"]');
    const empty = [...this.form.querySelectorAll('[aria-required="true"]')].find((each) => !each.value);
    const line = this.body.rows[0];
    const start = first('[aria-invalid="true"]') || bad || empty || line.querySelector(`[data-column="${line.data.item_id ? "quantity" : "item"}"]`);
    start.focus({ preventScroll: start !== bad });
    if (start === bad) bad.closest("tr").scrollIntoView({ block: "center" });
  }

  // What the form waits for before it is sent; null when nothing is asked for.
  settled() {
    const input = document.activeElement;
    if (this.contains(input) && input.dataset.column === "item") this.settle(input.closest("tr"), input, true);
    this.proposals.ask(); // the cell in which one is hasn't changed yet
    return this.underWay.size ? this.waited() : null;
  }

  async waited() {
    while (this.underWay.size) await Promise.allSettled([...this.underWay]);
  }

  during(lookup) {
    this.underWay.add(lookup);
    return lookup.finally(() => this.underWay.delete(lookup));
  }

  say(words) {
    this.note.textContent = words;
  }

  head() {
    const row = this.table.createTHead().insertRow();
    const titles = ["#", ...this.columns.map((c) => c.title), ...(this.priced ? [this.dataset.amountTitle] : [])];
    titles.forEach((title, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = title;
      const column = this.columns[i - 1];
      if (i === 1) cell.className = "col-item"; else if (i > 1) cell.className = column && column.kind !== "decimal" ? "col-num" : "num col-num";
      if (column?.where) cell.dataset.where = column.where;
      row.append(cell);
    });
    row.insertCell(); // above the buttons that remove a line
  }

  addRow(row) {
    const line = this.body.insertRow();
    Object.assign(line, { data: row, serverErrors: {}, totals: null });
    line.insertCell().className = "row-number";
    for (const column of this.columns) this.addCell(line, column);
    if (this.priced) {
      const sum = line.insertCell();
      sum.className = "num sum";
      sum.dataset.label = this.dataset.amountTitle;
    }
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "remove";
    remove.tabIndex = -1;
    remove.setAttribute("aria-label", this.dataset.removeTitle);
    remove.textContent = "×";
    remove.addEventListener("click", () => this.removeRow(line));
    line.insertCell().append(remove);
    this.step(line);
    return line;
  }

  addCell(line, column) {
    const cell = line.insertCell();
    const input = document.createElement(column.kind === "choice" ? "select" : "input");
    cell.dataset.label = column.title;
    cell.className = { item: "cell-item", choice: "cell-choice", text: "cell-text", date: "cell-text" }[column.kind] || "num";
    if (column.where) cell.dataset.where = column.where;
    cell.append(input);
    input.dataset.column = column.name;
    if (column.kind === "choice") this.offer(column, input);
    if (column.kind === "date") input.type = "date";
    input.value = line.data[column.name] ?? "";
    input.autocomplete = "off";
    input.setAttribute("aria-label", column.title);
    input.addEventListener("focus", () => input.select?.());
    input.addEventListener("input", () => {
      line.data[column.name] = input.value;
      this.proposals.typed(line, column.name);
      delete line.serverErrors[column.name];
      delete line.serverErrors[""]; // of the whole line
      if (this.isEmpty(line)) line.serverErrors = {};
      if (column.kind === "item") { delete line.data.item_id; delete line.data.origin; this.clock(input); }
      this.compute(line);
      this.total();
    });
    if (column.kind === "item") {
      input.placeholder = this.dataset.itemPlaceholder || "";
      new window.KontorOffers(input, this.dataset.source, (found) => this.choose(line, input, found), this.creates, this.matrices);
      input.addEventListener("blur", () => this.settle(line, input));
    } else if (column.kind === "choice") {
      input.addEventListener("change", () => this.chosen(line, column));
    } else if (column.kind === "decimal") {
      input.inputMode = "decimal";
      input.addEventListener("change", () => this.tell(line, column, input));
    }
  }

  offer(column, select) {
    select.append(new Option("–", ""), ...column.choices.map(({ value, title }) => new Option(title, value)));
  }

  // What is chosen brings what it says of other cells, as it is on the document's day.
  chosen(line, column) {
    const { fills = {} } = column.choices.find(({ value }) => value === line.data[column.name]) || {};
    for (const [name, spans] of Object.entries(fills)) {
      const since = Object.keys(spans).filter((day) => !this.prices.day || day <= this.prices.day).sort().pop();
      if (!since) continue;
      this.proposals.typed(line, name);
      line.data[name] = window.KontorExact.typed(window.KontorExact.read(spans[since], ","), this.point);
    }
    this.fill(line);
    this.compute(line);
    this.total();
    this.proposals.ask();
  }

  // What was read is written back, so that nobody takes 1,250 for one and a quarter unseen.
  tell(line, { name, counted }, input) {
    if (counted) this.packings?.read(line);
    const read = this.units(input.value);
    if (read != null) line.data[name] = input.value = window.KontorExact.typed(read, this.point);
    this.store();
    this.proposals.ask();
  }

  // A scanner is a keyboard that types faster than people do.
  clock(input) {
    const [now, length] = [performance.now(), input.value.length];
    if (length <= 1) input.typing = { since: now, until: now, length };
    else if (input.typing?.length === length - 1) Object.assign(input.typing, { until: now, length });
    else input.typing = null;
  }

  isScanned(input) {
    const { since, until, length } = input.typing || { length: 0 };
    return length > 3 && (until - since) / (length - 1) < SCAN_PAUSE;
  }

  // Chosen from the offers. A scanner's Enter does that too, when the offers are there before it.
  choose(line, input, found) {
    line.serverErrors = {};
    if (found.matrix) { this.during(this.openMatrix(line, found)); return; }
    const isScanned = this.isScanned(input) && window.KontorOffers.isCodeOf(found, input.value);
    if (isScanned && this.countUp(line, found)) this.clear(line);
    else this.put(line, found);
    this.ensureLast();
    if (isScanned) this.focus(this.last, "item"); else this.focus(line, "quantity");
    this.compute(line);
    this.total();
  }

  // What is scanned again counts up where it stands already.
  countUp(line, found) {
    const packing = found.packing_id ?? null;
    const { scanned } = found;
    const same = [...this.body.rows].find((other) => other !== line && other.data.item_id === found.id && (other.data.packing_id ?? null) === packing && this.isAlike(other, found));
    if (!same) return false;
    if (this.isListed(found) && scanned?.lots) {
      if (this.codes(same.data.lots).includes(scanned.lots)) {
        this.say(this.judge.say("twice", { text: scanned.lots, n: same.cells[0].textContent }));
        return true;
      }
      same.data.lots = [...this.codes(same.data.lots), scanned.lots].join(", ");
    }
    const more = (this.units(same.data.quantity) ?? 0n) + window.KontorExact.read(scanned?.quantity ?? "1");
    same.data.quantity = window.KontorExact.typed(more, this.point);
    if (scanned?.second) same.data.second = window.KontorExact.typed((this.units(same.data.second) ?? 0n) + window.KontorExact.read(scanned.second), this.point);
    this.fill(same);
    this.compute(same);
    this.proposals.ask();
    return true;
  }

  // Whether what a label says of lot and day is what a line says; each piece of what has serial numbers is one more of a line.
  isAlike({ data }, found) {
    const names = ["lots", "expires"].filter((name) => this.columns.some((column) => column.name === name));
    return !found.scanned || this.isListed(found) || names.every((name) => (data[name] ?? "") === (found.scanned[name] ?? ""));
  }

  isListed(found) {
    return this.columns.some(({ listed, where }) => listed && found[where] === listed);
  }

  codes(text) {
    return (text ?? "").split(/[,;]/).map((each) => each.trim()).filter(Boolean);
  }

  // What a scanned label says of cells that nobody has filled.
  putScanned(line, { quantity, says, ...cells }) {
    if (!line.data.quantity) line.data.quantity = window.KontorExact.typed(window.KontorExact.read(quantity), this.point);
    for (const [name, text] of Object.entries(cells)) {
      if (text && !line.data[name] && this.columns.some((column) => column.name === name)) line.data[name] = text;
    }
    if (says) this.say(says);
  }

  put(line, found) {
    if (found.together) { this.during(import("./together.js").then(({ put }) => put(this, line, found))); return; } // a box of goods
    if (line.data.item_id !== found.id) delete line.data.origin; // other goods give back nothing of that line
    if (line.data.item_id !== found.id || found.packing_id) line.data.packing_id = found.packing_id ?? null;
    Object.assign(line.data, { item_id: found.id, item: found.title, digits: found.digits, unit: found.unit, tracking: found.tracking, packings: found.packings });
    for (const name of ["logistic_unit", "second_unit", "second_digits", "second_per_unit", "by_second"]) line.data[name] = found[name];
    this.packings?.read(line); // pasted, or typed before the item
    for (const { name, where } of this.columns) if (where && !found[where]) delete line.data[name]; // pasted, or of another item
    this.step(line);
    this.bare();
    const isMissing = (name) => this.columns.some((c) => c.name === name) && !line.data[name] && found[name] != null;
    if (isMissing("tax_rate")) line.data.tax_rate = found.tax_rate;
    // A lookup knows the price one sells at: nothing that goods come in at.
    if (this.dataset.prices === "sales" && !this.proposals.source && isMissing("price")) this.putPrice(line, found);
    if (found.scanned) this.putScanned(line, found.scanned);
    if (!line.data.quantity) line.data.quantity = "1";
    this.fill(line);
    this.proposals.ask();
  }

  // Cells that only some items have are there where a line has such an item.
  bare() {
    for (const name of new Set(this.columns.map((column) => column.where).filter(Boolean))) {
      const lines = [...this.body.rows];
      const isThere = lines.some(({ data }) => data[name]);
      for (const cell of this.table.querySelectorAll(`[data-where="${name}"]`)) cell.hidden = !isThere;
      for (const line of lines) {
        for (const input of line.querySelectorAll(`[data-where="${name}"] input`)) input.disabled = !line.data[name] && !input.value;
      }
    }
  }

  // Keys without a point for what is counted whole.
  step(line) {
    for (const column of this.columns) {
      if (column.counted) line.querySelector(`[data-column="${column.name}"]`).inputMode = line.data.digits === 0 ? "numeric" : "decimal";
      if (column.name === "second") line.querySelector('[data-column="second"]').placeholder = line.data.second_unit ?? "";
    }
  }

  // In the currency of the document: at once where that is the organisation's own, else as soon as the rate is there.
  putPrice(line, found) {
    if (this.prices.currency === this.prices.base) line.data.price = found.price;
    else this.during(this.putConverted(line, found));
  }

  async putConverted(line, found) {
    const price = await this.prices.usual(found.price);
    if (line.data.item_id !== found.id || line.data.price) return; // chosen or typed meanwhile
    if (price === null) this.say(this.dataset.noRate);
    else line.data.price = price;
    this.fill(line);
    this.compute(line);
    this.total();
  }

  fill(line) {
    for (const input of line.querySelectorAll("[data-column]")) {
      const value = line.data[input.dataset.column] ?? "";
      if (input.value === value) continue;
      input.value = value;
      if (input === document.activeElement) input.select?.(); // what is typed next replaces it
    }
  }

  clear(line) {
    for (const name of Object.keys(line.data)) delete line.data[name];
    this.fill(line);
  }

  removeRow(line) {
    const next = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    this.ensureLast();
    this.number();
    this.focus(next?.isConnected ? next : this.body.rows[0], "item");
    this.total();
    this.changed();
    this.proposals.ask();
  }

  get last() {
    return this.body.rows[this.body.rows.length - 1];
  }

  isEmpty(line) {
    return !line.data.item_id && this.columns.every((column) => !String(line.data[column.name] ?? "").trim());
  }

  ensureLast() {
    if (this.last && this.isEmpty(this.last)) return;
    this.addRow({});
    this.number();
    this.bare();
  }

  // Each line bears its number, and can be linked to by it.
  number() {
    [...this.body.rows].forEach((line, i) => {
      line.cells[0].textContent = i + 1;
      line.id = `line-${i + 1}`;
    });
  }

  focus(line, name) {
    line?.querySelector(`[data-column="${name}"]`)?.focus();
  }

  key(event) {
    const input = event.target.closest("[data-column]");
    if (!input || event.defaultPrevented) return;
    if (!["Enter", "ArrowDown", "ArrowUp", "Insert", "Delete"].includes(event.key)) return;
    const line = input.closest("tr");
    if (input.localName === "select" && event.key.startsWith("Arrow")) return; // goes through what is offered
    const inputs = [...this.body.querySelectorAll("td:not([hidden]) > [data-column]")];
    const at = inputs.indexOf(input);
    const wide = line.querySelectorAll("td:not([hidden]) > [data-column]").length;
    if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (this.isInAList(line, input)) this.goOn(line, input);
      else if (input.dataset.column === "item" && input.value && !line.data.item_id) this.scan(line, input.value, this.isScanned(input));
      else (inputs.slice(at + 1).find((next) => !next.disabled) || input).focus();
    } else if (event.key === "ArrowDown" && inputs[at + wide]) { event.preventDefault(); inputs[at + wide].focus(); }
    else if (event.key === "ArrowUp" && inputs[at - wide]) { event.preventDefault(); inputs[at - wide].focus(); }
    else if (event.key === "Insert") { event.preventDefault(); this.toLast(); }
    else if (event.key === "Delete" && event.ctrlKey) { event.preventDefault(); this.removeRow(line); }
  }

  // What a line has one of for each piece, such as serial numbers, is scanned one after another into one cell.
  isInAList(line, input) {
    const { listed, where } = this.columns.find(({ name }) => name === input.dataset.column);
    if (!listed || line.data[where] !== listed || !input.value.trim()) return false;
    const codes = this.codes(input.value);
    const quantity = window.KontorExact.inBase(line.data, this.units(line.data.quantity));
    return BigInt(codes.length) * window.KontorExact.ONE < (quantity ?? 0n);
  }

  goOn(line, input) {
    if (!/[,;]\s*$/.test(input.value)) line.data[input.dataset.column] = input.value = `${input.value.trim()}, `;
    this.store();
  }

  // Insert makes a new line wherever one is on the page.
  keyElsewhere(event) {
    if (event.key !== "Insert" || event.defaultPrevented || event.ctrlKey || event.shiftKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.toLast();
  }

  toLast() {
    this.ensureLast();
    this.focus(this.last, "item");
  }

  // A code typed or scanned to its end. After a scanner the next line is ready at once: its next code may come before
  // this one is found, so nothing below moves the focus away from there.
  scan(line, text, isScanned = true) {
    line.asked = text;
    this.ensureLast();
    if (isScanned) this.focus(this.last, "item");
    return this.during(this.findScanned(line, text, isScanned));
  }

  // Keeps what the server says of a label that it refuses.
  named(line, text) {
    line.refused = "";
    return window.KontorOffers.named(this.dataset.source, text, (words) => { line.refused = words; });
  }

  async findScanned(line, text, isScanned) {
    const found = await this.named(line, text);
    if (line.data.item_id || line.data.item !== text) return; // chosen or changed meanwhile
    const matrix = found === null && this.matrices && await window.KontorOffers.named(this.matrices, text);
    if (matrix) { await this.openMatrix(line, matrix); return; }
    if (!found) this.fail(line, text, found);
    else if (isScanned && this.countUp(line, found)) this.drop(line);
    else this.put(line, found);
    if (found && !isScanned) this.focus(line, "quantity");
    this.ensureLast();
    this.compute(line);
    this.total();
  }

  // Many lines at once, of the matrix that was found on a line; else of that which its item is in, or which somebody chooses.
  async openMatrix(line = document.activeElement.closest?.("line-grid tbody tr"), found = null) {
    await import("./matrix.js");
    this.matrix ??= new window.KontorLineMatrix(this);
    if (!found) { await this.matrix.begin(line); return; }
    this.clear(line);
    this.compute(line);
    this.total();
    await this.matrix.open(found.matrix, line.querySelector('[data-column="item"]'));
  }

  // Nothing is called so; or nothing could be asked, and the text may be asked for again.
  fail(line, text, found) {
    if (found === null) line.unknown = text;
    else { line.asked = null; this.say(document.body.dataset.noAnswer); }
  }

  // An emptied line goes, unless somebody is typing there or it is the last.
  drop(line) {
    this.clear(line);
    if (line === this.last || line.contains(document.activeElement)) return;
    line.remove();
    this.number();
  }

  // Words left in the cell that were not chosen from the offers: what they name, if that is one thing.
  settle(line, input, isSending = false) {
    const text = input.value;
    if (!text || line.asked === text || line.unknown === text || line.data.item_id || !line.isConnected) return;
    line.asked = text;
    this.during(this.findLeft(line, input, text, isSending));
  }

  async findLeft(line, input, text, isSending) {
    const found = await this.named(line, text);
    if (line.data.item_id || line.data.item !== text) return;
    if (!isSending && document.activeElement === input) { line.asked = null; return; } // come back to
    if (found) this.put(line, found); else this.fail(line, text, found);
    this.ensureLast();
    this.compute(line);
    this.total();
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!text.includes("\t") && !text.trim().includes("\n")) return; // no table
    event.preventDefault();
    this.during(this.putPasted(event.target.closest("tr"), text).catch(() => this.say(document.body.dataset.noAnswer)));
  }

  async putPasted(start, text) {
    await import("./paste.js");
    this.pasting ??= new window.KontorLinePaste(this);
    const rows = this.pasting.rows(text);
    const kept = [...this.body.rows].filter((line) => line.data.item_id || (line !== start && !this.isEmpty(line)));
    if (kept.length + rows.length > window.KontorLinePaste.MOST) {
      this.say(this.judge.say("too_many", { n: rows.length, most: window.KontorLinePaste.MOST }));
      return;
    }
    if (start?.isConnected && !start.data.item_id) start.remove();
    if (this.last && this.isEmpty(this.last)) this.last.remove();
    const lines = rows.map((row) => this.addRow(row));
    this.ensureLast();
    this.number();
    lines.forEach((line) => this.compute(line));
    this.total();
    this.changed();
    // Where the line that was pasted into went, and nobody has gone on elsewhere.
    if (document.activeElement === document.body) this.focus(this.last, "item");
    await this.pasting.lookUp(lines);
  }

  units(text) {
    return window.KontorExact.read(text, this.group);
  }

  // Every line again: at the start, and when what all of them hang on is changed.
  sum() {
    this.sums.refresh();
    for (const line of this.body.rows) this.compute(line);
    this.total();
  }

  // One line: whether it is right, and what it comes to. The foot is `total`'s.
  compute(line) {
    this.judge.mark(line);
    if (line.data.packings || line.pack) this.showPackings(line);
    if (this.priced) this.sums.show(line);
  }

  showPackings(line) {
    this.packings?.show(line);
    this.loading ??= this.during(import("./packings.js").then(() => {
      this.packings = new window.KontorLinePackings(this);
      this.sum();
    }));
  }

  total() {
    this.sums.total(this.body.rows);
    this.store();
  }

  changed() {
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  store() {
    this.field.value = JSON.stringify([...this.body.rows].filter((line) => !this.isEmpty(line)).map((line) => line.data));
  }
}
customElements.define("line-grid", LineGrid);
