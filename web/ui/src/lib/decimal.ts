/** Decimal numbers as texts. Nothing here goes through a float, so every digit that was typed survives. */

const FULL_WIDTH: Readonly<Record<string, string>> = {
  "０": "0",
  "１": "1",
  "２": "2",
  "３": "3",
  "４": "4",
  "５": "5",
  "６": "6",
  "７": "7",
  "８": "8",
  "９": "9",
  "．": ".",
  "。": ".",
  "，": ",",
  "－": "-",
  "−": "-",
  "–": "-",
  "＋": "+",
};

const CURRENCY = /[¥￥$€£]|CNY|RMB|USD|EUR|HK\$|NT\$|元/gi;
const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;

/**
 * What someone typed or pasted, as a plain decimal: `￥1,234.50` → `1234.50`, `（12）` stays unread. `null` when it is no number;
 * a comma that does not group thousands is not guessed at.
 */
export function readDecimal(text: string): string | null {
  let plain = [...text].map((letter) => FULL_WIDTH[letter] ?? letter).join("");
  plain = plain.replace(CURRENCY, "").replace(/[\s\u00a0\u202f_]/g, "");
  if (GROUPED.test(plain)) plain = plain.replaceAll(",", "");
  const match = PLAIN.exec(plain);
  if (!match) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const isZero = /^0*$/.test(digits + fraction);
  return `${sign === "-" && !isZero ? "-" : ""}${digits}${fraction ? `.${fraction}` : ""}`;
}

/** Equal as numbers: `3`, `3.0` and `3.000`. */
export function sameDecimal(one: string, other: string): boolean {
  const canonical = (text: string) => {
    const read = readDecimal(text);
    return read?.includes(".") ? read.replace(/\.?0+$/, "") : read;
  };
  const left = canonical(one);
  return left !== null && left === canonical(other);
}
