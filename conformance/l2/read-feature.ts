// Reads a .feature file: as much of Gherkin as the built-in steps need. Anything else is refused with its line.

export interface Scenario {
  readonly title: string;
  readonly steps: readonly { readonly line: number; readonly text: string }[];
}

/** The scenarios of `text`. Throws for a line that is none of: Feature, Scenario, Given, When, Then, And, But, a comment, a tag. */
export function readFeature(text: string): Scenario[] {
  const scenarios: { title: string; steps: { line: number; text: string }[] }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || /^[#@]|^Feature:/.test(line)) continue;
    const scenario = /^(?:Scenario|Example): *(.+)$/.exec(line);
    const step = /^(?:Given|When|Then|And|But|\*) +(.+)$/.exec(line);
    if (scenario) scenarios.push({ title: scenario[1]!, steps: [] });
    else if (step && scenarios.length > 0) scenarios.at(-1)!.steps.push({ line: index + 1, text: step[1]! });
    else throw new Error(`expected: Feature, Scenario or a step\ncame: ${line}\nreproduce: look at line ${index + 1}`);
  }
  return scenarios;
}
