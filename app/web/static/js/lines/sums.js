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
    line.querySelector(".sum").textContent = line.totals ? this.money(line.totals[0]) : "";
  }

  // Its amount as it is priced, and its tax rate.
  of(row) {
    const read = (name) => window.KontorExact.read(row[name], this.group);
    const [quantity, price] = [window.KontorExact.priced(row, read("quantity"), read("second")), read("price")];
    if (quantity == null || price == null) return null;
    const [discount, less, rate] = [read("discount") || 0n, read("commission") || 0n, read("tax_rate") || 0n];
    return [window.KontorExact.line({ quantity, price, discount, less, digits: this.digits }), rate];
  }

  total(lines) {
    const count = [...lines].filter((line) => line.data.item_id).length;
    const priced = [...lines].map((line) => line.totals).filter(Boolean);
    const perLine = this.options.taxRounding === "line";
    const { net, tax, gross } = window.KontorExact.totals(priced, { included: this.included, perLine });
    const shown = { net: this.money(net), tax: this.money(tax), gross: this.money(gross), count: String(count) };
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
