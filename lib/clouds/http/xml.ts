import { SaxesParser } from 'saxes';

/**
 * Reads an XML document as the object that the same answer would be in JSON: an element with elements in it becomes an
 * object, any other one its text, an element that is repeated a list. The root's name, attributes, and text between
 * elements are left out. Numbers stay texts, so that no id is rounded.
 *
 * @throws Error if it is not well-formed, has a DOCTYPE, or is nested deeper than any answer.
 */
export function parseXml(text: string): unknown {
  const root = new Element();
  const open: Element[] = [root];
  const innermost = (): Element => open.at(-1) ?? root;
  const parser = new SaxesParser({ xmlns: false, position: false });
  // saxes expands no entity but XML's own five. Refusing all declarations makes sure that none is ever asked for.
  parser.on('doctype', () => refuse('it has a DOCTYPE'));
  parser.on('opentag', ({ name }) => {
    if (open.length > DEEPEST) refuse(`elements are nested deeper than ${DEEPEST}`);
    open.push(innermost().add(name));
  });
  parser.on('text', (characters) => innermost().write(characters));
  parser.on('cdata', (characters) => innermost().write(characters));
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return root.only();
}

/** Answers of these APIs have some six levels. */
const DEEPEST = 32;

class Element {
  private readonly children = new Map<string, Element[]>();
  private text = '';

  add(name: string): Element {
    const child = new Element();
    const sameName = this.children.get(name);
    if (sameName === undefined) this.children.set(name, [child]);
    else sameName.push(child);
    return child;
  }

  write(characters: string): void {
    this.text += characters;
  }

  only(): unknown {
    const [[child] = []] = this.children.values();
    return child?.value();
  }

  private value(): unknown {
    // White space alone is layout: `<Names>\n</Names>` is as empty as `<Names/>`.
    if (this.children.size === 0) return this.text.trim() === '' ? '' : this.text;
    return Object.fromEntries(
      [...this.children].map(([name, same]) => {
        const values = same.map((child) => child.value());
        return [name, values.length === 1 ? values[0] : values];
      }),
    );
  }
}

function refuse(reason: string): never {
  throw new Error(`this XML is not read: ${reason}`);
}
