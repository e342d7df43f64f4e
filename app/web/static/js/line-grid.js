// <line-grid>: the lines of a document, by keyboard, scanner or paste. Rows live in the hidden input as JSON of texts;
// the server parses and decides, this only shows what it will come to. Sums are BigInt: no float touches money.
"use strict";

const UNITS = 1000000n; // a millionth: the scale of quantities and prices

class LineGrid extends HTMLElement {
  connectedCallback() {
    this.columns = JSON.parse(this.dataset.columns); // [{name, title, kind: item|decimal, width}]
    this.field = this.querySelector('input[type="hidden"]');
    this.digits = Number(this.dataset.digits || 2);
    this.point = this.dataset.point || ".";
    this.group = this.dataset.group || ",";
    this.priced = this.columns.some((c) => c.name === "price");
    this.rows = JSON.parse(this.field.value || "[]");
    this.table = document.createElement("table");
    this.table.className = "lines-grid";
    this.append(this.table);
    this.head();
    this.body = this.table.createTBody();
    if (!this.rows.length || this.rows.at(-1).item_id) this.rows.push({});
    this.rows.forEach((row) => this.addRow(row));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("paste", (event) => this.paste(event));
    const form = this.closest("form");
    form.addEventListener("change", (event) => { if (event.target.name === "tax_included") this.sum(); });
    form.addEventListener("submit", () => this.store());
    this.sum();
  }

  head() {
    const row = this.table.createTHead().insertRow();
    const titles = ["#", ...this.columns.map((c) => c.title), ...(this.priced ? [this.dataset.amountTitle] : []), ""];
    titles.forEach((title, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = title;
      if (!title) cell.setAttribute("aria-label", this.dataset.removeTitle);
      if (i > 1 && title) cell.className = "num";
      if (i === 1) cell.classList.add("col-item"); else if (i > 1 && title) cell.classList.add("col-num");
      row.append(cell);
    });
  }

  addRow(row) {
    const line = this.body.insertRow();
    line.data = row;
    const number = line.insertCell();
    number.className = "row-number";
    for (const column of this.columns) {
      const cell = line.insertCell();
      cell.dataset.label = column.title;
      cell.className = column.kind === "item" ? "cell-item" : "num";
      const input = document.createElement("input");
      input.dataset.column = column.name;
      input.value = row[column.name] ?? "";
      input.autocomplete = "off";
      input.setAttribute("aria-label", column.title);
      if (column.kind === "item") {
        input.placeholder = this.dataset.itemPlaceholder || "";
        new window.KontorOffers(input, this.dataset.source, (found) => this.choose(line, found));
      } else {
        input.inputMode = "decimal";
      }
      input.addEventListener("input", () => {
        row[column.name] = input.value;
        if (column.kind === "item") delete row.item_id;
        this.sum();
      });
      input.addEventListener("focus", () => input.select());
      cell.append(input);
    }
    if (this.priced) { const sum = line.insertCell(); sum.className = "num sum"; sum.dataset.label = this.dataset.amountTitle; }
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

  choose(line, found) {
    const same = [...this.body.rows].find((other) => other !== line && other.data.item_id === found.id);
    if (same && line.scanned) { // a scanner that meets the same goods again counts them up
      const input = same.querySelector('[data-column="quantity"]');
      const more = (this.units(input.value) ?? 0n) + UNITS;
      same.data.quantity = input.value = this.text(more);
      this.clearRow(line);
      this.focus(line, "item");
      this.sum();
      return;
    }
    Object.assign(line.data, { item_id: found.id, item: found.title });
    for (const name of ["price", "tax_rate"]) {
      if (this.columns.some((c) => c.name === name) && !line.data[name] && found[name] != null) line.data[name] = found[name];
    }
    if (!line.data.quantity) line.data.quantity = "1";
    this.fill(line);
    this.ensureLast();
    if (line.scanned) this.focus(this.body.rows[this.body.rows.length - 1], "item"); else this.focus(line, "quantity");
    line.scanned = false;
    this.sum();
  }

  fill(line) {
    for (const input of line.querySelectorAll("input")) input.value = line.data[input.dataset.column] ?? "";
  }

  clearRow(line) {
    line.scanned = false;
    for (const name of Object.keys(line.data)) delete line.data[name];
    this.fill(line);
  }

  removeRow(line) {
    const next = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    this.ensureLast();
    this.focus(next?.isConnected ? next : this.body.rows[0], "item");
    this.sum();
  }

  ensureLast() {
    const last = this.body.rows[this.body.rows.length - 1];
    if (!last || last.data.item_id) this.addRow({});
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
      if (input.dataset.column === "item" && input.value && !line.data.item_id) { this.scan(line, input.value); return; }
      (inputs[at + 1] || inputs[at]).focus();
    } else if (event.key === "ArrowDown" && inputs[at + wide]) { event.preventDefault(); inputs[at + wide].focus(); }
    else if (event.key === "ArrowUp" && inputs[at - wide]) { event.preventDefault(); inputs[at - wide].focus(); }
    else if (event.key === "Insert") { event.preventDefault(); this.ensureLast(); this.focus(this.body.rows[this.body.rows.length - 1], "item"); }
    else if (event.key === "Delete" && event.ctrlKey) { event.preventDefault(); this.removeRow(line); }
  }

  // A code typed (or scanned) to its end: it is looked up whole, whatever was offered.
  async scan(line, text) {
    const found = await this.exact(text);
    if (!found) { line.classList.add("bad"); return; }
    line.scanned = true;
    this.choose(line, found);
  }

  async exact(text) {
    const wanted = text.trim().toLowerCase();
    const rows = await window.KontorOffers.find(this.dataset.source, text.trim());
    return rows.find((row) => [row.code, row.barcode].some((code) => code && code.toLowerCase() === wanted)) || (rows.length === 1 ? rows[0] : null);
  }

  // Rows from a spreadsheet: the first column is the item's code, the next are the grid's own columns in order.
  async paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!text.includes("\t") && !text.trim().includes("\n")) return;
    event.preventDefault();
    const start = event.target.closest("tr");
    if (start && !start.data.item_id) start.remove();
    for (const cells of text.trim().split(/\r?\n/).map((row) => row.split("\t").map((cell) => cell.trim()))) {
      const last = this.body.rows[this.body.rows.length - 1];
      if (last && !last.data.item_id && !last.data.item) last.remove();
      const row = { item: cells[0] };
      this.columns.slice(1).forEach((column, i) => { row[column.name] = cells[i + 1] ?? ""; });
      const line = this.addRow(row);
      const found = await this.exact(cells[0]);
      if (found) {
        Object.assign(row, { item_id: found.id, item: found.title });
        if (!row.quantity) row.quantity = "1";
        if (!row.price && found.price != null) row.price = found.price;
        this.fill(line);
      }
    }
    this.ensureLast();
    this.sum();
  }

  // "1 234,5" → 1234500000n; null when it is no number.
  units(text) {
    let bare = String(text ?? "").trim().replace(/[\s\u00a0\u202f'’]/g, "").replace("−", "-");
    if (!bare) return null;
    if (bare.includes(",") && bare.includes(".")) bare = bare.replaceAll(bare.lastIndexOf(",") < bare.lastIndexOf(".") ? "," : ".", "");
    const match = /^(-?)(\d*)(?:[.,](\d{0,6}))?$/.exec(bare);
    if (!match || !(match[2] || match[3])) return undefined;
    const value = BigInt((match[2] || "0") + (match[3] || "").padEnd(6, "0"));
    return match[1] ? -value : value;
  }

  text(units) {
    const sign = units < 0n ? "-" : "";
    const abs = units < 0n ? -units : units;
    const rest = String(abs % UNITS).padStart(6, "0").replace(/0+$/, "");
    return sign + String(abs / UNITS) + (rest ? this.point + rest : "");
  }

  // Half away from nought, as on the server.
  static round(numerator, denominator) {
    const abs = numerator < 0n ? -numerator : numerator;
    const whole = (2n * abs + denominator) / (2n * denominator);
    return numerator < 0n ? -whole : whole;
  }

  totals(row) {
    const [quantity, price] = [this.units(row.quantity), this.units(row.price)];
    const [discount, rate] = [this.units(row.discount) || 0n, this.units(row.tax_rate) || 0n];
    if (quantity == null || price == null) return null;
    const hundred = 100n * UNITS;
    const coin = 10n ** BigInt(this.digits);
    const amount = LineGrid.round(quantity * price * (hundred - discount) * coin, UNITS * UNITS * hundred);
    const included = this.closest("form").querySelector('[name="tax_included"]')?.checked;
    const tax = included ? LineGrid.round(amount * rate, hundred + rate) : LineGrid.round(amount * rate, hundred);
    return included ? { net: amount - tax, tax, gross: amount } : { net: amount, tax, gross: amount + tax };
  }

  money(coins) {
    const sign = coins < 0n ? "−" : "";
    const abs = coins < 0n ? -coins : coins;
    const coin = 10n ** BigInt(this.digits);
    const whole = String(abs / coin).replace(/\B(?=(\d{3})+(?!\d))/g, this.group);
    return sign + whole + (this.digits ? this.point + String(abs % coin).padStart(this.digits, "0") : "");
  }

  sum() {
    let [net, tax, count] = [0n, 0n, 0];
    [...this.body.rows].forEach((line, i) => {
      line.cells[0].textContent = i + 1;
      const row = line.data;
      const wrong = this.columns.some((c) => c.kind === "decimal" && this.units(row[c.name]) === undefined);
      line.classList.toggle("bad", wrong || Boolean(row.item && !row.item_id));
      if (row.item_id) count += 1;
      if (!this.priced) return;
      const totals = row.item_id ? this.totals(row) : null;
      line.querySelector(".sum").textContent = totals ? this.money(totals.gross) : "";
      if (totals) { net += totals.net; tax += totals.tax; }
    });
    const show = (name, value) => {
      const place = this.closest("form").querySelector(`[data-total="${name}"]`);
      if (place) place.textContent = value;
    };
    show("net", this.money(net));
    show("tax", this.money(tax));
    show("gross", this.money(net + tax));
    show("count", String(count));
    this.store();
  }

  store() {
    this.field.value = JSON.stringify([...this.body.rows].map((line) => line.data));
  }
}
customElements.define("line-grid", LineGrid);
