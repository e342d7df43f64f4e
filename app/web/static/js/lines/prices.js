// Prices in the currency of the document: what items usually cost is in the organisation's own, so it is converted; and
// whoever changes the currency is asked what becomes of the prices that stand there.
"use strict";

class LinePrices {
  constructor(grid) {
    //: isAsking: whether the person is asked what becomes of prices
    Object.assign(this, { grid, isAsking: false, base: grid.dataset.base, source: grid.dataset.rates, asked: new Map() });
    this.dialog = grid.querySelector("dialog.prices-ask");
    this.select = grid.form.querySelector('[name="currency"]');
    this.currency = this.select?.value || this.base;
  }

  listen(signal) {
    // The form waits meanwhile: nobody sends prices of one currency as those of another.
    this.select?.addEventListener("change", () => {
      this.isAsking = true;
      this.grid.during(this.changed().finally(() => { this.isAsking = false; this.grid.proposals.ask(); }));
    }, { signal });
  }

  get day() {
    return this.grid.form.querySelector('[name="moment"]')?.value.slice(0, 10) || "";
  }

  // What one unit of a currency is worth in the organisation's own on the document's day, as a fraction; null without a rate.
  async rate(currency) {
    if (currency === this.base) return [1n, 1n];
    const address = `${this.source}?${new URLSearchParams({ of: currency, day: this.day })}`;
    if (!this.asked.has(address)) this.asked.set(address, this.ask(address));
    return this.asked.get(address);
  }

  async ask(address) {
    try {
      const answer = await fetch(address);
      return answer.ok ? LinePrices.fraction((await answer.json()).rate) : null;
    } catch {
      this.asked.delete(address); // no answer this time
      return null;
    }
  }

  // "0.85" or "1/30012.5" → numerator, denominator
  static fraction(text) {
    if (!text) return null;
    const [, inverse, whole, rest = ""] = text.match(/^(1\/)?(\d+)(?:\.(\d+))?$/);
    const [above, below] = [BigInt(whole + rest), 10n ** BigInt(rest.length)];
    return inverse ? [below, above] : [above, below];
  }

  // A usual price in the currency of the document: the text, or null where no rate is known.
  async usual(text) {
    const [from, to] = await Promise.all([this.rate(this.base), this.rate(this.currency)]);
    return to && this.converted(text, [this.base, from], [this.currency, to]);
  }

  // Rounded to the digits of the new currency, and to as many more as the price had beyond those of its own.
  converted(text, [from, [a, b]], [to, [c, d]]) {
    const units = this.grid.units(text);
    if (units == null) return null;
    const more = Math.max(0, (window.KontorExact.parts(text, this.grid.group)?.rest.length ?? 0) - this.grid.sums.digitsOf(from));
    const digits = Math.min(6, this.grid.sums.digitsOf(to) + more);
    const step = 10n ** BigInt(6 - digits);
    return window.KontorExact.typed(window.KontorExact.divide(units * a * d, b * c * step) * step, this.grid.point);
  }

  get lines() {
    return [...this.grid.body.rows].filter((line) => this.grid.units(line.data.price));
  }

  async changed() {
    const [from, to] = [this.currency, this.select.value];
    if (from === to) return;
    this.currency = to;
    if (!this.lines.length || !this.dialog) return;
    const [old, now] = await Promise.all([this.rate(from), this.rate(to)]);
    const answer = await this.answer(from, to, Boolean(old && now));
    if (answer === "cancel") {
      this.currency = this.select.value = from;
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (answer === "convert") {
      for (const line of this.lines) line.data.price = this.converted(line.data.price, [from, old], [to, now]);
      for (const line of this.grid.body.rows) this.grid.fill(line);
      this.grid.changed();
    } else for (const line of this.lines) this.grid.proposals.typed(line, "price"); // kept: theirs from now on
    this.grid.sum();
    this.select.focus();
  }

  // convert, keep or cancel, as the person chooses; Escape cancels.
  answer(from, to, hasRates) {
    const { dialog } = this;
    const [convert] = dialog.querySelectorAll("button");
    convert.disabled = !hasRates;
    dialog.querySelector(".no-rate").hidden = hasRates;
    for (const [name, code] of [["from", from], ["to", to]]) for (const place of dialog.querySelectorAll(`.${name}`)) place.textContent = code;
    return new Promise((resolve) => {
      const close = (value) => { dialog.close(); resolve(value); };
      for (const button of dialog.querySelectorAll("button")) button.onclick = () => close(button.value);
      dialog.oncancel = (event) => { event.preventDefault(); close("cancel"); };
      dialog.showModal();
      (hasRates ? convert : dialog.querySelector('[value="keep"]')).focus();
    });
  }
}
window.KontorLinePrices = LinePrices;
