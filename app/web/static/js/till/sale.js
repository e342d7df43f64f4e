// A sale at a till while it is rung up, or a return: its lines and what they come to, by the same arithmetic as the server's.
// Quantities, prices and per cents are BigInt millionths; money is in the currency's smallest coins.
"use strict";

class TillSale {
  constructor(said, kept = null) {
    Object.assign(this, { said, lines: [], contact: null, receipt: null, selected: -1, coupon: "", points: 0, purse: null });
    if (kept) Object.assign(this, { contact: kept.contact, receipt: kept.receipt, lines: kept.lines, coupon: kept.coupon ?? "", points: kept.points ?? 0, selected: kept.lines.length - 1 });
  }

  // As the browser keeps it.
  get kept() {
    const { contact, receipt, lines, coupon, points } = this;
    return { contact, receipt, lines, coupon, points };
  }

  get isReturn() { return Boolean(this.receipt); }
  get isEmpty() { return this.isReturn ? this.count === 0n : !this.lines.length; }
  get line() { return this.lines[this.selected]; }
  get count() { return this.lines.reduce((sum, line) => sum + line.quantity, 0n); }

  // One more of an item: on the line whose price and discount nobody has typed, or on a new one.
  add(item, quantity) {
    const at = this.lines.findIndex((line) => line.item === item.item && !line.isOwn);
    if (at >= 0) this.lines[at].quantity += quantity;
    else this.lines.push({ ...item, quantity, discount: 0n });
    this.selected = at >= 0 ? at : this.lines.length - 1;
  }

  // What comes back of an item of the receipt; false where nothing of it is left.
  giveBack(item, quantity) {
    const at = this.lines.findIndex((line) => line.item === item.item && line.quantity + quantity <= line.left);
    if (at < 0) return false;
    this.lines[at].quantity += quantity;
    this.selected = at;
    return true;
  }

  remove() {
    if (this.isReturn && this.line) { this.line.quantity = 0n; return; }
    this.lines.splice(this.selected, 1);
    this.selected = Math.min(this.selected, this.lines.length - 1);
  }

  move(step) {
    if (this.lines.length) this.selected = Math.max(0, Math.min(this.lines.length - 1, this.selected + step));
  }

  // Whether so much of a line can be: whole pieces where it is counted so, no more than is left of a receipt.
  fits(line, quantity) {
    const step = 10n ** BigInt(6 - line.digits);
    return quantity % step === 0n && (line.left === undefined ? quantity > 0n : quantity >= 0n && quantity <= line.left);
  }

  // What a line comes to: less what its points take off, of which a return has its share.
  amount(line) {
    const off = line.whole ? window.KontorExact.divide(line.off * line.quantity, line.whole) : line.off ?? 0n;
    return window.KontorExact.line({ ...line, digits: this.said.digits }) - off;
  }

  get total() {
    const { included, perLine, rate } = this.said;
    const own = BigInt(window.KontorExact.read(rate) ?? 0n);
    const isIn = this.receipt ? this.receipt.included : included;
    const lines = this.lines.filter((line) => line.quantity).map((line) => [this.amount(line), line.rate ?? own]);
    return window.KontorExact.totals(lines, { included: isIn, perLine }).gross;
  }

  // The total as it is paid in cash alone: to the nearest coin that there is.
  get cashTotal() {
    const step = this.said.cashStep && this.coins(this.said.cashStep.replace(".", this.said.point));
    return step ? window.KontorExact.divide(this.total, step) * step : this.total;
  }

  money(coins) {
    return window.KontorExact.money(coins, this.said);
  }

  // What somebody typed as money, in coins; null: nothing, undefined: no amount of this currency.
  coins(text) {
    const units = window.KontorExact.read(text, this.said.group);
    const step = 10n ** BigInt(6 - this.said.digits);
    return units == null ? units : units < 0n || units % step ? undefined : units / step;
  }

  // Numbers as the server reads them.
  static plain(units) {
    return window.KontorExact.typed(units, ".");
  }

  plainMoney(coins) {
    return TillSale.plain(coins * 10n ** BigInt(6 - this.said.digits));
  }

  // What is sent of a sale.
  sold({ given, card, account, payable }) {
    const lines = this.lines.map(({ item, quantity, price, discount }) => ({ item, quantity: TillSale.plain(quantity), price: TillSale.plain(price), discount: TillSale.plain(discount) }));
    const paid = { total: payable, given, card, account };
    const money = Object.fromEntries(Object.entries(paid).map(([name, coins]) => [name, this.plainMoney(coins)]));
    return { shift: this.said.shift, lines, contact: this.contact?.id ?? null, coupon: this.coupon, points: this.points, ...money };
  }

  // What is asked of the server: what the lines cost together, and the answer, as far as nobody typed otherwise.
  get asked() {
    return this.lines.map(({ item, quantity, price, discount, isOwn }) => ({ item, quantity: TillSale.plain(quantity), ...(isOwn && { price: TillSale.plain(price), discount: TillSale.plain(discount) }) }));
  }

  takePrices(found, { coupon, points }) {
    this.coupon = coupon;
    this.purse = points;
    this.points = points?.taken ?? 0;
    for (const [at, { price, discount, tax_rate: rate, says }] of found.entries()) {
      const line = this.lines[at];
      line.off = points ? this.coins(points.off[at].replace(".", this.said.point)) : 0n;
      line.points = points?.parts[at] ?? 0;
      if (rate !== null) line.rate = window.KontorExact.read(rate);
      line.says = line.isOwn ? "" : says.join(" ");
      if (line.isOwn || price === null) continue;
      line.price = window.KontorExact.read(price);
      line.discount = discount === null ? 0n : window.KontorExact.read(discount);
    }
  }

  // What is sent of a return.
  broughtBack(way) {
    const lines = this.lines.filter((line) => line.quantity).map(({ line, quantity }) => ({ line, quantity: TillSale.plain(quantity) }));
    return { shift: this.said.shift, sale: this.receipt.id, lines, way };
  }
}
window.KontorTillSale = TillSale;
