import { Long } from './long';

/**
 * The vendor's XML of what it would else send as JSON: an object's members become elements, a list repeats the element of
 * its member, and an empty list leaves an empty element behind (sample of help.aliyun.com 69483).
 */
export function toXml(root: string, value: unknown): string {
  return `<?xml version='1.0' encoding='utf-8'?>\n${element(root, value)}`;
}

function element(name: string, value: unknown): string {
  const inner = content(value);
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function content(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Long) return value.digits;
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .flatMap(([name, inner]) =>
        Array.isArray(inner) ? inner.map((item) => element(name, item)) : element(name, inner),
      )
      .join('');
  }
  return escaped(typeof value === 'string' ? value : JSON.stringify(value));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** XML 1.0 has no way to write most control characters (https://www.w3.org/TR/xml/#charsets). */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
