// The words of the program, in the visitor's language: Python sends them with the data.

let texts: Record<string, string> = {};

/** Use these translations, by the English text, from now on. */
export function useTexts(known: Record<string, string>): void {
  texts = known;
}

/** A text in the visitor's language, with its placeholders filled in. */
export function say(message: string, values: Record<string, string | number> = {}): string {
  return (texts[message] ?? message).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
