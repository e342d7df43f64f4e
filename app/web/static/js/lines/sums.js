// What the lines of a document come to, shown beside each and at the foot. A line's sum is kept with it, so that one change
// never computes the whole grid again.
"use strict";

class LineSums {
  constructor(grid, group, point) {
    Object.assign(this, { form: grid.form, options: grid.dataset, group, point });
    this.unusual = JSON.parse(this.options.unusualDigits || "{}");
  }

  // What all lines hang on: the digits of the currency chosen, when there is one to choose, and how tax is meant.
  refresh() {
    const currency = this.form.querySelector('[name="currency"]')?.value;
    this.digits = currency ? this.digitsOf(currency) : Number(this.options.digits || 2);
    this.included = Boolean(this.form.querySelector('[name="tax_included"]')?.checked);
  }

  digitsOf(currency) {
    return this.unusual[currency] ?? 2;
  }

  show(line) {
    line.totals = line.data.item_id ? this.of(line.data) : null;
    line.querySelector(".sum").textContent = line.totals ? this.money(line.totals.gross) : "";
  }

  of(row) {
    const read = (name) => window.KontorExact.read(row[name], this.group);
    const [quantity, price] = [read("quantity"), read("price")];
    if (quantity == null || price == null) return null;
    const [discount, rate] = [read("discount") || 0n, read("tax_rate") || 0n];
    return window.KontorExact.line({ quantity, price, discount, rate, included: this.included, digits: this.digits });
  }

  total(lines) {
    let [net, tax, count] = [0n, 0n, 0];
    for (const { data, totals } of lines) {
      if (data.item_id) count += 1;
      if (totals) { net += totals.net; tax += totals.tax; }
    }
    const shown = { net: this.money(net), tax: this.money(tax), gross: this.money(net + tax), count: String(count) };
    for (const [name, text] of Object.entries(shown)) {
      const place = this.form.querySelector(`[data-total="${name}"]`);
      if (place) place.textContent = text;
    }
  }

  money(coins) {
    return window.KontorExact.money(coins, { digits: this.digits, point: this.point, group: this.group });
  }
}
window.KontorLineSums = LineSums;
