// What a GS1 code on a label says, for pages that go on without a network: by the same rules as the
// server's (modules/warehouse/element_strings.py); what it refuses isn't read here either.
"use strict";

class ElementStrings {
  // Each Application Identifier → what may stand behind it.
  static patterns = new Map();

  //: those that say a day, some with a time behind it
  static DAYS = /^(1[1-3567]|432[4-6]|700[367]|7011|8008)$/;

  // gtin, lot, serial, expires (YYYY-MM-DD), count, weight (kg, a text) of an element string; null for any other text, and for what
  // can't be read or has no GTIN.
  static read(text) {
    const bare = window.KontorScannedText.bare(text);
    const isBracketed = /^\(\d{2,4}\)/.test(bare);
    const isMarked = /^\](C1|d2|Q3|J1|e0)/.test(bare) || bare.includes(window.KontorScannedText.GS) || isBracketed;
    const code = bare.replace(/^\][A-Za-z][0-9A-Za-z]/, "");
    const plain = /^(?:1[1-7]\d{6})*0[12](\d{14})/.exec(bare);
    if (!isMarked && !(plain && ElementStrings.isGtin(plain[1]))) return null;
    const parts = isBracketed ? ElementStrings.bracketed(bare) : ElementStrings.parts(window.KontorScannedText.bare(code));
    if (!parts || parts.some(([ai, value]) => !value || (ElementStrings.DAYS.test(ai) && ElementStrings.day(value) === null))) return null;
    const said = new Map(parts.reverse()); // the first of two counts
    const gtin = said.get("01") ?? said.get("02");
    if (!gtin) return null;
    const [weighed, weight] = parts.findLast(([ai]) => ai.startsWith("310")) ?? [];
    const day = said.get("17") ?? said.get("15");
    return {
      gtin, lot: said.get("10") ?? "", serial: said.get("21") ?? "", expires: day ? ElementStrings.day(day) : "",
      count: Number(said.get("30") ?? said.get("37") ?? 0), weight: weighed ? ElementStrings.weight(weight, Number(weighed[3])) : "",
    };
  }

  // Identifier and value of each element; null where one can't be read.
  static parts(code) {
    const found = [];
    for (let rest = code; rest; rest = rest.replace(/^\x1d+/, "")) {
      const ai = [2, 3, 4].map((length) => rest.slice(0, length)).find((each) => ElementStrings.known().has(each));
      const value = ai && ElementStrings.valueOf(ai, rest.split(window.KontorScannedText.GS)[0].slice(ai.length), "");
      if (value === undefined || value === null) return null;
      found.push([ai, value]);
      rest = rest.slice(ai.length + value.length);
    }
    return found;
  }

  static bracketed(text) {
    const found = [...text.replace(/[\s\x1c-\x1f\x85]/g, "").matchAll(/\((\d+)\)([^(]+)/g)].map(([, ai, rest]) => [ai, ElementStrings.valueOf(ai, rest, "$")]);
    return found.some(([, value]) => value === null) ? null : found;
  }

  static valueOf(ai, text, end) {
    const pattern = ElementStrings.known().get(ai), match = pattern === undefined ? null : new RegExp(`^${pattern}${end}`).exec(text);
    return match && match.slice(1).join("");
  }

  static known() {
    const { patterns } = ElementStrings;
    for (const [pattern, identifiers] of patterns.size ? [] : Object.entries(window.KontorElementPatterns)) {
      for (const [first, last = first] of identifiers.split(" ").map((each) => each.split("-"))) {
        for (let n = Number(first); n <= Number(last); n += 1) patterns.set(String(n).padStart(first.length, "0"), pattern);
      }
    }
    return patterns;
  }

  static isGtin(digits) {
    return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 ? 1 : 3), 0) % 10 === 0;
  }

  // The year is within 49 years before and 50 after this one (7.12); day 00 is the last of the month; a time may stand behind. null for
  // what isn't a day.
  static day(text) {
    const [year, month, day, hour = 0, minute = 0, second = 0] = text.match(/\d{1,2}/g).map(Number);
    const isTime = (hour === 99 && minute === 99) || (hour < 24 && minute < 60 && second < 60);
    const now = new Date().getUTCFullYear(), shift = year - now % 100;
    const full = now - now % 100 + year + (shift >= 51 ? -100 : shift <= -50 ? 100 : 0);
    const date = new Date(Date.UTC(full, day ? month - 1 : month, day));
    return isTime && month && date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : null;
  }

  static weight(digits, places) {
    const all = digits.replace(/^0+/, "").padStart(places + 1, "0");
    return places ? `${all.slice(0, -places)}.${all.slice(-places)}` : all;
  }
}
window.KontorElementStrings = ElementStrings;
