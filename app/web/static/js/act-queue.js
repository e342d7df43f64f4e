// <act-queue data-user="3" data-tokens="/acts/token" data-words="…" data-key="Alt+Q">: acts that are kept in this browser until the server has
// answered them, and sent in the order in which they were done. A lost answer is sent for again under the act's own number, by
// which the server does it once (app/web/kit/queued.py says what is sent and answered).
//
//   await queue.add({ address, content, title, about })   keep an act, and send it; `about` stays in the browser
//   await queue.list()                                    what waits and what was refused, the oldest first
//   await queue.again(seq, content)                       send a refused one again, changed or not
//   await queue.remove(seq)                               throw one away
//
// Events: "acted" { entry, answer }, "refused" { entry, message }, "waiting" { entry, message }, and, from the buttons of its own
// list, "mend" { entry } and "resend" { entry }, whose content a listener may change before it goes.
"use strict";

const FIRST_PAUSE = 2000; // milliseconds until the next try; each one that fails doubles it
const LONGEST_PAUSE = 30000;
const PATIENCE = 20000; // that an answer may take
const WONT_PASS = [403, 404, 405, 413, 415, 422]; // to try again would change nothing

class ActQueue extends HTMLElement {
  connectedCallback() {
    if (this.button) return; // moved in the page
    this.words = JSON.parse(this.dataset.words);
    this.user = Number(this.dataset.user);
    this.pause = FIRST_PAUSE;
    this.trouble = "";
    this.build();
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
    navigator.storage?.persist?.();
    this.flush();
  }

  async add({ address, content, title, about = null }) {
    const entry = { act: ActQueue.number(), address, content, title, about, user: this.user, at: Date.now(), state: "waiting", message: "" };
    entry.seq = await window.KontorStore.saveAct(entry);
    this.show();
    this.flush();
    return entry;
  }

  list() {
    return window.KontorStore.acts();
  }

  async again(seq, content) {
    const entry = (await this.list()).find((each) => each.seq === seq);
    if (!entry) return;
    await window.KontorStore.saveAct({ ...entry, content: content ?? entry.content, state: "waiting", message: "" });
    this.flush();
  }

  async remove(seq) {
    await window.KontorStore.removeAct(seq);
    this.show();
  }

  // A number that nobody else's act has; crypto.randomUUID is there on https alone.
  static number() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Send what waits. One tab sends at a time, where browsers let tabs know of each other; without that the server does each once.
  async flush() {
    clearTimeout(this.timer);
    if (this.underWay) { this.isAsked = true; return; }
    this.underWay = true;
    try {
      const work = () => this.sendAll();
      const isSent = navigator.locks ? await navigator.locks.request("kontor acts", { ifAvailable: true }, (lock) => lock ? work() : false) : await work();
      this.pause = isSent ? FIRST_PAUSE : Math.min(this.pause * 2, LONGEST_PAUSE);
    } catch {
      this.trouble = this.words.keepsNothing;
    } finally {
      this.underWay = false;
    }
    await this.show();
    if (this.isAsked) { this.isAsked = false; this.flush(); return; }
    if (this.waits) this.timer = setTimeout(() => this.flush(), this.pause);
  }

  // Whether all that is this user's was answered.
  async sendAll() {
    for (;;) {
      const entry = (await this.list()).find((each) => each.state === "waiting" && each.user === this.user);
      if (!entry) { this.trouble = ""; return true; }
      const answer = await this.send(entry);
      if (answer.state === "done") {
        await window.KontorStore.removeAct(entry.seq);
        this.tell("acted", { entry, answer });
      } else if (answer.state === "refused") {
        await window.KontorStore.saveAct({ ...entry, state: "refused", message: answer.message });
        this.tell("refused", { entry, message: answer.message });
      } else {
        this.trouble = answer.message || this.words.noAnswer;
        this.tell("waiting", { entry, message: this.trouble });
        return false;
      }
      await this.show();
    }
  }

  async send(entry, isSecond = false) {
    let answer;
    try {
      this.token ??= await this.renewed();
      const body = new FormData();
      const age = Math.max(Date.now() - entry.at, 0); // not when: a browser's clock may be wrong, and both moments are by it
      const sent = { csrf_token: this.token, act: entry.act, user: entry.user, age, content: JSON.stringify(entry.content) };
      for (const [name, value] of Object.entries(sent)) body.set(name, value);
      answer = await fetch(entry.address, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
      const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
      const said = isJson ? await answer.json() : null;
      if (["done", "refused", "again"].includes(said?.state)) return said;
    } catch (error) {
      return { state: "again", message: error instanceof SignedOut ? this.words.signedOut : this.words.noAnswer };
    }
    if (WONT_PASS.includes(answer.status)) return { state: "refused", message: this.words.barred };
    if (answer.status >= 500 || isSecond) return { state: "again", message: this.words.noAnswer };
    this.token = null; // of a sign-in that has ended: there may be another
    return this.send(entry, true);
  }

  // The token of whoever is signed in now.
  async renewed() {
    const answer = await fetch(this.dataset.tokens, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (!answer.ok) throw new SignedOut();
    const { user, token } = await answer.json();
    if (user !== this.user) throw new SignedOut();
    return token;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  build() {
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "btn queue-state", hidden: true });
    this.button.setAttribute("aria-live", "polite");
    this.button.dataset.hotkey = this.button.title = this.dataset.key || "";
    this.dialog = Object.assign(document.createElement("dialog"), { className: "queue-list" });
    this.dialog.setAttribute("aria-label", this.words.title);
    this.append(this.button, this.dialog);
    this.button.addEventListener("click", () => { this.show(); this.dialog.showModal(); });
    this.dialog.addEventListener("click", (event) => this.pressed(event));
  }

  async show() {
    const all = await this.list().catch(() => null);
    this.waits = (all || []).filter((entry) => entry.state === "waiting").length;
    const refused = (all || []).length - this.waits;
    const said = [this.waits && `${this.waits} ${this.words.waiting}`, refused && `${refused} ${this.words.refused}`].filter(Boolean);
    if (all === null) said.push(this.words.keepsNothing);
    this.button.hidden = !said.length;
    this.button.textContent = said.join(" · ") + (this.waits && this.trouble ? ` · ${this.trouble}` : "");
    this.button.classList.toggle("is-refused", refused > 0 || all === null);
    this.dialog.replaceChildren(this.head(), ...(all || []).map((entry) => this.row(entry)), this.foot(all));
  }

  head() {
    return Object.assign(document.createElement("h2"), { textContent: this.words.title });
  }

  row(entry) {
    const row = Object.assign(document.createElement("div"), { className: "queue-row" });
    const text = document.createElement("div");
    const why = entry.state === "refused" ? entry.message : entry.user !== this.user ? this.words.somebodyElses : this.trouble || this.words.onItsWay;
    text.append(
      Object.assign(document.createElement("strong"), { textContent: entry.title }),
      Object.assign(document.createElement("span"), { className: "hint", textContent: ` ${new Date(entry.at).toLocaleString()}` }),
      Object.assign(document.createElement("div"), { className: entry.state === "refused" ? "field-error" : "hint", textContent: why }),
    );
    row.append(text);
    const acts = entry.state === "refused" ? [...(entry.about ? ["mend"] : []), "resend", "remove"] : [];
    for (const act of acts) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: this.words[act] });
      Object.assign(button.dataset, { act, seq: entry.seq });
      row.append(button);
    }
    return row;
  }

  foot(all) {
    const foot = Object.assign(document.createElement("div"), { className: "form-actions" });
    if (!all?.length) foot.append(Object.assign(document.createElement("p"), { textContent: this.words.nothing }));
    for (const act of ["close", ...(this.waits ? ["flush"] : [])]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: this.words[act] });
      button.dataset.act = act;
      foot.append(button);
    }
    return foot;
  }

  async pressed({ target }) {
    const { act, seq } = target.dataset;
    if (act === "close") this.dialog.close();
    if (act === "flush") { this.pause = FIRST_PAUSE; this.flush(); }
    const entry = seq && (await this.list()).find((each) => each.seq === Number(seq));
    if (!entry || entry.state !== "refused") return;
    if (act === "remove" && window.confirm(this.words.surely)) await this.remove(entry.seq);
    if (act === "resend") { this.tell("resend", { entry }); await this.again(entry.seq, entry.content); }
    if (act === "mend") { this.dialog.close(); this.tell("mend", { entry }); }
  }
}

class SignedOut extends Error {}
window.KontorActQueue = ActQueue;
customElements.define("act-queue", ActQueue);
