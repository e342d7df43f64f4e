// <open-parts data-digits="2" data-point="." data-group="," [data-amount] [data-cut] [data-filled]>: around open documents with a
// box beside each, in a form with an amount. The amount goes to the oldest, or to those that are named under “For documents”;
// what somebody types into a box stays, and the others take what that leaves. Below it says what is left over. A row may offer a
// discount for paying early (a tick with [data-rest]): an amount that is just the rest ticks it, in a box too, and ticking it types
// the rest.
"use strict";

const Exact = window.KontorExact;

class OpenParts extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.rows = [...this.querySelectorAll("tr[data-open]")].map((row) => ({
      ...row.dataset, box: row.querySelector("input"), open: Exact.read(row.dataset.open), isOwn: false,
      tick: this.querySelector(`[data-reduces="${row.dataset.document}"]`),
    }));
    this.follow = (event) => this.changed(event.target);
    this.form.addEventListener("input", this.follow);
    this.form.addEventListener("change", this.follow);
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.send = () => this.leaveToServer();
    this.form.addEventListener("submit", this.send);
    this.form.querySelector("[data-without-script]")?.setAttribute("hidden", "");
    if (this.rows.length) this.begin();
  }

  disconnectedCallback() {
    for (const name of ["input", "change"]) this.form.removeEventListener(name, this.follow);
    this.form.removeEventListener("submit", this.send);
  }

  // What stands in a form that comes back, or that the server has filled, and isn't what would be proposed, stays.
  begin() {
    this.querySelector(".parts-sum").hidden = false;
    const offered = this.form.elements.offered;
    this.first = offered?.value.split(":")[0] || "";
    if (offered) offered.value = "";
    const before = this.rows.map((row) => this.read(row.box));
    if ("filled" in this.dataset) for (const row of this.rows) row.isTickOwn = true;
    this.propose();
    if (!("filled" in this.dataset)) return;
    this.rows.forEach((row, n) => { row.isOwn = before[n] !== this.read(row.box); if (row.isOwn) this.write(row, before[n]); });
    this.propose();
  }

  changed(field) {
    if (!this.rows.length) return;
    const ticked = this.rows.find((each) => each.tick === field);
    if (ticked) this.ticked(ticked);
    const row = ticked ?? this.rows.find((each) => each.box === field);
    if (row) row.isOwn = true;
    if (row && !ticked) this.typedRest(row);
    else if (!["amount", "reference", "contract_id"].includes(field.name)) return;
    if (row && this.amountFollows()) this.form.elements.amount.value = this.typed(this.sum());
    if (field.name === "amount") this.isAmountOwn = true;
    this.propose();
  }

  // What a tick was set for follows it: the box, and an amount that was just that.
  ticked(row) {
    row.isTickOwn = true;
    const [before, now] = row.tick.checked ? [row.open, this.rest(row)] : [this.rest(row), row.open];
    this.write(row, now);
    const amount = this.form.elements.amount;
    if (amount && this.read(amount) === before) amount.value = this.typed(now);
  }

  // Whoever types into a box just what pays it early means the discount, until they set its tick themselves.
  typedRest(row) {
    if (this.rest(row) !== undefined && !row.isTickOwn) this.tick(row, this.read(row.box) === this.rest(row));
  }

  tick(row, isTicked) {
    row.tick.checked = isTicked;
    if (isTicked) row.tick.parentElement.parentElement.querySelector("[name=reduced_seen]").disabled = false;
  }

  // What pays a row early.
  rest(row) { return row.tick?.dataset.rest ? Exact.read(row.tick.dataset.rest) : undefined; }

  // The row that the amount pays early, where nobody has typed otherwise.
  early() {
    const found = this.rows.filter((row) => this.rest(row) !== undefined && this.rest(row) === this.amount());
    return found.length === 1 && !this.rows.some((row) => row.isOwn) ? found[0] : undefined;
  }

  // Whoever types no amount first says it by what is paid.
  amountFollows() {
    const amount = this.form.elements.amount;
    if (!amount || this.isAmountOwn) return false;
    this.isAmountFollowing ||= !amount.value.trim();
    return this.isAmountFollowing;
  }

  propose() {
    const early = this.early();
    for (const row of this.rows.filter((each) => this.rest(each) !== undefined && !each.isTickOwn && !each.isOwn)) {
      this.tick(row, row === early);
    }
    let left = this.amount() - this.sum((row) => row.isOwn);
    const wanted = this.wanted();
    const order = [...wanted, ...this.rows.filter((row) => !wanted.includes(row))];
    for (const row of order.filter((each) => !each.isOwn)) {
      const part = wanted.includes(row) && left > 0n ? (left < row.open ? left : row.open) : 0n;
      this.write(row, part);
      left -= part;
    }
    this.show();
  }

  // The rows that the amount goes to, in their order.
  wanted() {
    const words = (this.form.elements.reference?.value.toLowerCase().match(/[^\s,;]+/g)) ?? [];
    const named = words.map((word) => this.named(word)).filter(Boolean);
    if (words.length) return [...new Set(named)];
    const early = this.early();
    if (early) return [early];
    const contract = this.form.elements.contract_id?.value || "";
    const under = this.rows.filter((row) => !contract || row.contract === contract);
    return [...this.rows.filter((row) => row.document === this.first), ...under.filter((row) => row.document !== this.first)];
  }

  // As the server finds it (forms.named_parts): by its number, or by the digits at its end without zeros before them.
  named(word) {
    const end = (text) => text.match(/^.*?0*(\d+)$/)?.[1];
    const digits = /^\d+$/.test(word) ? end(word) : undefined;
    return this.rows.find((row) => row.number.toLowerCase() === word)
      ?? this.rows.find((row) => digits && end(row.number) === digits);
  }

  show() {
    const [amount, sum] = [this.amount(), this.sum()];
    const left = amount - sum, isBeyond = left < 0n;
    this.querySelector("[data-allocated]").textContent = this.money(sum);
    this.querySelector("[data-left]").textContent = this.money(isBeyond ? -left : left);
    this.querySelector("[data-left-words]").hidden = isBeyond;
    this.querySelector("[data-beyond-words]").hidden = !isBeyond;
    this.querySelector(".parts-sum").classList.toggle("is-beyond", isBeyond);
    for (const row of this.rows) row.box.classList.toggle("is-invalid", (this.read(row.box) ?? 0n) > row.open || this.read(row.box) === undefined);
  }

  // Up and down go from box to box; a blank takes the whole of what is open.
  key(event) {
    const at = this.rows.findIndex((row) => row.box === event.target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (at < 0 || (!step && event.key !== " ")) return;
    event.preventDefault();
    if (step) this.rows[at + step]?.box.select(); else this.whole(this.rows[at]);
  }

  clicked(event) {
    const button = event.target.closest("[data-whole]");
    if (button) this.whole(this.rows.find((row) => row.box === button.closest("tr").querySelector("input")));
  }

  whole(row) {
    this.write(row, row.open);
    row.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Where not all that is open is shown, and no box was chosen, the server pays what is named, or the oldest.
  leaveToServer() {
    const named = this.form.elements.reference?.value.trim();
    const chosen = (this.first && !named) || this.rows.some((row) => row.isOwn);
    if ("cut" in this.dataset && !chosen) for (const row of this.rows) row.box.value = "";
  }

  amount() { return this.dataset.amount ? Exact.read(this.dataset.amount) : this.read(this.form.elements.amount) ?? 0n; }
  sum(which = () => true) { return this.rows.filter(which).reduce((sum, row) => sum + (this.read(row.box) ?? 0n), 0n); }
  read(box) { return Exact.read(box.value, this.dataset.group); }
  write(row, part) { row.box.value = part ? this.typed(part) : ""; }
  typed(amount) { return Exact.typed(amount, this.dataset.point, Number(this.dataset.digits)); }
  money(value) {
    const digits = Number(this.dataset.digits), coin = Exact.ONE / 10n ** BigInt(digits);
    return Exact.money(Exact.divide(value, coin), { ...this.dataset, digits }) + " " + this.dataset.currency;
  }
}
customElements.define("open-parts", OpenParts);
