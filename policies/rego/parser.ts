// A policy file to its module: package, imports, rules.
import { annotationsOf } from './annotations.ts';
import { tokenise } from './lexer.ts';
import { type TermParser, termParser } from './parse-term.ts';
import { RegoError } from './rego-error.ts';
import type { Body, Branch, Import, Literal, Module, Rule, Term } from './syntax.ts';
import { TokenStream } from './token-stream.ts';

const futureKeywords = new Set(['in', 'every', 'contains', 'if']);

/** Throws rego_parse_error with the place. */
export function parseModule(text: string, file: string): Module {
  const tokens = new TokenStream(tokenise(text, file));
  const terms = termParser(tokens);
  const annotations = annotationsOf(text);
  const packageRow = tokens.location.row;
  tokens.expectWord('package');
  const packagePath = dottedPath(tokens, terms);
  const packageAnnotations = annotations.before(packageRow);
  const imports: Import[] = [];
  const rules: Rule[] = [];
  while (!tokens.isAtEnd()) {
    const row = tokens.location.row;
    if (tokens.isWord('import')) {
      const read = readImport(tokens, terms);
      if (read) imports.push(read);
    } else {
      const found = annotations.before(row);
      rules.push({ ...readRule(tokens, terms), ...(found !== undefined && { annotations: found }) });
    }
    tokens.takeSymbol(';');
  }
  return {
    file,
    package: packagePath,
    ...(packageAnnotations !== undefined && { packageAnnotations }),
    imports,
    rules,
  };
}

/** The literals of a query. */
export function parseQuery(text: string, file: string): Body {
  const tokens = new TokenStream(tokenise(text, file));
  const terms = termParser(tokens);
  const body = [terms.literal()];
  while (!tokens.isAtEnd()) {
    if (!tokens.takeSymbol(';') && tokens.location.row === tokens.lastRow) tokens.refuse('expected ; or a new line');
    if (!tokens.isAtEnd()) body.push(terms.literal());
  }
  return body;
}

function dottedPath(tokens: TokenStream, terms: TermParser): string[] {
  const at = tokens.location;
  const first = tokens.expectName();
  const path = [first];
  while (tokens.next.glued) {
    if (tokens.takeSymbol('.')) path.push(tokens.expectName());
    else if (tokens.takeSymbol('[')) {
      const step = terms.term();
      if (step.kind !== 'constant' || typeof step.value !== 'string') tokens.refuse('expected a string', at);
      else path.push(step.value);
      tokens.expectSymbol(']');
    } else break;
  }
  return path;
}

function readImport(tokens: TokenStream, terms: TermParser): Import | undefined {
  const at = tokens.take().location;
  const path = dottedPath(tokens, terms);
  const alias = tokens.takeWord('as') ? tokens.expectName() : undefined;
  const [root, ...rest] = path;
  if (root === 'rego' && rest.join() === 'v1') return undefined;
  if (
    root === 'future' &&
    rest[0] === 'keywords' &&
    (rest.length === 1 || (rest.length === 2 && futureKeywords.has(rest[1] as string)))
  )
    return undefined;
  if (root !== 'data' && root !== 'input') tokens.refuse('an import starts with data or input, or is rego.v1', at);
  return { path, alias: alias ?? (path.at(-1) as string), at };
}

function readRule(tokens: TokenStream, terms: TermParser): Rule {
  const at = tokens.location;
  const isDefault = tokens.takeWord('default');
  const head = terms.reference();
  const { path, args } = headParts(head, tokens);
  if (isDefault) return { at, isDefault, path, ...(args && { args }), branches: [readDefault(tokens, terms, args)] };
  const yes: Term = { kind: 'constant', value: true, at };
  if (tokens.isWord('contains')) {
    tokens.take();
    const member = terms.term();
    return { at, isDefault, path, member, branches: [{ value: yes, body: bodyIfAny(), at }] };
  }
  const value = valueIfAny();
  if (!value && !tokens.isWord('if')) tokens.refuse('a rule has a value, contains, or if');
  const branches: [Branch, ...Branch[]] = [{ value: value ?? yes, body: bodyIfAny(), at }];
  while (tokens.isWord('else')) {
    const { location } = tokens.take();
    const otherwise = valueIfAny();
    if (!otherwise && !tokens.isWord('if')) tokens.refuse('an else has a value or if');
    branches.push({ value: otherwise ?? yes, body: bodyIfAny(), at: location });
  }
  return { at, isDefault, path, ...(args && { args }), branches };

  function valueIfAny(): Term | undefined {
    return tokens.takeSymbol(':=') || tokens.takeSymbol('=') ? terms.term() : undefined;
  }

  function bodyIfAny(): Body {
    if (!tokens.takeWord('if')) return [];
    const literal = tokens.isSymbol('{') ? bracedLiteral(tokens, terms) : terms.literal();
    if (literal) return [literal];
    tokens.expectSymbol('{');
    return terms.bodyUntil('}');
  }
}

/**
 * What stands in braces behind `if` is a body, unless it reads as an object or a comprehension. A set does not count, nor
 * does an empty object: they hold always, so `if { x }` can only mean a body, and `if {}` is a mistake.
 */
function bracedLiteral(tokens: TokenStream, terms: TermParser): Literal | undefined {
  const start = tokens.mark();
  try {
    const literal = terms.literal();
    const isEmpty = literal.kind === 'holds' && literal.term.kind === 'object' && literal.term.entries.length === 0;
    if (!isEmpty && (literal.kind !== 'holds' || literal.term.kind !== 'set')) return literal;
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
  }
  tokens.backTo(start);
  return undefined;
}

/** A default stands for what is undefined, so it must not be undefined itself, nor only stand for some arguments. */
function readDefault(tokens: TokenStream, terms: TermParser, args: readonly Term[] = []): Branch {
  const refuse = (what: string, { at }: Term): never => {
    throw new RegoError('rego_parse_error', what, at);
  };
  if (!tokens.takeSymbol(':=') && !tokens.takeSymbol('=')) tokens.refuse('a default has a value');
  const value = terms.term();
  if (tokens.isWord('if') || tokens.isWord('else')) tokens.refuse('a default has a value and nothing else');
  if (!isFixed(value)) refuse('the value of a default holds no variable, reference or call', value);
  const names = new Set<string>();
  for (const arg of args) {
    if (arg.kind !== 'variable') return refuse('the arguments of a default are variables', arg);
    if (names.has(arg.name)) refuse(`the argument ${arg.name} of a default stands twice`, arg);
    if (arg.name !== '_') names.add(arg.name);
  }
  return { value, body: [], at: value.at };
}

function isFixed(term: Term): boolean {
  switch (term.kind) {
    case 'constant':
    case 'collect':
    case 'template':
      return true;
    case 'array':
    case 'set':
      return term.items.every(isFixed);
    case 'object':
      return term.entries.flat().every(isFixed);
    default:
      return false;
  }
}

function headParts(head: Term, tokens: TokenStream): { path: readonly Term[]; args?: readonly Term[] } {
  if (head.kind === 'variable') return { path: [{ kind: 'constant', value: head.name, at: head.at }] };
  if (head.kind === 'call') return { ...headParts(head.callee, tokens), args: head.args };
  if (head.kind === 'reference' && head.head.kind === 'variable')
    return { path: [{ kind: 'constant', value: head.head.name, at: head.at }, ...head.path] };
  return tokens.refuse('expected the head of a rule', head.at);
}
