// Reads the test cases of the DMN TCK: testCases > modelName, testCase > inputNode, resultNode.
import { readFileSync } from 'node:fs';
import { parseDate, parseDateTime, parseDuration, parseTime } from '../../process/decisions/feel/temporal.ts';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml.ts';

export interface TestCase {
  readonly id: string;
  /** The service or function that is invoked, or null where decisions are asked. */
  readonly invocable: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly results: readonly ExpectedResult[];
}

export interface ExpectedResult {
  /** The decision. */
  readonly name: string;
  readonly expected: unknown;
}

export interface TestFile {
  readonly model: string;
  readonly cases: readonly TestCase[];
}

/** The test cases of `file`. Throws where it is no XML. */
export function readTestCases(file: string): TestFile {
  const root = parseXml(readFileSync(file, 'utf8'));
  return {
    model: childOf(root, 'modelName')?.text.trim() ?? '',
    cases: childrenOf(root, 'testCase').map((testCase) => ({
      id: testCase.attributes.id ?? '',
      invocable: testCase.attributes.invocableName ?? null,
      inputs: Object.fromEntries(
        childrenOf(testCase, 'inputNode').map((node) => [node.attributes.name ?? '', readValue(node)]),
      ),
      results: childrenOf(testCase, 'resultNode').map((node) => ({
        name: node.attributes.name ?? '',
        // Where an error is expected, the standard says null.
        expected: node.attributes.errorResult === 'true' ? null : expectedOf(node),
      })),
    })),
  };
}

function expectedOf(node: XmlElement): unknown {
  const expected = childOf(node, 'expected');
  return expected ? readValue(expected) : null;
}

/** The value that `element` holds: a list, components by name, or a single value. */
function readValue(element: XmlElement): unknown {
  const list = childOf(element, 'list');
  if (list) return list.attributes.nil === 'true' ? null : childrenOf(list, 'item').map(readValue);
  const components = childrenOf(element, 'component');
  if (components.length > 0)
    return Object.fromEntries(components.map((component) => [component.attributes.name ?? '', readValue(component)]));
  const value = childOf(element, 'value');
  return value ? singleValue(value) : null;
}

/** A single value; a date that cannot be read stays text, which no date equals. */
function singleValue({ attributes, text }: XmlElement): unknown {
  if (attributes.nil === 'true') return null;
  const trimmed = text.trim();
  const type = attributes.type?.replace(/^.*:/, '') ?? guessed(trimmed);
  switch (type) {
    case 'decimal':
    case 'double':
    case 'integer':
    case 'int':
    case 'long':
    case 'float':
      return Number(trimmed);
    case 'boolean':
      return trimmed === 'true' || trimmed === '1';
    case 'date':
      return parseDate(trimmed) ?? trimmed;
    case 'time':
      return parseTime(trimmed) ?? trimmed;
    case 'dateTime':
      return parseDateTime(trimmed) ?? trimmed;
    case 'dayTimeDuration':
    case 'yearMonthDuration':
    case 'duration':
      return parseDuration(trimmed) ?? trimmed;
    default:
      return text;
  }
}

/** The type of a value that says none. */
function guessed(text: string): string {
  if (text === 'true' || text === 'false') return 'boolean';
  return /^-?\d+(?:\.\d+)?$/.test(text) ? 'decimal' : 'string';
}
