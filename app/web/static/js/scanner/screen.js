// <scanner-screen data-said="…" data-words="…" data-worker="…" data-user="3">: goods are looked up, received, picked and moved by one field that
// always has the focus. What is scanned stays in the browser (browser-store.js) until its task is finished; then it is one act of the
// queue (act-queue.js), which the server does once, whenever the network is there. Goods are known as a till's page knows them.
"use strict";

const NUMBER = /^\d{1,5}([.,]\d{1,6})?$/;
const NOTHING = { task: null, of: null, title: "", listed: null, bins: null, from: "", scans: [] };

class ScannerScreen extends HTMLElement {
  async connectedCallback() {
    if (this.said) return; // moved in the page
    this.said = JSON.parse(this.dataset.said);
    this.words = JSON.parse(this.dataset.words);
    this.key = `scanner ${this.dataset.user}`;
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.queue = this.querySelector("act-queue");
    this.goods = new window.KontorTillGoods(this.said.goods);
    this.scanned = Promise.resolve(); // what is scanned is taken one after another
    this.state = { ...NOTHING, ...await window.KontorStore.get(this.key).catch(() => null) };
    this.listen();
    navigator.serviceWorker?.register(this.dataset.worker, { scope: this.said.root }).catch(() => {}); // without one the page needs a network
    this.show();
    await this.goods.begin();
    this.dataset.ready = ""; // scans find the goods from now on
    const [task, place, first] = location.hash.slice(1).split("/"); // "#put/100/fill": in the warehouse of that number, what fills bins first
    this.fillsFirst = first === "fill";
    const asked = task && this.querySelector(`[data-task="${CSS.escape(task)}"]`);
    if (!asked || this.state.task) return;
    if ([...this.parts.place?.options ?? []].some(({ value }) => value === place)) this.parts.place.value = place;
    this.begin(asked.dataset.task);
  }

  listen() {
    const { scan, finish, draft, undo, leave, camera, source, target, place, rest } = this.parts;
    window.KontorScannedText.listen(scan);
    scan.addEventListener("keydown", (event) => this.keyed(event));
    this.addEventListener("click", (event) => this.pressed(event));
    finish.addEventListener("click", () => this.finish(true));
    draft.addEventListener("click", () => this.finish(false));
    undo.addEventListener("click", () => this.change({ scans: this.state.scans.slice(0, -1) }));
    leave.addEventListener("click", () => this.leave());
    rest.addEventListener("click", () => this.correct(rest.dataset.all));
    camera.addEventListener("click", () => this.film());
    for (const [name, select] of Object.entries({ source, target })) select.addEventListener("change", () => this.change({ [name]: Number(select.value) }));
    place?.addEventListener("change", () => this.enter(Number(place.value)));
    this.queue.addEventListener("acted", ({ detail: { answer, entry } }) => this.tellSent(answer, entry));
    this.queue.addEventListener("refused", ({ detail }) => this.tell(`${detail.entry.title}: ${detail.message}`, "bad"));
    this.queue.addEventListener("waiting", ({ detail }) => this.tell(detail.message, ""));
    this.queue.addEventListener("mend", ({ detail }) => this.mend(detail.entry));
  }

  pressed({ target }) {
    const button = target.closest("[data-task], [data-of], [data-bin]");
    if (button?.dataset.task) this.begin(button.dataset.task);
    else if (button?.dataset.bin) this.takeFrom(Number(button.dataset.place), button.dataset.bin);
    else if (button?.dataset.of) this.open(button.dataset.name, Number(button.dataset.of));
    else if (!target.closest("dialog, input, select, a")) this.parts.scan.focus();
  }

  // A task, and what is scanned for it, outlives the page.
  change(changes) {
    this.state = { ...this.state, ...changes };
    this.show();
    window.KontorStore.put(this.key, this.state).catch(() => this.tell(this.queue.words.keepsNothing, "bad"));
  }

  async begin(task) {
    this.tell("");
    if (task === "put") { await this.enter(Number(this.parts.place.value)); return; }
    if (task === "move") this.chooseOther();
    if (!this.said.lists.includes(task)) { this.change({ ...NOTHING, task }); return; }
    const answer = await this.ask(`${this.said.root}/lists/${task}`);
    const rows = answer?.rows ?? [];
    if (!answer) { this.tell(this.queue.words.noAnswer, "bad"); return; }
    this.parts.lists.replaceChildren(...rows.map(({ id, title, note }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn scanner-task" });
      Object.assign(button.dataset, { of: id, name: task, title });
      button.append(Object.assign(document.createElement("span"), { textContent: title }), Object.assign(document.createElement("small"), { textContent: note }));
      return button;
    }));
    this.parts.lists.hidden = !rows.length;
    if (rows.length) this.parts.lists.querySelector("button").focus(); else this.tell(this.words.nothingWaits);
  }

  // Goods move to another warehouse than they come from: where both fields name the same, the first other one is chosen.
  chooseOther() {
    const { source, target } = this.parts, other = [...target.options].find(({ value }) => value !== source.value);
    if (other && target.value === source.value) target.value = other.value;
  }

  async open(task, of) {
    const answer = await this.ask(`${this.said.root}/lists/${task}/${of}`);
    if (!answer) { this.tell(this.queue.words.noAnswer, "bad"); return; }
    const goods = new Map(answer.goods.map((row) => [row[0], row]));
    const title = this.querySelector(`[data-of="${of}"][data-name="${task}"]`)?.dataset.title ?? "";
    const listed = answer.lines.map((line) => ({ ...line, title: goods.get(line.item)[3], code: goods.get(line.item)[1], row: goods.get(line.item) }));
    this.parts.lists.hidden = true;
    this.change({ ...NOTHING, task, of, title, listed });
  }

  // A warehouse whose bins goods are put into: scan goods, then the bin they go to; a bin before them is the one they come from.
  async enter(place) {
    if (this.state.scans.length) { this.parts.place.value = String(this.state.source); this.tell(this.words.busy, "bad"); return; }
    const bins = await this.binsOf(place);
    if (bins) this.change({ ...NOTHING, task: "put", source: place, bins }); else this.tell(this.queue.words.noAnswer, "bad");
  }

  // The codes of a warehouse's bins, what isn't put away there, and what fills others; null without an answer.
  async binsOf(place) {
    const answer = await this.ask(`${this.said.root}/bins/${place}`);
    if (!answer?.bins) return null;
    const goods = new Map(answer.goods.map((row) => [row[0], row]));
    const left = answer.left.map((each) => ({ ...each, code: goods.get(each.item)[1], title: goods.get(each.item)[3], measure: goods.get(each.item)[5] }));
    if (this.fillsFirst) left.sort((one, other) => Boolean(other.from) - Boolean(one.from));
    return { codes: answer.bins, left };
  }

  // What is scanned next lies in this bin, and goes into another.
  async takeFrom(place, code) {
    await this.enter(place);
    if (this.state.task === "put" && this.state.source === place) this.intoBin(code);
  }

  // What is scanned and in no bin yet goes into this one; with nothing of that kind, goods come from it.
  intoBin(code) {
    const waits = ({ to }) => to === "";
    if (!this.state.scans.some(waits)) { this.change({ from: code }); this.tell(this.words.from.replace("{bin}", () => code), "good"); return; }
    if (this.state.scans.some((scan) => waits(scan) && scan.from === code)) { this.tell(this.words.sameBin, "bad"); return; }
    this.change({ from: "", scans: this.state.scans.map((scan) => (waits(scan) ? { ...scan, to: code } : scan)) });
    this.tell("", "good");
  }

  // Where an item that comes from a bin, or from none, is best put, as far as anybody knows.
  bestBin({ item, from }) {
    const rows = this.state.bins?.left.filter((each) => each.item === item) ?? [];
    return (rows.find((each) => (each.from ?? "") === from) ?? rows.find((each) => each.bin !== from))?.bin ?? "";
  }

  // What still waits to be put away or to fill a bin: what is scanned of it out of the same bin, or of none, is taken off, of an
  // item's first row before its next.
  leftOver() {
    const { bins, scans } = this.state, done = new Map(), key = ({ item, from }) => `${item}|${from ?? ""}`;
    for (const scan of scans) done.set(key(scan), ScannerScreen.sum(scans.filter((each) => key(each) === key(scan))));
    return (bins?.left ?? []).flatMap((row) => {
      const wanted = window.KontorExact.read(row.wanted), off = [done.get(key(row)) ?? 0n, wanted].reduce((a, b) => (a < b ? a : b));
      done.set(key(row), (done.get(key(row)) ?? 0n) - off);
      return off < wanted ? [{ ...row, wanted: window.KontorExact.typed(wanted - off, ".") }] : [];
    });
  }

  // What the server answers; without a network, what it answered before. null when there is neither.
  async ask(address) {
    const key = `scanner ${this.dataset.user} ${address}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(8000) });
      if (answer.status === 404) return { rows: [], lines: [], goods: [] };
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      await window.KontorStore.put(key, said).catch(() => {});
      return said;
    } catch {
      return await window.KontorStore.get(key).catch(() => null) ?? null;
    }
  }

  leave() {
    if (this.state.scans.length && !window.confirm(this.words.surely)) return;
    this.film(false);
    this.change(NOTHING);
    this.tell("");
  }

  keyed(event) {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    const text = window.KontorScannedText.bare(this.parts.scan.value);
    this.parts.scan.value = "";
    this.take(text);
  }

  take(text) {
    if (text) this.scanned = this.scanned.then(() => this.scan(text));
  }

  async scan(text) {
    this.tell("");
    if (this.state.task === "find") { await this.lookUp(text.trim()); return; }
    const bin = text.trim().toUpperCase();
    if (this.state.bins?.codes.includes(bin)) { this.intoBin(bin); return; }
    const [, times, rest] = text.match(/^([\d.,]+)\s*[*×]\s*(.+)$/) || [null, "1", text];
    const known = this.goods.exact(rest) || this.ofList(rest);
    if (!known && NUMBER.test(text) && this.state.scans.length) { this.correct(text); return; }
    const near = known ? [known] : this.goods.named(rest);
    const found = near.length ? near : await this.goods.ask(rest);
    if (!near.length && this.goods.together) { this.putTogether(this.goods.together, found); return; }
    if (found?.length === 1) { await this.put(found[0], times, rest); return; }
    const why = found?.length ? this.words.several : found ? this.goods.says || this.words.unknown : this.words.unknownOffline;
    this.tell(why.replace("{text}", () => rest), "bad");
  }

  // An item of the list that is open, which may be one that the browser doesn't keep.
  ofList(text) {
    const key = window.KontorTillGoods.codeKey(text);
    const row = this.state.listed?.map((line) => line.row).find(([, code, barcodes, , , , , boxes]) => [code, ...barcodes, ...boxes.map(([box]) => box)].some((each) => window.KontorTillGoods.codeKey(each) === key));
    return row && window.KontorTillGoods.item(row, text);
  }

  async put(item, typed, text) {
    const times = window.KontorExact.read(typed), units = (times ?? 0n) * item.each / window.KontorExact.ONE;
    const label = window.KontorElementStrings.read(text);
    const lots = item.tracking === "serial" ? label?.serial : item.tracking ? label?.lot : "";
    const expires = item.tracking ? label?.expires : "";
    const scan = { item: item.item, title: item.title, code: item.code, digits: item.digits, tracking: item.tracking, lots: lots ?? "", expires: expires ?? "", from: this.state.from, to: "" };
    if (item.tracking === "serial" && lots && this.state.scans.some((each) => each.item === item.item && each.lots === lots)) { this.tell(this.words.twice.replace("{text}", () => lots), "bad"); return; }
    this.add(this.state.scans, scan, times === undefined ? null : units);
  }

  // Everything in a box or on a pallet, by one scan.
  putTogether({ code, title, parts }, items) {
    const of = new Map(items.map((item) => [item.item, item]));
    if (this.state.task === "receive") { this.tell(this.words.inStock.replace("{text}", () => code), "bad"); return; }
    const units = new Set(parts.map(({ unit }) => unit));
    if (this.state.scans.some(({ unit }) => unit && units.has(unit))) { this.tell(this.words.twice.replace("{text}", () => code), "bad"); return; }
    let scans = this.state.scans;
    for (const { item, quantity, lots, expires, unit } of parts) {
      const { title: name, code: short, digits, tracking } = of.get(item);
      const codes = tracking === "serial" ? lots.split(", ") : [lots];
      for (const each of codes) {
        const scan = { item, title: name, code: short, digits, tracking, lots: each, expires, unit, from: this.state.from, to: "" };
        const units = codes.length > 1 ? window.KontorExact.ONE : window.KontorExact.read(quantity);
        const refused = this.refused(scans, scan, units);
        if (refused) { this.tell(`${title}: ${refused.replace("{title}", () => name)}`, "bad"); return; }
        scans = [...scans, { ...scan, quantity: window.KontorExact.typed(units, ".") }];
      }
    }
    this.change({ scans });
    this.tell(title, "good");
  }

  correct(text) {
    const scans = this.state.scans.slice(0, -1);
    const units = window.KontorExact.read(text);
    if (!units) this.change({ scans }); else this.add(scans, this.state.scans.at(-1), units);
  }

  add(scans, scan, units) {
    const refused = this.refused(scans, scan, units);
    if (refused) { this.tell(refused.replace("{title}", () => scan.title), "bad"); return; }
    this.change({ scans: [...scans, { ...scan, quantity: window.KontorExact.typed(units, ".") }] });
    this.tell("", "good");
  }

  // Into which boxes so many units go, after what was scanned before: each is filled before the next, as the server does it.
  boxesOf(before, item, units) {
    const boxes = (this.state.listed ?? []).filter((line) => line.item === item).flatMap((line) => line.boxes ?? []), found = new Map();
    let passed = ScannerScreen.sum(before.filter((scan) => scan.item === item)), rest = units;
    for (const [box, quantity] of boxes) {
      const all = window.KontorExact.read(quantity), skipped = passed < all ? passed : all;
      const taken = rest < all - skipped ? rest : all - skipped;
      passed -= skipped;
      rest -= taken;
      if (taken) found.set(box, (found.get(box) ?? 0n) + taken);
    }
    return [...found];
  }

  intoBoxes(boxes) {
    return boxes.map(([box, units]) => this.words.box.replace("{box}", () => box).replace("{n}", () => window.KontorExact.typed(units, "."))).join(", ");
  }

  // Why so many units more can't be; empty when they can.
  refused(scans, { item, digits }, units) {
    if (units === null || units <= 0n || units % 10n ** BigInt(6 - digits)) return this.words.whole;
    if (!this.state.listed) return "";
    const lines = this.state.listed.filter((line) => line.item === item);
    const wanted = lines.reduce((sum, line) => sum + window.KontorExact.read(line.wanted), 0n);
    if (!lines.length) return this.words.notListed;
    return ScannerScreen.sum(scans.filter((scan) => scan.item === item)) + units > wanted ? this.words.tooMany.replace("{n}", () => window.KontorExact.typed(wanted, ".")) : "";
  }

  static sum(scans) {
    return scans.reduce((sum, scan) => sum + window.KontorExact.read(scan.quantity), 0n);
  }

  // Whatever a label names: a bin, a lot, a box, a document, and the item. Without a network, what was asked before.
  async lookUp(text) {
    const known = this.goods.exact(text);
    const asked = `${this.said.root}/found?${new URLSearchParams({ q: text })}`;
    const [answer, item] = await Promise.all([this.ask(asked), known && this.ask(`${this.said.root}/items/${known.item}`)]);
    const things = answer?.things ?? [], parts = things.map((thing) => this.thing(thing));
    if (item?.where) parts.push(this.itemFound(item));
    if (parts.length) { this.showFound(parts); return; }
    if (known) { this.tell(this.queue.words.noAnswer, "bad"); return; }
    const near = this.goods.named(text), found = near.length ? near : await this.goods.ask(text);
    if (!found?.length) { this.tell((found ? this.goods.says || this.words.unknown : this.words.unknownOffline).replace("{text}", () => text), "bad"); return; }
    if (found.length > 1) { this.showFound(found.map(({ code, title }) => this.choice(code, title))); return; }
    const only = await this.ask(`${this.said.root}/items/${found[0].item}`);
    if (only?.where) this.showFound([this.itemFound(only)]); else this.tell(this.queue.words.noAnswer, "bad");
  }

  showFound(parts) {
    this.parts.title.textContent = "";
    this.parts.found.replaceChildren(...parts);
    this.tell("", "good");
  }

  static element(name, textContent, more = {}) {
    return Object.assign(document.createElement(name), { textContent, ...more });
  }

  // One of several that a text may mean: pressed, it is looked up.
  choice(code, title) {
    const button = ScannerScreen.element("button", `${code} ${title}`, { type: "button", className: "btn scanner-choice" });
    button.addEventListener("click", () => this.take(code));
    return button;
  }

  thing({ title, rows, address, place, bin, list, of }) {
    const part = document.createElement("section"), acts = [];
    const button = (text, more) => Object.assign(acts[acts.push(ScannerScreen.element("button", text, { type: "button", className: "btn" })) - 1].dataset, more);
    if (bin) button(this.words.takeOut, { place, bin });
    if (list) button(this.said.tasks[list], { of, name: list, title });
    if (address) acts.push(ScannerScreen.element("a", this.words.open, { href: address, className: "btn" }));
    part.append(ScannerScreen.element("h3", title), ...rows.map((row) => ScannerScreen.element("p", row)), ...acts);
    return part;
  }

  itemFound({ title, where }) {
    const part = document.createElement("section");
    part.append(ScannerScreen.element("h3", title), ...where.flatMap(({ place, quantity, lots, bins }) => [
      ScannerScreen.element("h4", `${place}: ${quantity}`),
      ...(bins?.length ? bins : lots).map((row) => ScannerScreen.element("p", row)),
    ]));
    if (!where.length) part.append(ScannerScreen.element("p", this.words.nowhere));
    return part;
  }

  // As many as the last scan may be at most: all that is left of its item; 0n for what has a number each, or is put away.
  wholeOf(scan) {
    const { listed, bins, scans } = this.state;
    if (!scan || scan.tracking === "serial" || scan.to || !(listed || bins)) return 0n;
    const rows = (listed ?? this.leftOver()).filter((row) => row.item === scan.item && (row.from ?? "") === scan.from), wanted = ScannerScreen.sum(rows.map((row) => ({ quantity: row.wanted })));
    const others = listed ? ScannerScreen.sum(scans.slice(0, -1).filter((each) => each.item === scan.item)) : -window.KontorExact.read(scan.quantity);
    return wanted - others;
  }

  // Scans as lines: what is alike is one. What goes into boxes keeps its turn, as it says which lot is in which.
  get lines() {
    const lines = new Map(), hasBoxes = this.state.listed?.some((line) => line.boxes), { scans } = this.state;
    let turn = 0;
    for (const [n, scan] of scans.entries()) {
      if (hasBoxes && n && (scan.item !== scans[n - 1].item || scan.lots !== scans[n - 1].lots)) turn += 1;
      const key = [turn, scan.item, scan.from, scan.to, scan.unit ?? "", ...(scan.tracking === "serial" ? [] : [scan.lots, scan.expires])].join("|");
      const line = lines.get(key) ?? { ...scan, units: 0n, codes: [] };
      line.units += window.KontorExact.read(scan.quantity);
      if (scan.lots && !line.codes.includes(scan.lots)) line.codes.push(scan.lots);
      lines.set(key, line);
    }
    return [...lines.values()];
  }

  // Lines as the server takes them; of a list, under the numbers of its lines: each is filled before the next.
  toSend() {
    const said = (line, number, units, codes = line.codes) => ({ line: number, quantity: window.KontorExact.typed(units, "."), lots: codes.join(", "), expires: line.expires, from_bin: line.from, to_bin: line.to, logistic_unit: line.unit ?? "" });
    if (!this.state.listed) return this.lines.map((line) => said(line, line.item, line.units));
    const left = this.state.listed.map((line) => ({ ...line, room: window.KontorExact.read(line.wanted) }));
    return this.lines.flatMap((line) => {
      const parts = [];
      let rest = line.units;
      const codes = [...line.codes];
      for (const place of left.filter((each) => each.item === line.item && each.room)) {
        const taken = rest < place.room ? rest : place.room;
        if (!taken) break;
        place.room -= taken;
        rest -= taken;
        parts.push(said(line, place.line, taken, line.tracking === "serial" ? codes.splice(0, Number(taken / window.KontorExact.ONE)) : codes));
      }
      return parts;
    });
  }

  async finish(post) {
    await this.scanned;
    const { task, of, scans } = this.state;
    if (!scans.length || this.isFinishing) return;
    const source = Number(this.parts.source.value), target = Number(this.parts.target.value);
    if (task === "move" && source === target) { this.tell(this.words.same, "bad"); return; }
    if (task === "put" && scans.some(({ to }) => !to)) { this.tell(this.words.noBin, "bad"); return; }
    const places = task === "put" ? { source_id: this.state.source } : task === "move" ? { source_id: source, target_id: target } : task === "receive" ? { target_id: target } : {};
    const about = task === "put" ? this.state : { ...this.state, source, target };
    this.isFinishing = true; // pressed twice, sent once
    try {
      await this.queue.add({ address: this.said.done, content: { task, of, lines: this.toSend(), post: post && this.said.mayPost.includes(task), ...places }, title: this.heading(), about });
      this.film(false);
      this.change(NOTHING);
      this.tell(navigator.onLine ? "" : this.words.kept);
    } catch {
      this.tell(this.queue.words.keepsNothing, "bad"); // what is scanned stays
    } finally {
      this.isFinishing = false;
    }
  }

  // What was refused is scanned on.
  async mend(entry) {
    const about = entry.about.task === "put" ? await this.withBinsNow(entry.about) : entry.about;
    if (this.state.scans.length) { this.tell(this.words.busy, "bad"); return; }  // also what was scanned while we asked
    this.change(about);
    await window.KontorStore.put(this.key, about);
    await this.queue.remove(entry.seq);
    this.tell(entry.message, "bad");
  }

  // What was put away, with the bins as they are now: what was to go into one that isn't open any more waits for another.
  async withBinsNow(state) {
    const bins = await this.binsOf(state.source);
    return bins ? { ...state, bins, scans: state.scans.map((scan) => (bins.codes.includes(scan.to) ? scan : { ...scan, to: "" })) } : state;
  }

  // What became of it is a step away, where whoever scanned may open it.
  tellSent(answer, entry) {
    const [before, after] = this.words.sent.split("{text}");
    const title = answer.number || entry.title, rest = answer.says ? `${after}. ${answer.says}` : after;
    this.tell(`${before}${title}${rest}`, answer.says ? "bad" : "good");
    this.parts.note.classList.toggle("is-sent", !answer.says);
    if (!answer.address) return;
    const link = Object.assign(document.createElement("a"), { href: answer.address, textContent: title });
    this.parts.note.replaceChildren(before, link, rest);
  }

  // Good or bad is heard and felt, too: nobody looks at each scan.
  tell(text, how = "") {
    this.parts.note.textContent = text;
    this.parts.note.classList.toggle("is-wrong", how === "bad");
    this.parts.note.classList.remove("is-sent");
    this.classList.toggle("is-good", how === "good");
    this.classList.toggle("is-bad", how === "bad");
    if (!how) return;
    navigator.vibrate?.(how === "good" ? 40 : [120, 60, 120]);
    try {
      this.sound ??= new AudioContext();
      const tone = this.sound.createOscillator();
      tone.frequency.value = how === "good" ? 1400 : 220;
      tone.connect(this.sound.destination);
      tone.start();
      tone.stop(this.sound.currentTime + (how === "good" ? 0.07 : 0.35));
    } catch { /* no sound here */ }
  }

  heading() {
    const { task, title } = this.state;
    return [this.said.tasks[task] ?? this.querySelector(`[data-task="${task}"] span`)?.textContent, title].filter(Boolean).join(": ");
  }

  show() {
    const { parts, state } = this;
    const isFinding = state.task === "find", last = state.scans.at(-1);
    parts.choice.hidden = Boolean(state.task);
    parts.lists.hidden = parts.lists.hidden || Boolean(state.task);
    parts.work.hidden = !state.task;
    parts.sourceLabel.hidden = state.task !== "move";
    parts.targetLabel.hidden = !["move", "receive"].includes(state.task);
    if (parts.place) parts.placeLabel.hidden = state.task !== "put";
    for (const [name, place] of state.task === "put" ? [["place", state.source]] : [["source", state.source], ["target", state.target]]) if (place) parts[name].value = String(place);
    parts.task.textContent = this.heading();
    parts.found.hidden = !isFinding;
    for (const name of ["finish", "undo"]) { parts[name].hidden = isFinding; parts[name].disabled = !state.scans.length; }
    parts.draft.hidden = !["move", "receive", "put"].includes(state.task);
    parts.draft.disabled = !state.scans.length;
    if (!isFinding) {
      const boxes = last ? this.intoBoxes(this.boxesOf(state.scans.slice(0, -1), last.item, window.KontorExact.read(last.quantity))) : "";
      const to = last && state.bins ? ` → ${last.to || this.bestBin(last) || "?"}` : "";
      parts.title.textContent = last ? `${last.title} ${last.lots}${to}` : "";
      parts.quantity.textContent = last ? boxes || last.quantity : "";
      const all = this.wholeOf(last), typed = window.KontorExact.typed(all, ".");
      parts.rest.hidden = !last || all <= window.KontorExact.read(last.quantity);
      Object.assign(parts.rest, { textContent: this.words.all.replace("{n}", () => typed) }).dataset.all = typed;
    } else { parts.title.textContent = parts.quantity.textContent = ""; parts.rest.hidden = true; parts.found.replaceChildren(); }
    parts.body.replaceChildren(...this.rows().map(([title, note, quantity, isDone]) => {
      const row = document.createElement("tr");
      row.classList.toggle("is-done", isDone);
      const cell = Object.assign(document.createElement("td"), { className: "till-title", textContent: title });
      cell.append(Object.assign(document.createElement("small"), { textContent: note }));
      row.append(cell, Object.assign(document.createElement("td"), { className: "num", textContent: quantity }));
      return row;
    }));
    if (state.task) parts.scan.focus();
  }

  rows() {
    const lots = (lines) => lines.map((line) => [line.codes.join(", "), line.expires].filter(Boolean).join(" · ")).filter(Boolean).join("; ");
    const ways = (line) => (this.state.bins ? `${line.from} → ${line.to || `${this.bestBin(line)}?`}` : "");
    const way = ({ from, bin }) => (from ? this.words.fill.replace("{from}", () => from).replace("{to}", () => bin) : bin && `→ ${bin}`);
    if (!this.state.listed) {
      const scanned = this.lines.map((line) => [line.title, [line.code, lots([line]), ways(line)].filter(Boolean).join(" · "), window.KontorExact.typed(line.units, "."), Boolean(line.to)]).reverse();
      const left = this.leftOver();
      return [...scanned, ...left.map(({ title, code, lots: of, from, bin, wanted, measure }) => [title, [code, of, way({ from, bin })].filter(Boolean).join(" · "), `0 ${this.words.of} ${wanted} ${measure}`, false])];
    }
    if (this.state.listed.some((line) => line.boxes)) return this.stops();
    const items = new Map(this.state.listed.map((line) => [line.item, { ...line, units: 0n }]));
    for (const line of this.state.listed) items.get(line.item).units += window.KontorExact.read(line.wanted);
    return [...items.values()].map(({ item, title, code, bin, row, units }) => {
      const lines = this.lines.filter((line) => line.item === item), done = lines.reduce((sum, line) => sum + line.units, 0n);
      const typed = (number) => window.KontorExact.typed(number, ".");
      return [[bin, title].filter(Boolean).join(" · "), [code, lots(lines)].filter(Boolean).join(" · "), `${typed(done)} ${this.words.of} ${typed(units)} ${row[5]}`, done === units];
    });
  }

  // The stops of a walk: from which bin, of which lot, into which boxes. What is scanned of an item fills the first stop first.
  stops() {
    const typed = (number) => window.KontorExact.typed(number, "."), read = window.KontorExact.read;
    const left = new Map(this.state.listed.map(({ item }) => [item, ScannerScreen.sum(this.state.scans.filter((scan) => scan.item === item))]));
    return this.state.listed.map(({ item, title, code, bin, lot, boxes, wanted, row }) => {
      const all = read(wanted), done = left.get(item) < all ? left.get(item) : all;
      left.set(item, left.get(item) - done);
      const into = this.intoBoxes(boxes.map(([box, quantity]) => [box, read(quantity)]));
      return [[bin, title].filter(Boolean).join(" · "), `${[code, lot].filter(Boolean).join(" · ")} → ${into}`, `${typed(done)} ${this.words.of} ${typed(all)} ${row[5]}`, done === all];
    });
  }

  // The camera, until it is asked for again.
  async film(isOn = !this.stop) {
    this.stop?.();
    this.stop = null;
    this.parts.video.hidden = !isOn;
    if (!isOn) return;
    try {
      const { watch } = await import("./camera.js");
      this.stop = await watch(this.parts.video, this.dataset.library, (text) => this.take(text));
    } catch {
      this.parts.video.hidden = true;
      this.tell(this.words.noCamera, "bad");
    }
  }
}
customElements.define("scanner-screen", ScannerScreen);
