/** Says each kind of note once, and how often it came again. */
export class Notes {
  readonly #counts = new Map<string, number>();

  constructor(readonly tell: (text: string) => void) {}

  /** `kind` says what the note is one of (default: what it says after the path). */
  add(note: string, kind = note.slice(note.indexOf(": ") + 2)): void {
    const count = this.#counts.get(kind) ?? 0;
    if (count === 0) this.tell(note);
    this.#counts.set(kind, count + 1);
  }

  end(): void {
    for (const [kind, count] of this.#counts) if (count > 1) this.tell(`${count - 1} more: ${kind}`);
  }
}

/** The first few of a list, and how many more there are. */
export const few = (list: readonly string[]) =>
  `${list.slice(0, 5).join(", ")}${list.length > 5 ? ` and ${list.length - 5} more` : ""}`;
