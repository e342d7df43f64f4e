// Rows from a spreadsheet into the line grid: exact codes and barcodes are asked for many at once, whatever is left one by
// one, each text once; a line below the grid says how far it is. A row of titles above the numbers is left out.
"use strict";

class LinePaste {
  static MOST = 2000; // lines in one document: the server takes no more
  static ADDRESS = 3500; // characters of the addresses asked for: fewer than any proxy refuses
  static CODES = 200; // in one question: the server answers no more
  static LONGEST = 100; // characters: no code is longer

  constructor(grid) {
    Object.assign(this, { grid, source: grid.dataset.source });
  }

  // The columns as a spreadsheet has them: the grid's own, and behind all of them the numbers that only some items have.
  get columns() {
    const isRare = ({ kind, where }) => kind === "decimal" && Boolean(where);
    const own = this.grid.columns.slice(1);
    return [...own.filter((column) => !isRare(column)), ...own.filter(isRare)];
  }

  // The first column is the item's code, the next are the others in order.
  rows(text) {
    const rows = text.trim().split(/\r?\n/).map((row) => row.split("\t").map(window.KontorScannedText.bare));
    const filled = rows.filter((cells) => cells.some(Boolean));
    this.hasHeader = this.isHeader(filled);
    return (this.hasHeader ? filled.slice(1) : filled).map((cells) => {
      const row = { item: cells[0] };
      this.columns.forEach((column, i) => { row[column.name] = cells[i + 1] ?? ""; });
      row.own = Object.keys(row).filter((name) => row[name] && !["item", "quantity"].includes(name)).join(" ");
      return row;
    });
  }

  // Whether the first row names the columns: words without a digit above numbers, in each column of the grid's that it fills.
  isHeader([first, second]) {
    if (!second) return false;
    const numbers = (cells) => cells.slice(1).filter((cell, i) => cell && this.columns[i]?.kind === "decimal");
    return numbers(first).length > 0 && numbers(first).every((cell) => !/\d/.test(cell))
      && numbers(second).length > 0 && numbers(second).every((cell) => this.grid.units(cell) != null);
  }

  async lookUp(lines) {
    const byText = new Map();
    for (const line of lines.filter((each) => each.data.item)) {
      if (!byText.has(line.data.item)) byText.set(line.data.item, []);
      byText.get(line.data.item).push(line);
    }
    const counts = { found: 0, all: lines.length };
    const left = await this.exact([...byText.keys()], byText, counts);
    await this.rest(left, byText, counts);
    this.grid.total();
  }

  // Texts that are not exactly a code or a barcode.
  async exact(texts, byText, counts) {
    const left = texts.filter((text) => text.length > LinePaste.LONGEST);
    for (const part of this.parts(texts.filter((text) => text.length <= LinePaste.LONGEST))) {
      const query = part.map((text) => `code=${encodeURIComponent(text)}`).join("&");
      const { rows, error } = await window.KontorOffers.request(`${this.source}/codes?${query}`);
      if (error) { this.grid.say(error); return []; }
      const named = new Map();
      rows.forEach((row) => [row.code, row.barcode, ...(row.codes ?? [])].filter(Boolean).forEach((code) => {
        if (!named.has(code.toLowerCase())) named.set(code.toLowerCase(), row);
      }));
      for (const text of part) {
        const row = named.get(text.toLowerCase());
        if (row) this.answer(byText.get(text), text, row, counts); else left.push(text);
      }
      this.grid.total();
    }
    return left;
  }

  async rest(left, byText, counts) {
    const ask = async () => {
      for (let text; (text = left.shift()) !== undefined;) {
        const row = await window.KontorOffers.named(this.source, text, (words) => this.refuse(byText.get(text), words));
        if (row === undefined) { left.length = 0; this.grid.say(document.body.dataset.noAnswer); return; }
        this.answer(byText.get(text), text, row, counts);
      }
    };
    await Promise.all([ask(), ask(), ask(), ask()]); // a long list is not asked for one after another
  }

  refuse(lines, words) {
    for (const line of lines) line.refused = words;
  }

  answer(lines, text, row, counts) {
    for (const line of lines) {
      if (line.data.item !== text || line.data.item_id) continue; // changed or chosen meanwhile
      if (row) { this.grid.put(line, row); counts.found += 1; } else line.unknown = text;
      this.grid.compute(line);
    }
    const progress = this.grid.judge.say("progress", counts);
    this.grid.say(this.hasHeader ? `${progress}. ${this.grid.judge.say("header", {})}` : progress);
  }

  parts(texts) {
    const parts = [];
    let room = 0;
    for (const text of texts) {
      const length = encodeURIComponent(text).length + 6;
      if (length > room || parts.at(-1).length === LinePaste.CODES) {
        parts.push([]);
        room = LinePaste.ADDRESS;
      }
      parts.at(-1).push(text);
      room -= length;
    }
    return parts;
  }
}
window.KontorLinePaste = LinePaste;
