// Types of DMN: what a value has to be, and how one that is almost that is taken (a list of one for its element, a
// value for a list of one, a date for its midnight).
import { compileTests, type Test } from './feel/cell.ts';
import { parseDateTime } from './feel/temporal.ts';
import { typeNameOf } from './feel/values.ts';
import type { ItemDefinition } from './model.ts';

export interface ItemType {
  /** Whether a value that is not null is of this type. */
  accepts(value: unknown): boolean;
  readonly isList: boolean;
  /** Of the elements, for a list. */
  readonly element: ItemType | null;
  readonly isDateTime: boolean;
}

/** Finds a type by its name; a name that is not known is `Any`. `own` are the names of the model's own types. */
export type Types = ((name: string) => ItemType) & { readonly own: readonly string[] };

export const anyType: ItemType = { accepts: () => true, isList: false, element: null, isDateTime: false };

const basic: Readonly<Record<string, readonly string[]>> = {
  number: ['number'],
  string: ['string'],
  boolean: ['boolean'],
  date: ['date'],
  time: ['time'],
  'date and time': ['date and time'],
  dateTime: ['date and time'],
  duration: ['years and months duration', 'days and time duration'],
  'years and months duration': ['years and months duration'],
  yearMonthDuration: ['years and months duration'],
  'days and time duration': ['days and time duration'],
  dayTimeDuration: ['days and time duration'],
  context: ['context'],
  function: ['function'],
  range: ['range'],
};

/** The types of a model: those of FEEL, its own, and those of imported models, which `imported` finds. */
export function newTypes(definitions: readonly ItemDefinition[], imported: (name: string) => ItemType | null): Types {
  const known = new Map<string, ItemType>();
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));

  const find = (name: string): ItemType => {
    const found = known.get(name);
    if (found) return found;
    const definition = byName.get(name);
    if (definition) {
      // A type that holds itself finds this one, which asks for the real one when there is a value.
      const later: ItemType = { ...anyType, accepts: (value) => known.get(name)?.accepts(value) ?? true };
      known.set(name, later);
      known.set(name, define(definition));
    } else known.set(name, basicType(name) ?? imported(name) ?? anyType);
    return known.get(name) as ItemType;
  };

  function define(definition: ItemDefinition): ItemType {
    const allowed = definition.allowed ? compileTests(definition.allowed) : null;
    const constraint = definition.constraint ? compileTests(definition.constraint) : null;
    const single = restricted(baseOf(definition), allowed);
    return restricted(definition.isCollection ? listOf(single) : single, constraint);
  }

  function baseOf(definition: ItemDefinition): ItemType {
    if (definition.isFunction) return basicType('function') as ItemType;
    if (definition.components.length === 0) return definition.type ? find(definition.type) : anyType;
    const fields = definition.components.map((component) => [component.name, define(component)] as const);
    const accepts = (value: unknown): boolean =>
      typeNameOf(value) === 'context' &&
      fields.every(([name, type]) => {
        const field = (value as Record<string, unknown>)[name] ?? null;
        return Object.hasOwn(value as object, name) && (field === null || type.accepts(field));
      });
    return { ...anyType, accepts };
  }

  return Object.assign(find, { own: [...byName.keys()] });
}

function basicType(name: string): ItemType | null {
  if (name === 'Any') return anyType;
  if (name === 'list') return listOf(anyType);
  const names = Object.hasOwn(basic, name) ? basic[name] : undefined;
  if (!names) return null;
  return {
    ...anyType,
    accepts: (value) => names.includes(typeNameOf(value)),
    isDateTime: names[0] === 'date and time',
  };
}

function listOf(element: ItemType): ItemType {
  const accepts = (value: unknown): boolean =>
    Array.isArray(value) && value.every((item) => item === null || element.accepts(item));
  return { accepts, isList: true, element, isDateTime: false };
}

function restricted(type: ItemType, test: Test | null): ItemType {
  if (!test) return type;
  return { ...type, accepts: (value) => type.accepts(value) && test(value, {}) === true };
}

/** `value` as `type` takes it, or null where it does not. */
export function conform(value: unknown, type: ItemType): unknown {
  if (value === null || value === undefined || type === anyType) return value ?? null;
  if (type.accepts(value)) return value;
  if (type.isList && type.element && !Array.isArray(value)) {
    const element = conform(value, type.element);
    return element !== null && type.accepts([element]) ? [element] : null;
  }
  if (!type.isList && Array.isArray(value) && value.length === 1) return conform(value[0], type);
  if (type.isDateTime && typeNameOf(value) === 'date') return parseDateTime(`${value}T00:00:00Z`);
  return null;
}
