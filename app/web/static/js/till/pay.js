// Taking the money at a till, or giving it back: how much in cash, by card and on account, and what the change is.
"use strict";

const NOTES = [1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n, 1000n, 5000n, 10000n, 50000n, 100000n, 500000n];

class TillPay {
  constructor(screen) {
    Object.assign(this, { screen, said: screen.said, words: screen.words, dialog: screen.parts.pay, refund: screen.parts.refund });
    this.form = this.dialog.querySelector("form");
    this.form.addEventListener("input", () => this.show());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.finish(); });
    for (const button of this.dialog.querySelectorAll("[data-rest]")) button.addEventListener("click", () => this.rest(button.dataset.rest));
    for (const button of this.refund.querySelectorAll("[data-way]")) button.addEventListener("click", () => this.giveBack(button.dataset.way));
    for (const button of screen.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
    this.dialog.querySelector("[data-notes]").addEventListener("click", ({ target }) => {
      if (target.dataset.coins) { this.fill("given", BigInt(target.dataset.coins)); this.form.elements.given.focus(); }
    });
  }

  get sale() { return this.screen.sale; }

  // `priced`: what is waited for before the sum is certain. The keys of a hasty hand are taken meanwhile.
  async open(priced) {
    if (this.sale.isReturn) { this.askBack(); return; }
    this.priced = priced;
    this.form.reset();
    for (const part of this.dialog.querySelectorAll("[data-rest='account']")) part.hidden = !this.sale.contact;
    this.showTotal();
    this.dialog.showModal();
    this.form.elements.given.focus();
    await priced;
    if (this.dialog.open) this.showTotal();
  }

  showTotal() {
    this.offerNotes();
    this.show();
  }

  // What people are likely to give: the exact sum, and the next rounder ones.
  offerNotes() {
    const total = this.sale.cashTotal, coin = 10n ** BigInt(this.said.digits);
    const rounder = NOTES.map((note) => { const step = note * coin; return (total + step - 1n) / step * step; });
    const offered = [...new Set([total, ...rounder].filter((sum) => sum >= total))].slice(0, 5);
    this.dialog.querySelector("[data-notes]").replaceChildren(...offered.map((coins) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", tabIndex: -1, textContent: this.sale.money(coins) });
      button.dataset.coins = coins;
      return button;
    }));
  }

  // What stands in the fields, in coins, and what is to be paid so. Nothing said of cash is the rest exactly.
  get typed() {
    const read = (name) => (this.form.elements[name] ? this.sale.coins(this.form.elements[name].value) : null);
    const [card, account] = [read("card"), read("account")];
    let given = read("given");
    const isRight = ![given, card, account].includes(undefined);
    const payable = card || account ? this.sale.total : this.sale.cashTotal;
    if (given === null && isRight) given = payable - (card ?? 0n) - (account ?? 0n);
    return { given, card: card ?? 0n, account: account ?? 0n, isRight, payable };
  }

  // What the sale still lacks (above zero), or the change (below); undefined where that can't be said.
  static lack({ given, card, account, isRight, payable }) {
    return isRight && card + account <= payable && given >= 0n ? payable - card - account - given : undefined;
  }

  show() {
    const { typed } = this;
    const lack = TillPay.lack(typed);
    this.dialog.querySelector("[data-total]").textContent = this.sale.money(typed.payable);
    const place = this.dialog.querySelector("[data-change]");
    const title = lack === undefined ? this.words.tooMuch : lack > 0n ? this.words.missing : this.words.change;
    place.querySelector("span").textContent = title;
    place.querySelector("strong").textContent = lack === undefined ? "" : this.sale.money(lack > 0n ? lack : -lack);
    place.classList.toggle("is-wrong", lack === undefined || lack > 0n);
    this.form.querySelector("[type=submit]").disabled = lack === undefined || lack > 0n || (typed.account > 0n && !this.sale.contact);
  }

  fill(name, coins) {
    this.form.elements[name].value = window.KontorExact.typed(coins * 10n ** BigInt(6 - this.said.digits), this.said.point, this.said.digits);
    this.show();
  }

  // All that isn't paid otherwise by card or on account.
  rest(name) {
    const { card, account } = this.typed, cash = this.sale.coins(this.form.elements.given.value) ?? 0n;
    if (!this.form.elements[name]) return;
    const others = name === "card" ? account : card;
    const rest = this.sale.total - others - cash;
    this.fill(name, rest > 0n ? rest : 0n);
    this.form.querySelector("[type=submit]").focus();
  }

  async finish() {
    if (this.isFinishing) return;
    this.isFinishing = true;
    await this.priced;
    this.isFinishing = false;
    const { typed } = this;
    const lack = TillPay.lack(typed);
    if (!this.dialog.open || lack === undefined || lack > 0n) return;
    this.dialog.close();
    const shown = { title: this.words.change, amount: this.sale.money(-lack) };
    this.screen.finish({ address: this.said.sell, content: this.sale.sold(typed), shown, title: `${this.words.sale} ${this.sale.money(typed.payable)}` });
  }

  askBack() {
    for (const button of this.refund.querySelectorAll('[data-way="account"]')) button.hidden = this.sale.receipt.isOwn;
    this.refund.querySelector("[data-total]").textContent = this.sale.money(this.sale.total);
    const unpaid = window.KontorExact.read(this.sale.receipt.unpaid);
    this.refund.querySelector("[data-unpaid]").hidden = !unpaid;
    this.refund.showModal();
    this.refund.querySelector('[data-way="cash"]').focus();
  }

  giveBack(way) {
    this.refund.close();
    const total = this.sale.money(this.sale.total);
    const shown = { title: way === "account" ? this.words.onAccount : this.words.giveBack, amount: total };
    this.screen.finish({ address: this.said.back, content: this.sale.broughtBack(way), shown, title: `${this.words.returning} ${this.sale.receipt.number} ${total}` });
  }
}
window.KontorTillPay = TillPay;
