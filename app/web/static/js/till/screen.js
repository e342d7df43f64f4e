// <till-screen data-till="…" data-words="…">: the page of a till. What is typed or scanned goes into one field that always has the
// focus; every other act has a button with its key. A sale that is paid goes into the queue (act-queue.js), and the next one
// begins at once; sale.js counts, goods.js knows the goods, pay.js takes the money.
"use strict";

const RECEIPT = /^\p{L}{1,4}-\d{4,}$/u;

class TillScreen extends HTMLElement {
  async connectedCallback() {
    if (this.said) return; // moved in the page
    this.said = JSON.parse(this.dataset.till);
    this.words = JSON.parse(this.dataset.words);
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.queue = this.querySelector("act-queue");
    this.goods = new window.KontorTillGoods(this.said.goods);
    this.sale = new window.KontorTillSale(this.said);
    this.scanned = Promise.resolve(); // scans are taken one after another
    this.times = null; // how many of the next item: 3*
    this.listen();
    await this.goods.begin();
    await this.restore();
  }

  async restore() {
    const kept = await window.KontorStore.get(this.key("sale")).catch(() => null);
    if (kept && !this.sale.lines.length) this.sale = new window.KontorTillSale(this.said, kept);
    this.show();
    window.KontorScannedText.listen(this.parts.scan);
    this.parts.scan.disabled = false; // what was typed before would be lost
    this.parts.scan.focus();
  }

  key(what) {
    return `till ${this.said.id} ${what}`;
  }

  listen() {
    const { scan, offers, body } = this.parts;
    scan.addEventListener("keydown", (event) => this.keyed(event));
    scan.addEventListener("input", () => this.offer(scan.value));
    offers.addEventListener("click", ({ target }) => { const row = target.closest("[data-at]"); if (row) this.pick(Number(row.dataset.at)); });
    body.addEventListener("click", ({ target }) => this.clicked(target));
    for (const button of this.querySelectorAll("button[data-do]")) button.addEventListener("click", () => this[button.dataset.do](button));
    this.addEventListener("click", ({ target }) => { if (!target.closest("dialog, input, a")) this.focusScan(); });
    for (const dialog of this.querySelectorAll("dialog")) dialog.addEventListener("close", () => this.focusScan());
    this.parts.entry.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.entered(); });
    this.parts.client?.addEventListener("chosen", ({ detail }) => { Object.assign(this.sale, { contact: { id: detail.id, title: detail.title }, points: 0, purse: null }); this.parts.customer.close(); this.changed(); });
    this.queue.addEventListener("acted", ({ detail }) => this.acted(detail));
    this.queue.addEventListener("refused", ({ detail }) => this.refused(detail));
    this.queue.addEventListener("mend", ({ detail }) => this.mend(detail.entry));
    this.queue.addEventListener("resend", ({ detail }) => { detail.entry.content.shift = this.said.shift; });
    this.pay = new window.KontorTillPay(this);
  }

  focusScan() {
    if (!this.querySelector("dialog[open]")) this.parts.scan.focus();
  }

  // --- scanning and typing

  keyed(event) {
    const { scan } = this.parts, { key } = event;
    const isMove = key === "ArrowDown" || key === "ArrowUp";
    if (key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (this.found?.length && this.at >= 0) { this.pick(this.at); return; }
      const text = scan.value.trim();
      scan.value = "";
      this.offer("");
      if (text) this.scanned = this.scanned.then(() => this.scan(text));
    } else if (key === "Escape") {
      if (scan.value || this.times) { scan.value = ""; this.times = null; this.offer(""); this.say(""); event.preventDefault(); }
    } else if (isMove && this.found?.length) {
      event.preventDefault();
      this.at = (this.at + (key === "ArrowDown" ? 1 : -1) + this.found.length + 1) % (this.found.length + 1);
      if (this.at === this.found.length) this.at = key === "ArrowDown" ? 0 : this.found.length - 1;
      this.showOffers();
    } else if (!scan.value && isMove) {
      event.preventDefault();
      this.sale.move(key === "ArrowDown" ? 1 : -1);
      this.show();
    } else if (!scan.value && (key === "+" || key === "-")) {
      event.preventDefault();
      this.step(key === "+" ? 1n : -1n);
    } else if (!scan.value && key === "Delete" && !event.ctrlKey) {
      event.preventDefault();
      this.removeLine();
    }
  }

  // What is offered while one types; a code is found by Enter alone.
  offer(text) {
    const [, name] = this.read(text.trim());
    this.found = name && name.length > 1 && !this.sale.isReturn && !this.goods.exact(name) ? this.goods.named(name) : [];
    this.at = -1;
    this.showOffers();
  }

  showOffers() {
    const { offers, scan } = this.parts;
    offers.hidden = !this.found.length;
    scan.setAttribute("aria-expanded", String(!offers.hidden));
    offers.replaceChildren(...this.found.map((item, at) => {
      const row = Object.assign(document.createElement("li"), { id: `till-offer-${at}`, textContent: `${item.code} ${item.title}` });
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(at === this.at));
      row.dataset.at = at;
      row.append(Object.assign(document.createElement("small"), { textContent: item.price === null ? "–" : this.price(item.price) }));
      return row;
    }));
    if (this.at >= 0) scan.setAttribute("aria-activedescendant", `till-offer-${this.at}`); else scan.removeAttribute("aria-activedescendant");
  }

  pick(at) {
    const [times] = this.read(this.parts.scan.value.trim());
    const item = this.found[at];
    if (times) this.times = times;
    this.parts.scan.value = "";
    this.offer("");
    this.take(item);
  }

  // "3*4006381333931" → a quantity, and the rest.
  read(text) {
    const [, times, rest] = text.match(/^([\d.,]+)\s*[*×]\s*(.*)$/) || [null, null, text];
    const units = times && window.KontorExact.read(times, this.said.group);
    return [units > 0n ? units : null, units === undefined ? text : rest];
  }

  async scan(text) {
    this.say("");
    const [times, code] = this.read(text);
    if (times) this.times = times;
    if (!code) { this.show(); return; }
    const known = this.goods.exact(code);
    if (known) { this.take(known); return; }
    if (RECEIPT.test(code) && await this.begun(code)) return;
    const near = this.goods.named(code);
    const found = near.length ? near : await this.goods.ask(code);
    if (found?.length === 1) { this.take(found[0]); return; }
    if (found?.length) { this.parts.scan.value ||= code; this.found = found; this.at = 0; this.showOffers(); return; }
    if (found && this.said.hasCoupons && !this.sale.isReturn && await this.isCoupon(code)) return;
    this.say(found ? this.goods.says || this.words.unknown.replace("{text}", () => code) : this.words.unknownOffline.replace("{text}", () => code), true);
  }

  take({ each, ...item }) {
    const quantity = (this.times ?? window.KontorExact.ONE) * each / window.KontorExact.ONE;
    this.times = null;
    if (quantity % 10n ** BigInt(6 - item.digits)) { this.say(this.words.whole.replace("{title}", () => item.title), true); this.show(); return; }
    if (this.sale.isReturn) {
      if (!this.sale.giveBack(item, quantity)) this.say(this.words.notOnReceipt.replace("{title}", () => item.title), true);
    } else {
      this.sale.add({ ...item, price: item.price ?? 0n }, quantity);
      this.parts.last.hidden = true;
    }
    this.changed();
    if (item.price === null && !this.sale.isReturn) this.enterPrice();
  }

  say(words, isWrong = false) {
    const { note } = this.parts;
    note.textContent = words;
    note.classList.toggle("is-wrong", isWrong);
  }

  // --- lines

  clicked(target) {
    const row = target.closest("tr[data-at]");
    if (!row) return;
    this.sale.selected = Number(row.dataset.at);
    const button = target.closest("button");
    if (button?.dataset.step) this.step(BigInt(button.dataset.step)); else if (button) this.removeLine(); else this.show();
  }

  step(by) {
    const { line } = this.sale;
    const quantity = line && line.quantity + by * window.KontorExact.ONE;
    if (!line || !this.sale.fits(line, quantity)) return;
    line.quantity = quantity;
    this.changed();
  }

  removeLine() {
    if (!this.sale.line) return;
    this.sale.remove();
    this.changed();
  }

  enterQuantity() { this.ask("quantity", this.words.quantity, (line) => line.quantity); }
  enterDiscount() { if (!this.sale.isReturn) this.ask("discount", this.words.discount, (line) => line.discount); }
  enterPrice() { if (!this.sale.isReturn) this.ask("price", this.words.price, (line) => line.price); }

  ask(name, title, now) {
    const { entry } = this.parts, { line } = this.sale;
    if (!line) return;
    this.asked = name;
    entry.querySelector("h2").textContent = `${title}: ${line.title}`;
    entry.setAttribute("aria-label", title);
    entry.querySelector(".field-error").textContent = "";
    entry.querySelector('[data-do="enteredForAll"]').hidden = name !== "discount";
    const input = entry.querySelector("input");
    input.value = window.KontorExact.typed(now(line), this.said.point);
    input.inputMode = "decimal";
    entry.showModal();
    input.select();
  }

  entered(lines = [this.sale.line]) {
    const { entry } = this.parts;
    if (this.asked === "coupon" || this.asked === "points") { this.enteredForSale(entry.querySelector("input").value.trim()); return; }
    const units = window.KontorExact.read(entry.querySelector("input").value, this.said.group);
    const isRight = {
      quantity: () => this.sale.fits(this.sale.line, units),
      discount: () => units >= 0n && units <= 100n * window.KontorExact.ONE && units % 100n === 0n,
      price: () => units >= 0n,
    };
    if (units == null || !isRight[this.asked]()) { entry.querySelector(".field-error").textContent = this.words.wrong; return; }
    for (const line of lines) Object.assign(line, { [this.asked]: units }, this.asked !== "quantity" && { isOwn: true });
    entry.close();
    this.changed();
  }

  // --- coupons and points

  enterCoupon() {
    if (this.sale.isReturn || !this.said.hasCoupons) return;
    this.openEntry("coupon", this.words.coupon, this.sale.coupon);
  }

  enterPoints() {
    const { sale } = this;
    if (sale.isReturn || !this.said.hasPoints) return;
    if (!sale.contact || !sale.purse) { this.say(sale.contact ? this.words.noPoints : this.words.whosePoints, true); return; }
    this.openEntry("points", `${this.words.points}: ${sale.purse.words}`, String(sale.points || sale.purse.most));
  }

  // A word or a number for the whole sale.
  openEntry(name, title, value) {
    const { entry } = this.parts;
    this.asked = name;
    entry.querySelector("h2").textContent = title;
    entry.setAttribute("aria-label", title);
    entry.querySelector(".field-error").textContent = "";
    entry.querySelector('[data-do="enteredForAll"]').hidden = true;
    const input = entry.querySelector("input");
    input.value = value;
    input.inputMode = name === "coupon" ? "text" : "numeric";
    entry.showModal();
    input.select();
  }

  async enteredForSale(text) {
    const { entry } = this.parts, { sale } = this;
    const isPoints = this.asked === "points";
    if (isPoints && !/^\d{0,9}$/.test(text)) { entry.querySelector(".field-error").textContent = this.words.wrong; return; }
    entry.close();
    if (!await this.tryOut(isPoints ? { points: Number(text || 0) } : { coupon: text.toUpperCase() })) return;
    if (this.sale === sale && !isPoints) this.sayTaken();
  }

  sayTaken() {
    const { coupon } = this.sale;
    if (coupon && !this.parts.note.textContent) this.say(this.words.couponTaken.replace("{coupon}", () => coupon));
  }

  // Say a coupon or points to the server, which alone knows whether they count; without an answer nothing changes.
  async tryOut(said) {
    const { sale } = this;
    if (!sale.lines.length) { this.say(this.words.nothingSold, true); return false; }
    const before = { coupon: sale.coupon, points: sale.points };
    this.say("");
    Object.assign(sale, said);
    this.priced = this.reprice();
    if (await this.priced) return true;
    Object.assign(sale, before);
    this.say(this.words.needsNetwork, true);
    return false;
  }

  // Whether what was scanned is a coupon; one that is none is unknown like any other word.
  async isCoupon(code) {
    const { sale } = this;
    if (!sale.lines.length || !await this.tryOut({ coupon: code.toUpperCase() }) || this.sale !== sale || !sale.coupon) return false;
    this.sayTaken();
    return true;
  }

  enteredForAll() { this.entered(this.sale.lines); }

  // --- customers, holding, returns

  chooseCustomer() {
    if (this.sale.isReturn || !this.said.mayChoose) return;
    this.parts.customer.showModal();
    this.parts.client.querySelector('input:not([type="hidden"])').select();
  }

  noCustomer() {
    Object.assign(this.sale, { contact: null, points: 0, purse: null });
    for (const line of this.sale.lines) Object.assign(line, { off: 0n, points: 0 });
    this.parts.customer.close();
    this.changed();
  }

  async hold() {
    const held = (await window.KontorStore.get(this.key("held")).catch(() => null)) || [];
    if (!this.sale.isReturn && this.sale.lines.length) {
      await window.KontorStore.put(this.key("held"), [...held, { ...this.sale.kept, at: Date.now(), total: this.sale.money(this.sale.total) }]);
      this.clear();
      this.say(this.words.held);
      return;
    }
    const list = this.parts.held.querySelector("[data-list]");
    list.replaceChildren(...held.map((kept, at) => {
      const words = `${at + 1}  ·  ${new Date(kept.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}  ·  ${kept.lines.map((line) => line.title).join(", ").slice(0, 60)}  ·  ${kept.total}`;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn till-held", textContent: words });
      if (at < 9) button.dataset.hotkey = String(at + 1);
      button.addEventListener("click", () => this.recall(held, at));
      return button;
    }));
    if (!held.length) list.textContent = this.words.noneHeld;
    this.parts.held.showModal();
    list.querySelector("button")?.focus();
  }

  async recall(held, at) {
    await window.KontorStore.put(this.key("held"), held.filter((_, i) => i !== at));
    this.parts.held.close();
    this.sale = new window.KontorTillSale(this.said, held[at]);
    this.changed();
  }

  // Begin the return of a receipt; whether there is one.
  async begun(number) {
    if (!this.said.mayReturn) return false;
    let found;
    try {
      const answer = await fetch(`${this.said.receipt}?${new URLSearchParams({ number })}`, { signal: AbortSignal.timeout(8000) });
      found = await answer.json();
    } catch {
      this.say(this.words.returnsNeedNetwork, true);
      return true;
    }
    if (found.message) { this.say(found.message, true); return true; }
    if (!this.sale.isReturn && this.sale.lines.length) await this.hold();
    const read = (text) => window.KontorExact.read(text);
    const lines = found.lines.map((x) => ({ line: x.line, item: x.item_id, code: x.code, title: x.title, unit: "", digits: x.digits, quantity: 0n, left: read(x.left), price: read(x.price), discount: read(x.discount), rate: read(x.tax_rate), whole: read(x.quantity), off: this.sale.coins(x.off.replace(".", this.said.point)) }));
    const receipt = { id: found.id, number: found.number, moment: found.moment, customer: found.customer, isOwn: found.is_own, unpaid: found.unpaid, included: found.tax_included };
    this.sale = new window.KontorTillSale(this.said, { contact: null, receipt, lines });
    this.sale.selected = 0;
    this.parts.last.hidden = true;
    this.changed();
    this.say(this.words.bringBack);
    return true;
  }

  askReceipt() {
    this.say(this.words.typeReceipt);
    this.focusScan();
  }

  takeAllBack() {
    if (!this.sale.isReturn) return;
    for (const line of this.sale.lines) line.quantity = line.left;
    this.changed();
  }

  cancel() {
    const isAsked = this.sale.lines.length > 0 && !this.sale.isReturn;
    if (isAsked && !window.confirm(this.words.surely)) return;
    this.clear();
    this.say("");
  }

  // --- paying, and what becomes of it

  takeMoney() {
    if (this.sale.isEmpty) { this.say(this.sale.isReturn ? this.words.nothingBack : this.words.nothingSold, true); return; }
    this.pay.open(this.priced);
  }

  // Keep what was paid in the queue, show the change, and begin the next sale.
  async finish({ address, content, shown, title }) {
    try {
      this.current = (await this.queue.add({ address, content, title, about: { ...this.sale.kept } })).act;
    } catch {
      this.say(this.words.keepsNothing, true); // the sale stands as it was
      return;
    }
    this.printed = null;
    this.clear();
    this.showLast(shown, this.words.onItsWay);
  }

  showLast({ title, amount }, note) {
    const { last } = this.parts;
    last.hidden = false;
    last.classList.remove("is-wrong");
    last.querySelector("[data-title]").textContent = title;
    last.querySelector("[data-amount]").textContent = amount;
    last.querySelector("[data-note]").textContent = note;
  }

  acted({ entry, answer }) {
    if (entry.act !== this.current) return;
    this.printed = answer.id;
    const { last } = this.parts;
    last.querySelector("[data-note]").textContent = answer.number;
    if (answer.note) this.say(answer.note, true);
    if (answer.back !== undefined) last.querySelector("[data-amount]").textContent = this.sale.money(this.sale.coins(answer.back.replace(".", this.said.point)));
  }

  refused({ entry, message }) {
    const { last } = this.parts;
    this.showLast({ title: this.words.refused, amount: entry.title }, message);
    last.classList.add("is-wrong");
    this.toMend = entry;
    this.show();
  }

  async mendLast() {
    const entry = this.toMend && (await this.queue.list()).find((each) => each.seq === this.toMend.seq && each.state === "refused");
    if (entry) await this.mend(entry);
  }

  // A refused sale comes back onto the screen; one that is being rung up is held.
  async mend(entry) {
    if (!this.sale.isReturn && this.sale.lines.length) await this.hold();
    this.sale = new window.KontorTillSale(this.said, entry.about);
    await this.queue.remove(entry.seq);
    this.toMend = null;
    this.parts.last.hidden = true;
    this.changed();
    this.say(entry.message, true);
  }

  print() {
    if (this.printed) window.open(`${this.said.prints}${this.printed}`, "_blank");
    else this.say(this.words.noReceipt, true);
  }

  clear() {
    this.sale = new window.KontorTillSale(this.said);
    this.changed();
  }

  // --- what is shown

  price(units) {
    const coins = units * 10n ** BigInt(this.said.digits), one = window.KontorExact.ONE;
    return coins % one ? window.KontorExact.typed(units, this.said.point) : this.sale.money(coins / one);
  }

  // What the lines cost together, where there is a network; without, they cost what the browser knows.
  async reprice() {
    const { sale } = this, asked = JSON.stringify(sale.asked);
    if (sale.isReturn || !(sale.lines.length || sale.contact)) return false;
    const wanted = { coupon: sale.coupon, points: sale.points };
    const of = new URLSearchParams({ lines: asked, ...wanted, ...(sale.contact && { contact: sale.contact.id }) });
    try {
      const answer = await fetch(`${this.said.prices}?${of}`, { signal: AbortSignal.timeout(3000) });
      if (!answer.ok) return false;
      const { lines, ...others } = await answer.json();
      const isSame = sale.coupon === wanted.coupon && sale.points === wanted.points && JSON.stringify(sale.asked) === asked;
      if (sale !== this.sale || !isSame) return true; // another change asks itself
      sale.takePrices(lines, others);
      if (others.note || others.points?.less) this.say(others.note || others.points.less, true);
      this.keep();
      this.show();
      return true;
    } catch {
      return false; // without an answer they stay
    }
  }

  keep() {
    window.KontorStore.put(this.key("sale"), this.sale.kept).catch(() => {});
  }

  changed() {
    this.keep();
    this.show();
    this.priced = this.reprice();
  }

  show() {
    const { sale, parts } = this;
    parts.body.replaceChildren(...sale.lines.map((line, at) => this.row(line, at)));
    parts.empty.hidden = sale.lines.length > 0;
    parts.total.textContent = sale.money(sale.total);
    parts.count.textContent = sale.lines.length ? window.KontorExact.typed(sale.count, this.said.point) : "";
    parts.times.hidden = !this.times;
    parts.times.textContent = this.times ? `${window.KontorExact.typed(this.times, this.said.point)} ×` : "";
    parts.who.textContent = sale.receipt ? sale.receipt.customer : sale.contact?.title || this.dataset.customer;
    parts.purse.textContent = sale.receipt ? "" : [sale.purse && `${this.words.points}: ${sale.purse.words}`, sale.points && `− ${sale.points}`, sale.coupon && `${this.words.coupon}: ${sale.coupon}`].filter(Boolean).join(" · ");
    parts.mode.textContent = sale.receipt ? `${this.words.returning} ${sale.receipt.number} · ${sale.receipt.moment}` : "";
    this.classList.toggle("is-return", sale.isReturn);
    for (const button of this.querySelectorAll("[data-when]")) button.hidden = button.dataset.when !== (sale.isReturn ? "return" : "sale");
    parts.mends.hidden = !this.toMend;
    parts.body.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  row(line, at) {
    const row = parts("tr", { className: at === this.sale.selected ? "is-selected" : "" });
    row.dataset.at = at;
    row.setAttribute("aria-selected", String(at === this.sale.selected));
    const left = line.left === undefined ? "" : ` / ${window.KontorExact.typed(line.left, this.said.point)}`;
    const quantity = parts("td", { className: "num till-quantity" });
    const steps = ["-1", "1"].map((step) => {
      const button = parts("button", { type: "button", className: "btn btn-sm", textContent: step === "1" ? "+" : "−", tabIndex: -1, ariaLabel: step === "1" ? this.words.more : this.words.less });
      button.dataset.step = step;
      return button;
    });
    quantity.append(steps[0], parts("span", { textContent: window.KontorExact.typed(line.quantity, this.said.point) + left }), steps[1]);
    row.append(
      parts("td", { className: "till-title", textContent: line.title }, parts("small", { textContent: line.code }), parts("small", { textContent: (line.discount && line.says) || "" }), parts("small", { textContent: line.points ? `− ${line.points} ${this.words.pointsWord}` : "" })),
      quantity,
      parts("td", { className: "num till-price", textContent: this.price(line.price) }),
      parts("td", { className: "num till-discount", textContent: line.discount ? `−${window.KontorExact.typed(line.discount, this.said.point)} %` : "" }),
      parts("td", { className: "num till-sum", textContent: this.sale.money(this.sale.amount(line)) }),
      parts("td", {}, parts("button", { type: "button", className: "btn btn-sm btn-ghost", textContent: "×", tabIndex: -1, ariaLabel: this.words.remove })),
    );
    return row;
  }
}

function parts(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
customElements.define("till-screen", TillScreen);
