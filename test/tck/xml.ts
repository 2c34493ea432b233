// XML as a tree of local names: the prefixes of the files of the TCK vary.
import { Parser } from 'saxen';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** The root element of `source`. Throws where it is no XML. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const top = (): XmlElement => open.at(-1) as XmlElement;
  const parser = new Parser();
  parser.on('openTag', (name, attributesOf, decode) => {
    const attributes = Object.entries(attributesOf()).map(([key, value]) => [localName(key), decode(value)]);
    const element = { name: localName(name), attributes: Object.fromEntries(attributes), children: [], text: '' };
    top().children.push(element);
    open.push(element);
  });
  parser.on('closeTag', () => void open.pop());
  parser.on('text', (text, decode) => void (top().text += decode(text)));
  parser.on('cdata', (text) => void (top().text += text));
  parser.on('error', (error) => {
    throw error;
  });
  parser.parse(source);
  return root.children[0] ?? root;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
