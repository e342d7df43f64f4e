// Offers below a text box: what matches is asked of the server while one types, and chosen by keys or mouse.
// The lookup field and the line grid's cells use it.
"use strict";

class Offers {
  static PAUSE = 90; // milliseconds without a key before the server is asked: a scanner's code is asked for once
  static PATIENCE = 20_000; // milliseconds until an answer comes too late
  static count = 0;

  // creates: forms that make what is missed, [{title, address}]; matrices: where more is found, ahead of what isn't exactly named
  constructor(input, source, choose, creates, matrices = "") {
    Object.assign(this, { input, source, choose, creates, matrices, rows: [], at: -1, asked: 0, list: null });
    //: the text that the rows shown are an answer to
    this.answered = null;
    this.scrolled = (event) => { if (event.target !== this.list) this.close(); }; // the box moves away below the list
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), Offers.PAUSE);
      this.list?.setAttribute("aria-busy", String(!this.isCurrent)); // answers to older words can't be chosen
    });
    input.addEventListener("blur", () => {
      clearTimeout(this.timer);
      setTimeout(() => { if (document.activeElement !== this.input) this.close(); }, 150); // a click on an offer comes first
    });
    input.addEventListener("keydown", (event) => this.key(event));
    window.KontorScannedText.listen(input);
  }

  // What the server offers: rows, or words: `error` says why it could not be asked, `says` what is wrong with what was scanned.
  // Never fails.
  static async request(address) {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(Offers.PATIENCE) });
      if (answer.redirected || answer.status === 401) return { rows: [], says: "", error: document.body.dataset.signedOut };
      const isData = answer.headers.get("Content-Type")?.includes("json");
      if (answer.ok && isData) return { says: "", ...await answer.json(), error: "" };
    } catch { /* no connection, no answer in time, or one cut short: the same message */ }
    return { rows: [], says: "", error: document.body.dataset.noAnswer };
  }

  static find(source, text) {
    return Offers.request(`${source}?q=${encodeURIComponent(text)}`);
  }

  // The one record that a code, typed or scanned to its end, names; or the only one that matches at all. null when there
  // is none, undefined when nothing could be asked. `say` gets what the server says of it.
  static async named(source, text, say = () => {}) {
    const { rows, error, says } = await Offers.find(source, text.trim());
    if (error) return undefined;
    if (says) say(says);
    return rows.find((row) => Offers.isCodeOf(row, text)) || (rows.length === 1 ? rows[0] : null);
  }

  static isCodeOf(row, text) {
    const wanted = window.KontorScannedText.bare(text).toLowerCase();
    return [row.code, row.barcode, ...(row.codes ?? [])].some((code) => code && code.toLowerCase() === wanted);
  }

  async ask() {
    const asked = ++this.asked;
    const text = this.input.value;
    const [{ rows: found, error, says }, more] = await Promise.all([Offers.find(this.source, text), this.findMore(text)]);
    const rows = found.length && Offers.isCodeOf(found[0], text) ? [...found, ...more] : [...more, ...found];
    if (asked !== this.asked || document.activeElement !== this.input || text !== this.input.value) return;
    this.show(rows, error || says);
    this.answered = text; // after show, which closes the list that was there
  }

  async findMore(text) {
    return this.matrices && text.trim() ? (await Offers.find(this.matrices, text)).rows : [];
  }

  show(rows, error) {
    this.close();
    this.rows = rows;
    if (!rows.length && !this.input.value && !error) return;
    this.list = document.createElement("ul");
    this.list.className = "offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.getAttribute("aria-label") || this.input.labels?.[0]?.textContent || "");
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
    this.list.id = `offers-${++Offers.count}`;
    if (!rows.length) this.list.append(this.none(error || document.body.dataset.nothingFound));
    [...rows, ...this.creates].forEach((row, i) => this.list.append(this.line(row, i)));
    (this.input.closest("dialog") || document.body).append(this.list); // what stands outside an open dialog is dead
    this.place();
    window.addEventListener("scroll", this.scrolled, { capture: true, passive: true });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.list.id);
    if (rows.length) this.mark(0); else this.at = -1;
  }

  none(words) {
    const line = document.createElement("li");
    line.className = "none";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = words;
    return line;
  }

  line(row, i) {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    if (row.address) line.className = "creation";
    line.id = `${this.list.id}-${i}`;
    const title = document.createElement("span");
    title.textContent = row.title;
    if (row.picture) line.append(Object.assign(document.createElement("img"), { className: "thumb", loading: "lazy", alt: "", width: 32, height: 32, src: row.picture }));
    line.append(title);
    if (row.note) {
      const note = document.createElement("small");
      note.textContent = row.note;
      line.append(note);
    }
    if (row.found) line.append(this.found(row.found));
    line.addEventListener("mousedown", () => this.take(i));
    return line;
  }

  // By what it was found, if not by its name: which text, with what was typed marked in it.
  found({ title, parts }) {
    const by = document.createElement("small");
    by.append(`${title}: `);
    for (const [text, isFound] of parts) {
      const part = document.createElement(isFound ? "mark" : "span");
      part.textContent = text;
      by.append(part);
    }
    return by;
  }

  place() {
    const box = this.input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom > 240 || box.top < 240;
    Object.assign(this.list.style, {
      left: `${Math.min(box.left, Math.max(window.innerWidth - 300, 8))}px`,
      width: `${Math.max(box.width, 280)}px`,
      ...(below ? { top: `${box.bottom + 2}px` } : { bottom: `${window.innerHeight - box.top + 2}px` }),
    });
  }

  mark(i) {
    this.at = i;
    for (const line of this.list.children) line.setAttribute("aria-selected", String(line.id === `${this.list.id}-${i}`));
    document.getElementById(`${this.list.id}-${i}`)?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${i}`);
  }

  // Whether the offers shown answer what stands in the box now; while they don't, Enter and Tab choose nothing.
  get isCurrent() {
    return Boolean(this.list) && this.answered === this.input.value;
  }

  key(event) {
    if (event.key === "ArrowDown" && !this.list) { this.ask(); event.preventDefault(); return; }
    if (!this.list) return;
    const last = this.rows.length + this.creates.length - 1;
    if (last < 0) { if (event.key === "Escape") this.close(); return; }
    if (this.at < 0 && ["Enter", "Tab"].includes(event.key)) return; // nothing is marked
    if (event.key === "ArrowDown") this.mark(Math.min(this.at + 1, last));
    else if (event.key === "ArrowUp") this.mark(Math.max(this.at - 1, 0));
    else if (event.key === "Escape") this.close();
    else if (!this.isCurrent) return;
    else if (event.key === "Enter" && !event.ctrlKey) this.take(this.at);
    else if (event.key === "Tab") {
      if (this.input.value) this.take(this.at);
      if (document.activeElement === this.input) return; // else what was chosen has moved the focus on already
    }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(i) {
    const row = [...this.rows, ...this.creates][i];
    this.close();
    if (row?.address) import("./creating.js").then(({ create }) => create(this, row.address));
    else if (row) this.choose(row);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1; // an answer that is still on its way comes too late
    this.list?.remove();
    this.list = null;
    window.removeEventListener("scroll", this.scrolled, { capture: true });
    this.answered = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.removeAttribute("aria-controls");
  }
}

window.KontorOffers = Offers;
