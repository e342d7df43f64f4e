// <count-screen data-count="…" data-words="…">: the page on which a warehouse is counted. What is scanned or typed goes into one field
// that always has the focus: a code is one more of an item, 3*code three more, and a number alone corrects the last scan. Each is an
// act of the queue (act-queue.js), which keeps when it was done; the goods are known as a till's page knows them (till/goods.js).
// In a count by bins the label of a bin says where what follows lies, and that all is counted in the bin before.
"use strict";

const SHOWN = 8; // of the last scans
const isPiece = (item) => item.tracking === "serial"; // each bears a number of its own
// The lots of so much of an item, as lines of documents say them: "A17: 5, B2: 7", or serial numbers.
const lotsOf = (item, quantity, lots) => (item.tracking && lots ? lots.split(/,\s*/) : [""]).map((each) => {
  const [, lot, some] = /^(.*?)(?::\s*([\d.]+))?$/.exec(each);
  return { lot, quantity: isPiece(item) && lot ? "1" : some ?? quantity };
});
const holds = ({ state }) => state !== "undone" && state !== "refused";
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
    this.bins = new Map(this.said.bins.map(([id, code, title]) => [code, { id, title }]));
    this.before = 0; // so many scans were made elsewhere
    this.bin = null; // in which whoever counts is: after the page is opened again its label is scanned again
    this.scanned = Promise.resolve(); // what is scanned and undone is taken one after another
    window.KontorScannedText.listen(this.parts.scan);
    this.parts.scan.addEventListener("keydown", (event) => this.keyed(event));
    this.parts.leave.addEventListener("click", () => this.leave());
    this.parts.whole?.addEventListener("click", () => { this.scanned = this.scanned.then(() => this.enter(null, true)); });
    this.parts.loose?.addEventListener("click", () => { this.scanned = this.scanned.then(() => this.enter(this.bins.get("-"))); });
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
    if (event.key === "Escape" && this.asking) { event.preventDefault(); this.leave(); return; }
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    const text = this.parts.scan.value.trim();
    this.parts.scan.value = "";
    if (text) this.scanned = this.scanned.then(() => this.scan(text));
  }

  async scan(text) {
    this.say("");
    if (this.bins.size) {
      const bin = this.bins.get(text.toUpperCase().replace(/\s+/g, " "));
      if (bin) { await this.enter(bin); return; }
      if (!this.bin) { this.say(this.words.scanBin, true); return; }
      if (/^0$/.test(text) && !this.here.length) { await this.enter(null, true); return; }
    }
    const [, times, rest] = text.match(/^([\d.,]+)\s*[*×]\s*(.+)$/) || [null, "1", text];
    const known = this.goods.exact(rest);
    if (!known && this.asking) { await this.answer(this.asking, times, rest, text); return; }
    const weighed = !known && text.match(/^(\d{1,6}(?:[.,]\d{1,6})?)\s*(\p{L}+)$/u);
    if (weighed && this.weighs(this.here[0]?.item) && weighed[2].toLowerCase() === this.here[0].item.second.unit.toLowerCase()) { await this.weigh(weighed[1]); return; }
    if (!known && NUMBER.test(text) && this.here.length && !isPiece(this.here[0].item)) { await this.correct(text); return; }
    const near = known ? [known] : this.goods.named(rest);
    const found = near.length ? near : await this.goods.ask(rest);
    if (!near.length && this.goods.together) { await this.tallyTogether(this.goods.together, found); return; }
    if (found?.length === 1) { await this.tally(found[0], times); return; }
    const why = found?.length ? this.words.several : found ? this.goods.says || this.words.unknown : this.words.unknownOffline;
    this.say(why.replace("{text}", () => rest), true);
  }

  // To another bin, null: none. All is counted in the one before, unless nothing was and nobody `says` so.
  async enter(bin, says = false) {
    const from = this.bin, isEmpty = !this.here.length;
    this.asking = null;
    if (from && from.id !== bin?.id && (says || !isEmpty)) {
      const title = `${from.title}: ${isEmpty ? this.words.emptyBin : this.words["whole bin"]}`;
      const entry = await this.queue.add({ address: this.said.wholeBins, content: { bin: from.id }, title });
      this.scans.unshift({ act: entry.act, bin: from.id, item: null, quantity: "", title, at: new Date(entry.at).toLocaleTimeString(), state: "waiting" });
    }
    this.bin = bin;
    this.before = this.scans.length;
    this.say(bin ? this.words.inBin.replace("{bin}", () => bin.title) : "");
    this.show();
    this.parts.scan.focus();
  }

  // What was scanned since whoever counts came to this bin; in a count by items all.
  get here() {
    return this.scans.slice(0, this.scans.length - this.before).filter(holds);
  }

  // Everything in a box or on a pallet, as it was packed, with what its lots weigh where that is known; counted once.
  async tallyTogether({ code, parts }, items) {
    const units = new Set(parts.map(({ unit }) => unit));
    if (this.scans.some((scan) => holds(scan) && scan.unit && units.has(scan.unit))) { this.say(this.words.twice.replace("{text}", () => code), true); return; }
    const of = new Map(items.map((item) => [item.item, item]));
    for (const { item, quantity, unit, lots, seconds } of parts) {
      for (const part of lotsOf(of.get(item), quantity, lots)) {
        const before = this.scans[0];
        const goods = { ...of.get(item), lot: part.lot };
        const weight = seconds[part.lot];
        if (weight) await this.tally({ ...goods, each: window.KontorExact.read(part.quantity), weight }, "1");
        else await this.tally({ ...goods, each: window.KontorExact.ONE }, part.quantity);
        if (this.scans[0] !== before) this.scans[0].unit = unit;
      }
    }
    this.asking = null;
  }

  // So many times what was scanned: a box is what it contains.
  async tally(item, typed) {
    const times = window.KontorExact.read(typed), units = (times ?? 0n) * item.each / window.KontorExact.ONE;
    const isNone = units === 0n;
    if (!isNone && item.tracking && !item.lot) { this.ask(item); return; }
    if (times === undefined || units % 10n ** BigInt(6 - item.digits)) { this.say(this.words.whole.replace("{title}", () => item.title), true); return; }
    const quantity = isPiece(item) && !isNone ? "1" : window.KontorExact.typed(units, "."), lot = isNone && isPiece(item) ? "" : item.lot ?? "";
    const named = `${item.title} ${lot}`.trim();
    if (isPiece(item) && lot && this.scans.some((scan) => holds(scan) && scan.item?.item === item.item && scan.item.lot === lot)) this.say(this.words.pieceTwice.replace("{text}", () => lot));
    const second = this.weighs(item) && !isNone && times === window.KontorExact.ONE ? item.weight ?? "" : "";
    if (this.weighs(item) && !isNone && !second) this.say(this.words.weigh.replace("{title}", () => item.title).replace("{unit}", () => item.second.unit));
    const content = { item: item.item, quantity, ...(second ? { second } : {}), ...(lot ? { lot, expires: item.expires } : {}), ...(this.bin ? { bin: this.bin.id } : {}) };
    const entry = await this.queue.add({ address: this.said.tallies, content, title: `${quantity} × ${named}${second ? `, ${second} ${item.second.unit}` : ""}` });
    this.asking = isPiece(item) && !isNone ? item : null;
    this.scans.unshift({ act: entry.act, bin: this.bin?.id ?? 0, item: { ...item, lot }, quantity, second, title: named, at: new Date(entry.at).toLocaleTimeString(), state: "waiting" });
    this.show();
  }

  // Goods with lots or serial numbers whose code says neither: what is scanned next does. A piece may be followed by the next.
  ask(item) {
    this.asking = item;
    this.say((isPiece(item) ? this.words.askSerial : this.words.askLot).replace("{title}", () => item.title));
    this.show();
  }

  async answer(item, times, rest, text) {
    const said = isPiece(item) ? { times: "1", lot: text } : { times, lot: rest };
    await this.tally({ ...item, lot: said.lot, expires: "" }, said.times);
  }

  leave() {
    this.asking = null;
    this.say("");
    this.show();
    this.parts.scan.focus();
  }

  get last() {
    return this.scans.find(holds);
  }

  // Whether goods have a second quantity.
  weighs(item) {
    return item?.second;
  }

  async weigh(typed) {
    const { item, quantity } = this.last, units = window.KontorExact.read(typed);
    if (!units || units % 10n ** BigInt(6 - item.second.digits)) { this.say(this.words.whole.replace("{title}", () => `${item.title}, ${item.second.unit}`), true); return; }
    await this.undo();
    await this.tally({ ...item, each: window.KontorExact.read(quantity), weight: window.KontorExact.typed(units, ".") }, "1");
  }

  quantityOf({ quantity, second, item }) {
    return second ? `${quantity} · ${second} ${item.second.unit}` : quantity;
  }

  async correct(quantity) {
    const { item } = this.last;
    await this.undo();
    await this.tally({ ...item, each: window.KontorExact.ONE, weight: "" }, quantity);
  }

  async undo() {
    const last = this.last;
    if (!last) return;
    last.state = "undone";
    await this.queue.add({ address: this.said.undone, content: { undo: last.act }, title: `${this.words.undo}: ${last.title}` });
    this.show();
  }

  titled({ title, bin, item }) {
    const where = item && this.said.bins.find(([id]) => id === bin);
    return where ? `${where[2]}: ${title}` : title;
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
    this.parts.quantity.textContent = last ? this.quantityOf(last) : "";
    this.parts.undo.disabled = !last;
    if (this.bins.size) {
      this.parts.bin.textContent = this.bin?.title ?? this.words.noBin;
      this.parts.whole.disabled = !this.bin;
    }
    this.parts.leave.hidden = !this.asking;
    this.parts.body.replaceChildren(...this.scans.slice(0, SHOWN).map((scan) => {
      const row = document.createElement("tr");
      row.dataset.state = scan.state;
      for (const [text, name] of [[scan.at, ""], [this.titled(scan), "till-title"], [this.quantityOf(scan), "num"], [this.words[scan.state], ""]]) {
        row.append(Object.assign(document.createElement("td"), { textContent: text, className: name }));
      }
      return row;
    }));
  }
}
customElements.define("count-screen", CountScreen);
