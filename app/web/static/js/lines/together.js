// What one scan of a box or pallet puts into the lines of a document: each thing in it on a line of its own. The line grid loads it
// when the first is scanned.
"use strict";

// Scanned again, it is there already.
export function put(grid, line, { code, title, note, together }) {
  const units = new Set(together.map((each) => each.logistic_unit));
  const same = [...grid.body.rows].find(({ data }) => data.logistic_unit && units.has(data.logistic_unit));
  if (same) {
    grid.say(grid.judge.say("twice", { text: code, n: same.cells[0].textContent }));
    grid.drop(line);
  } else {
    const lines = together.map((_, i) => (i ? grid.addRow({}) : line));
    lines.slice(1).forEach((each, i) => lines[i].after(each));
    grid.clear(line);
    lines.forEach((each, i) => grid.put(each, together[i]));
    lines.forEach((each) => grid.compute(each));
    grid.number();
    grid.say(`${title}: ${note}`);
  }
  grid.ensureLast();
  grid.focus(grid.last, "item");
  grid.total();
}
