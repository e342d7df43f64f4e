// <count-screen data-count="…" data-words="…">: the page on which a warehouse is counted. What is scanned or typed goes into one field
// that always has the focus: a code is one more of an item, 3*code three more, and a number alone corrects the last scan. Each is an
// act of the queue (act-queue.js), which keeps when it was done; the goods are known as a till's page knows them (till/goods.js).
"use strict";

const SHOWN = 8; // of the last scans
const NUMBER = /^\d{1,5}([.,]\d{1,6})?$/;

class CountScreen extends HTMLElement {
  async connectedCallback() {
    if (this.said) return; // moved in the page
    this.said = JSON.parse(this.dataset.count);
    this.words = JSON.parse(this.dataset.words);
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.queue = this.querySelector("act-queue");
    this.goods = new window.KontorTillGoods(this.said.goods);
    this.scans = this.said.last; // the newest first
    this.scanned = Promise.resolve(); // what is scanned and undone is taken one after another
    window.KontorScannedText.listen(this.parts.scan);
    this.parts.scan.addEventListener("keydown", (event) => this.keyed(event));
    this.parts.undo.addEventListener("click", () => { this.scanned = this.scanned.then(() => this.undo()); });
    this.addEventListener("click", ({ target }) => { if (!target.closest("dialog, input, a")) this.parts.scan.focus(); });
    this.queue.addEventListener("acted", ({ detail }) => this.mark(detail.entry.act, "done"));
    this.queue.addEventListener("refused", ({ detail }) => { this.mark(detail.entry.act, "refused"); this.say(`${detail.entry.title}: ${detail.message}`, true); });
    await this.goods.begin();
    this.show();
    this.parts.scan.disabled = false; // what was typed before would be lost
    this.parts.scan.focus();
  }

  keyed(event) {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    const text = this.parts.scan.value.trim();
    this.parts.scan.value = "";
    if (text) this.scanned = this.scanned.then(() => this.scan(text));
  }

  async scan(text) {
    this.say("");
    const [, times, rest] = text.match(/^([\d.,]+)\s*[*×]\s*(.+)$/) || [null, "1", text];
    const known = this.goods.exact(rest);
    if (!known && NUMBER.test(text) && this.last) { await this.correct(text); return; }
    const near = known ? [known] : this.goods.named(rest);
    const found = near.length ? near : await this.goods.ask(rest);
    if (!near.length && this.goods.together) { await this.tallyTogether(this.goods.together, found); return; }
    if (found?.length === 1) { await this.tally(found[0], times); return; }
    const why = found?.length ? this.words.several : found ? this.goods.says || this.words.unknown : this.words.unknownOffline;
    this.say(why.replace("{text}", () => rest), true);
  }

  // Everything in a box or on a pallet, as it was packed; counted once.
  async tallyTogether({ code, parts }, items) {
    const units = new Set(parts.map(({ unit }) => unit));
    const isCounted = ({ unit, state }) => unit && units.has(unit) && state !== "undone" && state !== "refused";
    if (this.scans.some(isCounted)) { this.say(this.words.twice.replace("{text}", () => code), true); return; }
    const of = new Map(items.map((item) => [item.item, item]));
    for (const { item, quantity, unit } of parts) {
      await this.tally({ ...of.get(item), each: window.KontorExact.ONE }, quantity);
      this.scans[0].unit = unit;
    }
  }

  // So many times what was scanned: a box is what it contains.
  async tally(item, typed) {
    const times = window.KontorExact.read(typed), units = (times ?? 0n) * item.each / window.KontorExact.ONE;
    if (times === undefined || units % 10n ** BigInt(6 - item.digits)) { this.say(this.words.whole.replace("{title}", () => item.title), true); return; }
    const quantity = window.KontorExact.typed(units, ".");
    const title = `${quantity} × ${item.title}`;
    const entry = await this.queue.add({ address: this.said.tallies, content: { item: item.item, quantity }, title });
    this.scans.unshift({ act: entry.act, item, quantity, title: item.title, at: new Date(entry.at).toLocaleTimeString(), state: "waiting" });
    this.show();
  }

  get last() {
    return this.scans.find((scan) => scan.state !== "undone" && scan.state !== "refused");
  }

  async correct(quantity) {
    const { item } = this.last;
    await this.undo();
    await this.tally({ ...item, each: window.KontorExact.ONE }, quantity);
  }

  async undo() {
    const last = this.last;
    if (!last) return;
    last.state = "undone";
    await this.queue.add({ address: this.said.undone, content: { undo: last.act }, title: `${this.words.undo}: ${last.title}` });
    this.show();
  }

  mark(act, state) {
    const scan = this.scans.find((each) => each.act === act);
    if (scan && scan.state === "waiting") scan.state = state;
    this.show();
  }

  say(text, isWrong = false) {
    this.parts.note.textContent = text;
    this.parts.note.classList.toggle("is-wrong", isWrong);
  }

  show() {
    const last = this.last;
    this.parts.title.textContent = last ? last.title : "";
    this.parts.quantity.textContent = last ? last.quantity : "";
    this.parts.undo.disabled = !last;
    this.parts.body.replaceChildren(...this.scans.slice(0, SHOWN).map((scan) => {
      const row = document.createElement("tr");
      row.dataset.state = scan.state;
      for (const [text, name] of [[scan.at, ""], [scan.title, "till-title"], [scan.quantity, "num"], [this.words[scan.state], ""]]) {
        row.append(Object.assign(document.createElement("td"), { textContent: text, className: name }));
      }
      return row;
    }));
  }
}
customElements.define("count-screen", CountScreen);
