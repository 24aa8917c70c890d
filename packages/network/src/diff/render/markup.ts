/** A piece of HTML, as opposed to a text that has to be escaped to become one. */
export interface Html {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

/** A template whose texts are escaped and whose pieces of HTML are taken as they are. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const pieces = values.map((value, index) => strings[index]! + (typeof value === 'string' ? escape(value) : value.markup));
  return { markup: pieces.join('') + strings[strings.length - 1]! };
}

export const joined = (pieces: readonly Html[]): Html => ({ markup: pieces.map(({ markup }) => markup).join('') });
