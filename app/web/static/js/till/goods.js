// The goods that a till's page knows by itself: kept in the browser, so that a scan is found at once and without a network, and
// asked for again now and then. What the browser doesn't keep is asked of the server.
"use strict";

const EVERY = 10 * 60 * 1000; // milliseconds between two loadings
const FIRST_TIME = 5000; // that a page without any goods waits for them; then each is asked for
const OFFERED = 8;

class TillGoods {
  constructor(source) {
    Object.assign(this, { source, key: `goods with lots ${source}`, rows: [], byCode: new Map() });
  }

  async begin() {
    this.take(await window.KontorStore.get(this.key).catch(() => null));
    const loaded = this.load();
    if (!this.rows.length) await Promise.race([loaded, new Promise((resolve) => { setTimeout(resolve, FIRST_TIME); })]);
    setInterval(() => this.load(), EVERY);
  }

  async load() {
    try {
      const answer = await fetch(this.source, { signal: AbortSignal.timeout(30000) });
      if (!answer.ok) return;
      const { goods } = await answer.json();
      this.take(goods);
      await window.KontorStore.put(this.key, goods);
    } catch {
      // those of the last time stay
    }
  }

  take(rows) {
    if (!rows) return;
    this.rows = rows.map((row) => ({ row, folded: TillGoods.fold(`${row[1]} ${row[2].join(" ")} ${row[3]}`) }));
    this.byCode = new Map(rows.flatMap((row) => [row[1], ...row[2], ...row[7].map(([box]) => box)].map((code) => [TillGoods.codeKey(code), row])));
  }

  static fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "d").toLowerCase().trim();
  }

  // The same for every length in which a barcode's number is written (modules/warehouse/barcodes.py).
  static codeKey(text) {
    const folded = TillGoods.fold(window.KontorElementStrings.read(text)?.gtin ?? text.replace(/^\][A-Za-z][0-9A-Za-z]/, ""));
    return /^(\d{8}|\d{12,14})$/.test(folded) ? folded.padStart(14, "0") : folded;
  }

  // The item whose code or barcode this is.
  exact(text) {
    const row = this.byCode.get(TillGoods.codeKey(text));
    return row && TillGoods.item(row, text);
  }

  // The first items that have every word.
  named(text) {
    const words = TillGoods.fold(text).split(/\s+/).filter(Boolean);
    const found = [];
    for (const { row, folded } of words.length ? this.rows : []) {
      if (words.every((word) => folded.includes(word))) found.push(TillGoods.item(row));
      if (found.length === OFFERED) break;
    }
    return found;
  }

  // What the server finds; null without an answer. `says` is then what it says of a label that it doesn't know or can't read.
  async ask(text) {
    this.says = "";
    this.together = null; // a box or pallet: its code, title, and parts with item, quantity and lots
    try {
      const answer = await fetch(`${this.source}?${new URLSearchParams({ q: text })}`, { signal: AbortSignal.timeout(5000) });
      if (!answer.ok) return null;
      const { goods, says, together } = await answer.json();
      this.says = says ?? "";
      this.together = together ?? null;
      return goods.map((row) => TillGoods.item(row, text));
    } catch {
      return null;
    }
  }

  // text: what was scanned; `each` is how many one scan says: those in a box, as many as its label counts, or what it weighs.
  static item([item, code, , title, price, unit, digits, boxes, isWeighed, tracking, second = null, lot = ""], text = "") {
    const key = TillGoods.codeKey(text), label = window.KontorElementStrings.read(text);
    const box = boxes.find(([barcode]) => TillGoods.codeKey(barcode) === key);
    const many = (box ? window.KontorExact.read(box[1]) : window.KontorExact.ONE) * BigInt(label?.count || 1);
    const each = isWeighed && label?.weight ? window.KontorExact.read(label.weight) : many;
    const weight = second?.is_weight && label?.weight ? String(label.weight) : ""; // of goods that have kilograms beside their unit
    return { item, code, title, unit, digits, each, tracking, second, weight, lot: lot || (label && tracking ? (tracking === "serial" ? label.serial : label.lot) : ""), expires: label?.expires ?? "", price: price ? window.KontorExact.read(price) : null };
  }
}
window.KontorTillGoods = TillGoods;
