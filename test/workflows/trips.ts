// What a campaign runs: trips that are booked side by side and one after the other, and end in each way that there is.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Ending = 'completed' | 'compensated' | 'partly compensated';

export const endings: readonly Ending[] = ['completed', 'compensated', 'partly compensated'];

/** Tools of test/workflow-plugins.ts. The last step fails unless the trip is to be completed. */
export function tripSource(ending: Ending): string {
  const step = (name: string, undo = 'unbook') =>
    `{name: ${name}, tool: book, input: {name: ${name}}, compensate: {tool: ${undo}, input: {name: ${name}}}}`;
  return `
name: Trip
chain: saga
steps:
  - ${step('hotel')}
  - name: rides
    parallel:
      - ${step('flight', ending === 'partly compensated' ? 'refuse' : 'unbook')}
      - ${step('car')}
  - ${step('guide')}
  - {name: insurance, tool: ${ending === 'completed' ? 'book' : 'refuse'}, input: {name: insurance}}
`;
}

/** The same trip as a diagram: all of it in a sub-process, whose errors are caught at its edge. */
export function tripDiagram(ending: Ending): string {
  const refusing = ending === 'partly compensated' ? 'flight' : '';
  const input = (name: string) =>
    `<bpmn:extensionElements><arbiter:input>{"name": "${name}"}</arbiter:input></bpmn:extensionElements>`;
  const step = (name: string) => `
<bpmn:serviceTask id="${name}" arbiter:tool="book">${input(name)}</bpmn:serviceTask>
<bpmn:boundaryEvent id="${name}-booked" attachedToRef="${name}"><bpmn:compensateEventDefinition id="${name}-c"/></bpmn:boundaryEvent>
<bpmn:serviceTask id="undo-${name}" isForCompensation="true" arbiter:tool="${name === refusing ? 'refuse' : 'unbook'}">${input(name)}</bpmn:serviceTask>
<bpmn:association id="${name}-a" associationDirection="One" sourceRef="${name}-booked" targetRef="undo-${name}"/>`;
  const flow = (from: string, to: string) =>
    `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}"/>`;
  const last = ending === 'completed' ? 'book' : 'refuse';
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:arbiter="urn:arbiter:bpmn:1" id="definitions" targetNamespace="urn:trip">
<bpmn:process id="trip" isExecutable="true"><bpmn:startEvent id="start"/>
<bpmn:subProcess id="all"><bpmn:startEvent id="in"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>
${['hotel', 'flight', 'car', 'guide'].map(step).join('')}
<bpmn:serviceTask id="insurance" arbiter:tool="${last}">${input('insurance')}</bpmn:serviceTask><bpmn:endEvent id="out"/>
${flow('in', 'hotel')}${flow('hotel', 'fork')}${flow('fork', 'flight')}${flow('fork', 'car')}${flow('flight', 'join')}${flow('car', 'join')}
${flow('join', 'guide')}${flow('guide', 'insurance')}${flow('insurance', 'out')}</bpmn:subProcess>
<bpmn:boundaryEvent id="failed" attachedToRef="all"><bpmn:errorEventDefinition id="failure"/></bpmn:boundaryEvent>
<bpmn:endEvent id="booked"/><bpmn:endEvent id="given-up"><bpmn:compensateEventDefinition id="give-up"/></bpmn:endEvent>
${flow('start', 'all')}${flow('all', 'booked')}${flow('failed', 'given-up')}
</bpmn:process></bpmn:definitions>
`;
}

/** What is wrong with what a trip left in its workspace: each booking once, and each compensation once. */
export function tripFaults(workspace: string, ending: Ending): string[] {
  return ['hotel', 'flight', 'car', 'guide', 'insurance'].flatMap((name) => {
    const file = join(workspace, `${name}.log`);
    const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const expected = expectedLog(name, ending);
    return found === expected ? [] : [`${file}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`];
  });
}

function expectedLog(name: string, ending: Ending): string {
  if (ending === 'completed') return `+${name}\n`;
  if (name === 'insurance') return '';
  const kept = ending === 'partly compensated' && name === 'flight';
  return kept ? `+${name}\n` : `+${name}\n-${name}\n`;
}
