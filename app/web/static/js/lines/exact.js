// Exact numbers in the browser: millionths as BigInt, read as the server reads them (app/web/kit/lines/numerals.py), rounded as it rounds.
"use strict";

class Exact {
  static ONE = 1000000n; // a millionth: the scale of quantities, prices and per cent

  // "1 234,5" → 1234500000n; null when there is nothing, undefined when it isn't a number or has too many digits.
  static read(text, group) {
    const parts = Exact.parts(text, group);
    if (!parts) return parts;
    if (parts.whole.length > 13 || parts.rest.length > 6) return undefined;
    const value = BigInt((parts.whole || "0") + parts.rest.padEnd(6, "0"));
    return parts.isNegative ? -value : value;
  }

  // The digits before and after the point, without zeros that say nothing; null and undefined as above.
  static parts(text, group) {
    let bare = String(text ?? "").trim().replace(/[ \u00a0\u202f'’]/g, "").replaceAll("\u2212", "-");
    if (!bare) return null;
    bare = Exact.withoutGroups(bare, group).replaceAll(",", ".");
    if (!/^-?(\d+\.?\d*|\.\d+)$/.test(bare)) return undefined;
    const [whole, rest] = bare.replace("-", "").split(".");
    return { whole: whole.replace(/^0+/, ""), rest: (rest || "").replace(/0+$/, ""), isNegative: bare.startsWith("-") };
  }

  static withoutGroups(bare, group) {
    const sign = Exact.signBetweenThousands(bare, group);
    if (!sign) return bare;
    const at = bare.indexOf(sign === "," ? "." : ",");
    const [whole, rest] = at < 0 ? [bare, ""] : [bare.slice(0, at), bare.slice(at)];
    return /^-?[1-9]\d{0,2}(,\d{2,3})*,\d{3}$/.test(whole.replaceAll(sign, ",")) ? whole.replaceAll(sign, "") + rest : bare;
  }

  static signBetweenThousands(bare, group) {
    if (bare.includes(",") && bare.includes(".")) return bare.lastIndexOf(",") < bare.lastIndexOf(".") ? "," : ".";
    const sign = bare.includes(",") ? "," : ".";
    return sign === group || bare.split(sign).length > 2 ? sign : null;
  }

  // As one would type it, with at least so many digits after the point: nothing between the thousands.
  static typed(value, point, digits = 0) {
    const abs = value < 0n ? -value : value;
    const rest = String(abs % Exact.ONE).padStart(6, "0").replace(/0+$/, "").padEnd(digits, "0");
    return (value < 0n ? "-" : "") + String(abs / Exact.ONE) + (rest ? point + rest : "");
  }

  // The quotient, half away from zero.
  static divide(numerator, denominator) {
    const abs = numerator < 0n ? -numerator : numerator;
    const whole = (2n * abs + denominator) / (2n * denominator);
    return numerator < 0n ? -whole : whole;
  }

  // What a line comes to as it is priced, in the currency's smallest coins: rounded once, and less what comes off besides.
  static line({ quantity, price, discount = 0n, less = 0n, digits }) {
    const one = Exact.ONE, hundred = 100n * one, coins = 10n ** BigInt(digits);
    return Exact.divide(quantity * price * (hundred - discount) * coins, one * one * hundred) - Exact.divide(less * coins, one);
  }

  // The packing that a line is counted in; undefined for the item's unit.
  static packing({ packings, packing_id: id }) {
    return id ? packings?.find((packing) => packing.id === id) : undefined;
  }

  // So much of a line in the item's unit; undefined where it isn't an exact number of it (app/web/kit/lines/packings.py).
  static inBase(data, quantity) {
    const [numerator, denominator] = Exact.packing(data)?.factor.map(BigInt) ?? [1n, 1n];
    if (quantity == null) return quantity;
    return quantity * numerator % denominator ? undefined : quantity * numerator / denominator;
  }

  // What the price of a line is of: the second quantity where its item is priced by that, as it usually is while nobody has
  // typed it (warehouse/catch_weight/rules.py); else the quantity in the item's unit.
  static priced(data, quantity, second) {
    const base = Exact.inBase(data, quantity);
    if (!data.by_second || base == null) return base;
    return second === null ? Exact.usual(data, base) : second;
  }

  // How much so many base units usually are in the second unit, rounded as that is counted; null when nobody has said it.
  static usual({ second_per_unit: usual, second_digits: digits = 6 }, base) {
    if (!usual) return null;
    const step = 10n ** BigInt(6 - digits);
    const rounded = Exact.divide(base * Exact.read(usual), Exact.ONE * step) * step;
    return rounded > step ? rounded : step;
  }

  // The tax in an amount or on top of it, in the same coins.
  static tax(amount, rate, included) {
    const hundred = 100n * Exact.ONE;
    return Exact.divide(amount * rate, included ? hundred + rate : hundred);
  }

  // What lines come to, pairs of an amount and its tax rate: tax is rounded once for each rate, or on each line.
  static totals(lines, { included, perLine }) {
    const sums = new Map();
    let [amount, tax] = [0n, 0n];
    for (const [part, rate] of lines) {
      amount += part;
      if (perLine) tax += Exact.tax(part, rate, included); else sums.set(rate, (sums.get(rate) ?? 0n) + part);
    }
    for (const [rate, sum] of sums) tax += Exact.tax(sum, rate, included);
    return included ? { net: amount - tax, tax, gross: amount } : { net: amount, tax, gross: amount + tax };
  }

  // Coins as money: grouped, with the currency's digits.
  static money(coins, { digits, point, group }) {
    const abs = coins < 0n ? -coins : coins;
    const coin = 10n ** BigInt(digits);
    const whole = String(abs / coin).replace(/\B(?=(\d{3})+(?!\d))/g, group);
    return (coins < 0n ? "\u2212" : "") + whole + (digits ? point + String(abs % coin).padStart(digits, "0") : "");
  }
}
window.KontorExact = Exact;
