export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Position {
  /** The member's name; absent for items of lists and for the whole. */
  readonly key?: Span;
  readonly value: Span;
}

const SPACE = /\s/;
const SCALAR_END = /[\s,\]}]/;

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Reads well-formed JSON and notes where everything stands; what the values are is `JSON.parse`'s to say. */
class Scanner {
  readonly found = new Map<string, Position>();
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #skip(): void {
    while (SPACE.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #string(): string {
    const from = this.#at;
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    this.#at += 1;
    return JSON.parse(this.#text.slice(from, this.#at)) as string;
  }

  value(pointer: string, key?: Span): void {
    this.#skip();
    const from = this.#at;
    const first = this.#text[this.#at];
    if (first === "{") this.#members(pointer, "}");
    else if (first === "[") this.#members(pointer, "]");
    else if (first === '"') this.#string();
    else while (this.#at < this.#text.length && !SCALAR_END.test(this.#text[this.#at] ?? "")) this.#at += 1;
    this.found.set(pointer, { key, value: { from, to: this.#at } });
    this.#skip();
  }

  #members(pointer: string, end: string): void {
    this.#at += 1;
    for (let index = 0; ; index += 1) {
      this.#skip();
      if (this.#at >= this.#text.length || this.#text[this.#at] === end) break;
      if (end === "}") {
        const from = this.#at;
        const name = this.#string();
        const key = { from, to: this.#at };
        this.#skip();
        this.#at += 1; // the colon
        this.value(`${pointer}/${escaped(name)}`, key);
      } else {
        this.value(`${pointer}/${index}`);
      }
      if (this.#text[this.#at] === ",") this.#at += 1;
    }
    this.#at += 1;
  }
}

/** Where everything of a JSON text stands, by JSON pointer (`#/properties/status`); empty when it is no JSON. */
export function positionsOf(text: string): ReadonlyMap<string, Position> {
  try {
    JSON.parse(text);
  } catch {
    return new Map();
  }
  const scanner = new Scanner(text);
  scanner.value("#");
  return scanner.found;
}

/** Where a violation is to be marked: at its member, or at the nearest place above that the text has. */
export function placeOf(positions: ReadonlyMap<string, Position>, pointer: string): Span {
  for (let at = pointer.slice(pointer.indexOf("#")); at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const found = positions.get(at);
    // The whole of a long object is no place to look at: its name is.
    if (found && at !== "#") return found.key ?? found.value;
  }
  return { from: 0, to: 1 };
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
