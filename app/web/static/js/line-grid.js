// <line-grid>: the lines of a document, by keyboard, scanner or paste. Rows live in the hidden input as JSON of texts;
// the server parses and decides, this only shows what it will come to.
"use strict";

const SCAN_PAUSE = 40; // milliseconds between keys at most, on average: nobody types so fast

class LineGrid extends HTMLElement {
  connectedCallback() {
    this.columns = JSON.parse(this.dataset.columns); // [{name, title, kind: item|decimal, min, above, max}]
    this.field = this.querySelector('input[type="hidden"]');
    this.form = this.closest("form");
    this.point = this.dataset.point || ".";
    this.group = this.dataset.group || ",";
    this.priced = this.columns.some((c) => c.name === "price");
    const rows = JSON.parse(this.field.value || "[]");
    this.table = document.createElement("table");
    this.table.className = "lines-grid";
    this.append(this.table);
    this.head();
    this.body = this.table.createTBody();
    rows.forEach((row) => { this.addRow(row).unknown = row.item_id ? null : row.item; });
    this.ensureLast();
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("paste", (event) => this.paste(event));
    this.form.addEventListener("change", (event) => {
      if (["tax_included", "currency"].includes(event.target.name)) this.sum();
    });
    this.form.addEventListener("submit", () => this.store());
    this.sum();
  }

  head() {
    const row = this.table.createTHead().insertRow();
    const titles = ["#", ...this.columns.map((c) => c.title), ...(this.priced ? [this.dataset.amountTitle] : [])];
    titles.forEach((title, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = title;
      if (i === 1) cell.className = "col-item"; else if (i > 1) cell.className = "num col-num";
      row.append(cell);
    });
    row.insertCell(); // above the buttons that remove a line
  }

  addRow(row) {
    const line = this.body.insertRow();
    line.data = row;
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
    return line;
  }

  addCell(line, column) {
    const cell = line.insertCell();
    const input = document.createElement("input");
    cell.dataset.label = column.title;
    cell.className = column.kind === "item" ? "cell-item" : "num";
    cell.append(input);
    input.dataset.column = column.name;
    input.value = line.data[column.name] ?? "";
    input.autocomplete = "off";
    input.setAttribute("aria-label", column.title);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      line.data[column.name] = input.value;
      if (column.kind === "item") { delete line.data.item_id; this.clock(input); }
      this.sum();
    });
    if (column.kind === "item") {
      input.placeholder = this.dataset.itemPlaceholder || "";
      new window.KontorOffers(input, this.dataset.source, (found) => this.choose(line, input, found));
      input.addEventListener("blur", () => this.settle(line, input));
    } else {
      input.inputMode = "decimal";
      input.addEventListener("change", () => this.tell(line, column.name, input));
    }
  }

  // What was read is written back, so that nobody takes 1,250 for one and a quarter unseen.
  tell(line, name, input) {
    const read = this.units(input.value);
    if (read != null) line.data[name] = input.value = window.KontorExact.typed(read, this.point);
    this.store();
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
    const isScanned = this.isScanned(input) && window.KontorOffers.isCodeOf(found, input.value);
    if (isScanned && this.countUp(line, found)) this.clear(line);
    else this.put(line, found);
    this.ensureLast();
    if (isScanned) this.focus(this.last, "item"); else this.focus(line, "quantity");
    this.sum();
  }

  // What is scanned again counts up where it stands already.
  countUp(line, found) {
    const same = [...this.body.rows].find((other) => other !== line && other.data.item_id === found.id);
    if (!same) return false;
    const more = (this.units(same.data.quantity) ?? 0n) + window.KontorExact.ONE;
    same.data.quantity = window.KontorExact.typed(more, this.point);
    this.fill(same);
    return true;
  }

  put(line, found) {
    Object.assign(line.data, { item_id: found.id, item: found.title });
    for (const name of ["price", "tax_rate"]) {
      if (this.columns.some((c) => c.name === name) && !line.data[name] && found[name] != null) line.data[name] = found[name];
    }
    if (!line.data.quantity) line.data.quantity = "1";
    this.fill(line);
  }

  fill(line) {
    for (const input of line.querySelectorAll("input")) {
      const value = line.data[input.dataset.column] ?? "";
      if (input.value === value) continue;
      input.value = value;
      if (input === document.activeElement) input.select(); // what is typed next replaces it
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
    this.focus(next?.isConnected ? next : this.body.rows[0], "item");
    this.sum();
    this.changed();
  }

  get last() {
    return this.body.rows[this.body.rows.length - 1];
  }

  ensureLast() {
    if (!this.last || this.last.data.item_id || this.last.data.item) this.addRow({});
  }

  focus(line, name) {
    line?.querySelector(`[data-column="${name}"]`)?.focus();
  }

  key(event) {
    const input = event.target.closest("input");
    if (!input || event.defaultPrevented) return;
    const line = input.closest("tr");
    const inputs = [...this.body.querySelectorAll("input")];
    const at = inputs.indexOf(input);
    const wide = this.columns.length;
    if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (input.dataset.column === "item" && input.value && !line.data.item_id) this.scan(line, input.value, this.isScanned(input));
      else (inputs[at + 1] || inputs[at]).focus();
    } else if (event.key === "ArrowDown" && inputs[at + wide]) { event.preventDefault(); inputs[at + wide].focus(); }
    else if (event.key === "ArrowUp" && inputs[at - wide]) { event.preventDefault(); inputs[at - wide].focus(); }
    else if (event.key === "Insert") { event.preventDefault(); this.ensureLast(); this.focus(this.last, "item"); }
    else if (event.key === "Delete" && event.ctrlKey) { event.preventDefault(); this.removeRow(line); }
  }

  // A code typed or scanned to its end. After a scanner the next line is ready at once: its next code may come before
  // this one is found, so nothing below moves the focus away from there.
  async scan(line, text, isScanned = true) {
    line.asked = text;
    this.ensureLast();
    if (isScanned) this.focus(this.last, "item");
    const found = await window.KontorOffers.named(this.dataset.source, text);
    if (line.data.item_id || line.data.item !== text) return; // chosen or changed meanwhile
    if (!found) line.unknown = text;
    else if (isScanned && this.countUp(line, found)) this.drop(line);
    else this.put(line, found);
    if (found && !isScanned) this.focus(line, "quantity");
    this.ensureLast();
    this.sum();
  }

  // An emptied line goes, unless somebody is typing there or it is the last.
  drop(line) {
    this.clear(line);
    if (line !== this.last && !line.contains(document.activeElement)) line.remove();
  }

  // Words left in the cell that were not chosen from the offers: what they name, if that is one thing.
  async settle(line, input) {
    const text = input.value;
    if (!text || line.asked === text || line.data.item_id || !line.isConnected) return;
    const found = await window.KontorOffers.named(this.dataset.source, text);
    if (line.data.item_id || line.data.item !== text || document.activeElement === input) return;
    if (found) this.put(line, found); else line.unknown = text;
    this.ensureLast();
    this.sum();
  }

  // Rows from a spreadsheet: the first column is the item's code, the next are the grid's own columns in order.
  async paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!text.includes("\t") && !text.trim().includes("\n")) return;
    event.preventDefault();
    const start = event.target.closest("tr");
    if (start && !start.data.item_id) start.remove();
    if (this.last && !this.last.data.item_id && !this.last.data.item) this.last.remove();
    const lines = text.trim().split(/\r?\n/).map((row) => this.addRow(this.pasted(row.split("\t").map((cell) => cell.trim()))));
    this.ensureLast();
    this.sum();
    this.changed();
    const waiting = [...lines];
    const find = async () => { for (let line; (line = waiting.shift());) await this.complete(line); };
    await Promise.all([find(), find(), find(), find()]); // a long list is not asked for one after another
    this.sum();
  }

  pasted(cells) {
    const row = { item: cells[0] };
    this.columns.slice(1).forEach((column, i) => { row[column.name] = cells[i + 1] ?? ""; });
    return row;
  }

  async complete(line) {
    const text = line.data.item;
    const found = text && await window.KontorOffers.named(this.dataset.source, text);
    if (line.data.item !== text || line.data.item_id) return;
    if (found) this.put(line, found); else line.unknown = text;
    this.sum();
  }

  units(text) {
    return window.KontorExact.read(text, this.group);
  }

  // Of the currency chosen in the form, when there is one to choose.
  get digits() {
    const currency = this.form.querySelector('[name="currency"]')?.value;
    const unusual = JSON.parse(this.dataset.unusualDigits || "{}");
    return currency ? unusual[currency] ?? 2 : Number(this.dataset.digits || 2);
  }

  totals(row, digits, included) {
    const [quantity, price] = [this.units(row.quantity), this.units(row.price)];
    if (quantity == null || price == null) return null;
    const [discount, rate] = [this.units(row.discount) || 0n, this.units(row.tax_rate) || 0n];
    return window.KontorExact.line({ quantity, price, discount, rate, included, digits });
  }

  sum() {
    let [net, tax, count] = [0n, 0n, 0];
    const digits = this.digits;
    const included = Boolean(this.form.querySelector('[name="tax_included"]')?.checked);
    const money = (coins) => window.KontorExact.money(coins, { digits, point: this.point, group: this.group });
    [...this.body.rows].forEach((line, i) => {
      line.cells[0].textContent = i + 1;
      this.judge(line);
      if (line.data.item_id) count += 1;
      if (!this.priced) return;
      const totals = line.data.item_id ? this.totals(line.data, digits, included) : null;
      line.querySelector(".sum").textContent = totals ? money(totals.gross) : "";
      if (totals) { net += totals.net; tax += totals.tax; }
    });
    for (const [name, text] of Object.entries({ net: money(net), tax: money(tax), gross: money(net + tax), count: String(count) })) {
      const place = this.form.querySelector(`[data-total="${name}"]`);
      if (place) place.textContent = text;
    }
    this.store();
  }

  // A cell that can't be read is marked, for eyes and for screen readers.
  judge(line) {
    let isBad = false;
    for (const column of this.columns) {
      const input = line.querySelector(`[data-column="${column.name}"]`);
      const wrong = column.kind === "item" ? this.isUnknown(line) : this.isOut(column, line.data[column.name]);
      input.setAttribute("aria-invalid", String(wrong));
      isBad ||= wrong;
    }
    line.classList.toggle("bad", isBad);
  }

  // No number, or one outside what the server will take, as the column says.
  isOut(column, text) {
    const units = this.units(text);
    if (units == null) return units === undefined;
    const { min, above, max } = column;
    const at = (bound) => BigInt(bound) * window.KontorExact.ONE;
    return (min != null && units < at(min)) || (above != null && units <= at(above)) || (max != null && units > at(max));
  }

  isUnknown(line) {
    return Boolean(line.data.item) && !line.data.item_id && line.unknown === line.data.item;
  }

  changed() {
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  store() {
    this.field.value = JSON.stringify([...this.body.rows].map((line) => line.data).filter((row) => row.item_id || row.item));
  }
}
customElements.define("line-grid", LineGrid);
