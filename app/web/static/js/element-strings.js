// What a GS1 code on a label says, for pages that go on without a network: as the server reads it
// (modules/warehouse/element_strings.py), as far as a scan needs it there.
"use strict";

class ElementStrings {
  //: digits that stand before each element → how long it is with them, where that is fixed (GS1 General Specifications, 7.8.5)
  static LENGTHS = { "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, 11: 8, 12: 8, 13: 8, 15: 8, 16: 8, 17: 8, 20: 4, 31: 10, 32: 10, 33: 10, 34: 10, 35: 10, 36: 10, 41: 16 };

  // gtin, lot, serial, expires (YYYY-MM-DD), count, weight (kg, a text) of an element string; null for any other text, and for what
  // can't be read or has no GTIN.
  static read(text) {
    const bare = window.KontorScannedText.bare(text);
    const isBracketed = /^\(\d{2,4}\)/.test(bare);
    const isMarked = /^\](C1|d2|Q3|J1|e0)/.test(bare) || bare.includes(window.KontorScannedText.GS) || isBracketed;
    const code = bare.replace(/^\][A-Za-z][0-9A-Za-z]/, "");
    const plain = /^(?:1[1-7]\d{6})*0[12](\d{14})/.exec(bare);
    if (!isMarked && !(plain && ElementStrings.isGtin(plain[1]))) return null;
    const said = new Map();
    const parts = isBracketed ? [...code.replace(/\s/g, "").matchAll(/\((\d{2,4})\)([^(]+)/g)].map(([, ai, value]) => ai + value) : ElementStrings.parts(code);
    for (const part of parts) {
      const ai = part.slice(0, /^3[1-6]/.test(part) ? 4 : 2);
      if (!said.has(ai)) said.set(ai, part.slice(ai.length));
    }
    const gtin = said.get("01") ?? said.get("02");
    const weighed = [...said.keys()].find((ai) => /^310[0-6]$/.test(ai)), weight = said.get(weighed) ?? "000000";
    const count = said.get("30") ?? said.get("37") ?? "0";
    const day = said.get("17") ?? said.get("15"), expires = day === undefined ? "" : ElementStrings.day(day);
    if (!/^\d{14}$/.test(gtin ?? "") || !/^\d{6}$/.test(weight) || !/^\d{1,8}$/.test(count) || expires === null) return null;
    return {
      gtin, lot: said.get("10") ?? "", serial: said.get("21") ?? "", expires, count: Number(count),
      weight: weighed ? ElementStrings.weight(weight, Number(weighed[3])) : "",
    };
  }

  static parts(code) {
    const found = [];
    for (let rest = code; rest; rest = rest.replace(/^\x1d+/, "")) {
      const end = rest.indexOf(window.KontorScannedText.GS);
      found.push(rest.slice(0, ElementStrings.LENGTHS[rest.slice(0, 2)] ?? (end < 0 ? rest.length : end)));
      rest = rest.slice(found.at(-1).length);
    }
    return found;
  }

  static isGtin(digits) {
    return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 ? 1 : 3), 0) % 10 === 0;
  }

  // The year is within 49 years before and 50 after this one (7.12); day 00 is the last of the month. null for what isn't a day.
  static day(text) {
    const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text)?.map(Number) ?? [];
    const now = new Date().getFullYear(), shift = year - now % 100;
    const full = now - now % 100 + year + (shift >= 51 ? -100 : shift <= -50 ? 100 : 0);
    const date = new Date(Date.UTC(full, day ? month - 1 : month, day));
    return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : null;
  }

  static weight(digits, places) {
    const all = digits.replace(/^0+/, "").padStart(places + 1, "0");
    return places ? `${all.slice(0, -places)}.${all.slice(-places)}` : all;
  }
}
window.KontorElementStrings = ElementStrings;
