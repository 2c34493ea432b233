// Reads a .feature file: Gherkin as it is, with its outlines, backgrounds and rules unfolded into scenarios to play.
import { AstBuilder, compile, Errors, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type GherkinDocument, IdGenerator, type Location, type PickleStepArgument } from '@cucumber/messages';
import { unmet } from '../run/case.ts';

export interface Scenario {
  /** By path below the plugin's folder. */
  readonly file: string;
  readonly title: string;
  readonly line: number;
  readonly steps: readonly ScenarioStep[];
}

export interface ScenarioStep {
  readonly line: number;
  readonly text: string;
  /** The text between `"""` below it. */
  readonly docString?: string;
  /** The rows of the table below it, the first one included. */
  readonly table?: readonly (readonly string[])[];
}

/** The scenarios of `text`, in their order. Throws what keeps `file` from being a feature, with line and column. */
export function readFeature(text: string, file: string): Scenario[] {
  const newId = IdGenerator.incrementing();
  const document = parsed(text, file, newId);
  const places = placesIn(document);
  const pickles = compile(document, file, newId);
  demandAllPlayed(places, new Set(pickles.map(({ astNodeIds }) => astNodeIds[0])), file);
  const titles = pickles.map(({ name }) => name);
  return pickles.map(({ name, location, steps }) => ({
    file,
    // The rows of an outline may share its name.
    title: titles.indexOf(name) === titles.lastIndexOf(name) ? name : `${name} (line ${location?.line})`,
    line: location?.line ?? 1,
    steps: steps.map(({ text, argument, astNodeIds }) => ({
      line: places.steps.get(astNodeIds[0] as string)?.line ?? 1,
      text,
      ...argumentOf(argument),
    })),
  }));
}

function parsed(text: string, file: string, newId: IdGenerator.NewId): GherkinDocument {
  let document: GherkinDocument;
  try {
    document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  } catch (error) {
    if (!(error instanceof Errors.GherkinException)) throw error;
    throw notGherkin(error, file);
  }
  if (placesIn(document).scenarios.size === 0) throw unmet('a scenario', 'none', `look at ${file}`, file);
  return document;
}

function notGherkin(error: Errors.GherkinException, file: string): Error {
  const all = error instanceof Errors.CompositeParserException ? (error.errors as Errors.GherkinException[]) : [error];
  const { line = 1, column = 1 } = all[0]?.location ?? {};
  const came = all.map(({ message }) => message.replace(/^\((\d+:\d+)\): /, `${file}:$1: `)).join('\n');
  return unmet('a feature in Gherkin', came, `look at ${file}:${line}:${column}`, file, line);
}

interface Places {
  readonly scenarios: ReadonlyMap<string, Location>;
  readonly steps: ReadonlyMap<string, Location>;
}

/** Where each scenario and each step stands, by the id that pickles refer to. */
function placesIn({ feature }: GherkinDocument): Places {
  const scenarios = new Map<string, Location>();
  const steps = new Map<string, Location>();
  const children = (feature?.children ?? []).flatMap((child) => [child, ...(child.rule?.children ?? [])]);
  for (const { background, scenario } of children) {
    if (scenario) scenarios.set(scenario.id, scenario.location);
    for (const { id, location } of (background ?? scenario)?.steps ?? []) steps.set(id, location);
  }
  return { scenarios, steps };
}

/** An outline without a row would be played never, and pass. */
function demandAllPlayed({ scenarios }: Places, played: ReadonlySet<string | undefined>, file: string): void {
  for (const [id, { line }] of scenarios)
    if (!played.has(id))
      throw unmet(
        'a row of examples for every outline',
        'an outline without one',
        `look at ${file}:${line}`,
        file,
        line,
      );
}

function argumentOf(argument: PickleStepArgument | undefined): Pick<ScenarioStep, 'docString' | 'table'> {
  const { docString, dataTable } = argument ?? {};
  return {
    ...(docString && { docString: docString.content }),
    ...(dataTable && { table: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) }),
  };
}
