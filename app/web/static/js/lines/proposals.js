// What the server proposes for the lines of a document while one types: price, discount, why. It fills cells that the person
// hasn't typed; `own` of a line names those that they have. How to take part in it: docs/proposing-lines.md.
"use strict";

class LineProposals {
  //: fields above the lines on which proposals hang; and the currency, once it is settled what becomes of prices (`prices.js`)
  static HEADS = ["contact_id", "contract_id", "moment", "place_id", "tax_included", "coupon"];

  constructor(grid) {
    Object.assign(this, { grid, source: grid.dataset.propose, asked: "", isWanted: false, running: null });
  }

  listen(signal) {
    if (!this.source) return;
    this.grid.form.addEventListener("change", (event) => { if (LineProposals.HEADS.includes(event.target.name)) this.ask(); }, { signal });
    this.grid.form.addEventListener("htmx:afterSettle", () => this.ask(), { signal }); // the contracts of another contact
    for (const line of this.grid.body.rows) this.say(line, line.data.says ? [line.data.says] : []);
    this.asked = String(this.question());
  }

  // The person has typed in a cell: it is theirs, until an emptied price asks for the proposal again.
  typed(line, name) {
    const own = new Set((line.data.own || "").split(" ").filter(Boolean));
    if (name === "item") { own.clear(); this.say(line, []); }
    else if (name === "price" && !line.data.price) { own.delete("price"); own.delete("discount"); }
    else if (name !== "quantity") own.add(name);
    line.data.own = [...own].join(" ");
  }

  question() {
    this.grid.store();
    const said = new FormData(this.grid.form);
    for (const name of ["note", "version", "operation"]) said.delete(name);
    return new URLSearchParams([...said].filter(([, value]) => typeof value === "string"));
  }

  // Asks once for however many changes; the form waits for the answer before it is sent.
  ask() {
    if (!this.source || this.grid.prices.isAsking || String(this.question()) === this.asked) return;
    this.isWanted = true;
    this.running ??= this.grid.during(this.run().finally(() => { this.running = null; }));
  }

  async run() {
    while (this.isWanted) {
      await Promise.resolve(); // what else changes by the same key
      this.isWanted = false;
      const lines = [...this.grid.body.rows].filter((line) => !this.grid.isEmpty(line));
      const question = this.question();
      this.asked = String(question);
      const answer = await this.request(question);
      if (!answer) this.grid.say(document.body.dataset.noAnswer);
      else if (this.grid.prices.isAsking) return; // it asks again itself
      else if (String(this.question()) === this.asked) this.show(lines, answer);
      else this.isWanted = true; // changed meanwhile: an answer to something else
    }
  }

  async request(body) {
    try {
      const answer = await fetch(this.source, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(window.KontorOffers.PATIENCE) });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  show(lines, { lines: proposed, says }) {
    lines.forEach((line, i) => {
      if (!line.isConnected) return;
      const own = (line.data.own || "").split(" ");
      for (const [name, text] of Object.entries(proposed[i]?.cells ?? {})) if (!own.includes(name)) line.data[name] = text;
      this.say(line, proposed[i]?.says ?? []);
      this.grid.fill(line);
      this.grid.compute(line);
    });
    this.grid.total();
    this.asked = String(this.question());
    this.foot ??= this.grid.appendChild(Object.assign(document.createElement("p"), { className: "lines-says" }));
    this.foot.textContent = says.join(" · ");
  }

  say(line, words) {
    line.data.says = words.join(" · ");
    if (!line.says && !words.length) return;
    line.says ??= line.querySelector(".cell-item").appendChild(Object.assign(document.createElement("div"), { className: "line-says" }));
    line.says.textContent = line.data.says;
  }
}
window.KontorLineProposals = LineProposals;
