// What is wrong in a line of a document, in the words that the server would use; the server decides in the end.
"use strict";

class LineJudge {
  constructor(columns, words, group) {
    Object.assign(this, { columns, words, group });
  }

  // Column → words; empty when nothing is wrong. What the server said of a line holds until its cell is changed.
  errors(line) {
    const errors = { ...line.serverErrors };
    for (const column of this.columns) {
      const words = column.kind === "item" ? this.ofItem(line) : column.kind === "decimal" ? this.ofNumber(column, line.data) : "";
      if (words && !errors[column.name]) errors[column.name] = words;
    }
    return errors;
  }

  ofItem(line) {
    const { item, item_id: id } = line.data;
    if (!item && !id) return this.columns.some(({ name }) => String(line.data[name] ?? "").trim()) ? this.say("item", {}) : "";
    return item && !id && line.unknown === item ? line.refused || this.say("unknown", { text: item }) : "";
  }

  // No number, too many digits, or outside what the server will take, as the column says.
  ofNumber(column, data) {
    const text = data[column.name];
    const parts = window.KontorExact.parts(text, this.group);
    if (parts === null) return "";
    const { title, min, above, max, places = 6 } = column;
    const { digits, unit } = data;
    if (column.counted && !data.origin && parts && !this.isCounted(data, text)) return this.say(digits ? "places" : "whole", { text: [text, window.KontorExact.packing(data)?.name].join(" ").trim(), unit, title, n: digits });
    if (parts && parts.rest.length > places) return this.say("places", { title, text, n: places });
    const units = window.KontorExact.read(text, this.group);
    if (units === undefined) return this.say("number", { text });
    const at = (bound) => BigInt(bound) * window.KontorExact.ONE;
    if (above != null && units <= at(above)) return this.say("above", { title, bound: above });
    if (min != null && units < at(min)) return this.say("min", { title, bound: min });
    return max != null && units > at(max) ? this.say("max", { title, bound: max }) : "";
  }

  // Whether it isn't finer than the item's unit is counted.
  isCounted(data, text) {
    const quantity = window.KontorExact.read(text, this.group);
    const base = window.KontorExact.inBase(data, quantity);
    if (quantity === undefined) return true; // other words
    return base !== undefined && base % 10n ** BigInt(6 - (data.digits ?? 6)) === 0n;
  }

  say(name, values) {
    return (this.words[name] || "").replace(/\{(\w+)\}/g, (_all, key) => String(values[key]));
  }

  // Marks the cells and writes the words below the line's item, for eyes and for screen readers.
  mark(line) {
    const errors = this.errors(line);
    const messages = [...new Set(Object.values(line.serverErrors[""] ? line.serverErrors : errors))]; // of a whole line the server has said it
    line.classList.toggle("bad", messages.length > 0);
    if (messages.length) line.words ??= this.placed(line);
    if (line.words) {
      line.words.hidden = !messages.length;
      line.words.textContent = messages.join(" ");
    }
    for (const column of this.columns) {
      const input = line.querySelector(`[data-column="${column.name}"]`);
      input.setAttribute("aria-invalid", String(column.name in errors));
      if (column.name in errors) input.setAttribute("aria-describedby", line.words.id); else input.removeAttribute("aria-describedby");
    }
  }

  placed(line) {
    const words = document.createElement("div");
    words.className = "line-words";
    words.id = `line-words-${++LineJudge.count}`;
    line.querySelector(".cell-item").append(words);
    return words;
  }

  static count = 0;
}
window.KontorLineJudge = LineJudge;
