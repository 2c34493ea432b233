import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDecisions } from '../decide.ts';
import { loadModels } from './load-models.ts';
import type { RequirementGraph } from './requirement-graph.ts';

const open = (name: string) =>
  `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="${name}" name="${name}" namespace="urn:${name}">`;
const literal = (text: string, type = 'Any') =>
  `<literalExpression typeRef="${type}"><text>${text}</text></literalExpression>`;
const input = (name: string, type: string) =>
  `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`;
const decision = (name: string, requires: readonly string[], logic: string, type = 'Any') =>
  `<decision id="${name.replace(' ', '-')}" name="${name}"><variable name="${name}" typeRef="${type}"/>${requires.join('')}${logic}</decision>`;
const data = (href: string) => `<informationRequirement><requiredInput href="${href}"/></informationRequirement>`;
const other = (href: string) => `<informationRequirement><requiredDecision href="${href}"/></informationRequirement>`;
const knowledge = (href: string) => `<knowledgeRequirement><requiredKnowledge href="${href}"/></knowledgeRequirement>`;

const base = `${open('base')}
  <itemDefinition name="tItem"><itemComponent name="price"><typeRef>number</typeRef></itemComponent></itemDefinition>
  <itemDefinition name="tBasket" isCollection="true"><typeRef>tItem</typeRef></itemDefinition>
  ${input('basket', 'tBasket')}${input('limit', 'number')}
  <businessKnowledgeModel id="with-tax" name="with tax"><variable name="with tax"/><encapsulatedLogic>
    <formalParameter name="net" typeRef="number"/>${literal('net * 1.5', 'number')}
  </encapsulatedLogic></businessKnowledgeModel>
  ${decision('total', [data('#basket'), knowledge('#with-tax')], literal('with tax(sum(basket.price))'), 'number')}
  ${decision('text only', [data('#basket')], literal('sum(basket.price)'), 'string')}
  ${decision(
    'over',
    [other('#total'), data('#limit')],
    `<decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>total</text></inputExpression></input>
      <output name="over" typeRef="boolean"/>
      <rule><inputEntry><text>&gt; limit</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>
      <rule><inputEntry><text>&lt;= limit</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>
    </decisionTable>`,
  )}
  ${decision('is one', [data('#basket')], literal('[basket instance of tBasket, basket[1] instance of tItem, 1 instance of tItem]'))}
  ${decision(
    'boxes',
    [data('#basket')],
    `<context>
      <contextEntry><variable name="prices"/><for iteratorVariable="item"><in>${literal('basket')}</in><return>${literal('item.price')}</return></for></contextEntry>
      <contextEntry><variable name="cheap"/><filter><in>${literal('prices')}</in><match>${literal('item &lt; 5')}</match></filter></contextEntry>
      <contextEntry><variable name="some"/><some iteratorVariable="price"><in>${literal('prices')}</in><satisfies>${literal('price &gt; 5')}</satisfies></some></contextEntry>
      <contextEntry><variable name="every"/><every iteratorVariable="price"><in>${literal('prices')}</in><satisfies>${literal('price &gt; 5')}</satisfies></every></contextEntry>
      <contextEntry><variable name="rows"/><relation><column name="a"/><column name="b"/><row>${literal('1')}${literal('2')}</row></relation></contextEntry>
      <contextEntry><variable name="list"><description/></variable><list>${literal('1')}${literal('count(prices)')}</list></contextEntry>
    </context>`,
  )}
</definitions>`;
const user = `${open('user')}
  <import name="shop" namespace="urn:base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
  ${decision('doubled', [other('urn:base#total')], literal('shop.total * 2'), 'number')}
</definitions>`;

describe('A decision requirement graph', () => {
  let folder: string;
  let graph: RequirementGraph;
  let importing: RequirementGraph;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arbiter-graph-'));
    await writeFile(join(folder, 'user.dmn'), user);
    await writeFile(join(folder, 'base.dmn'), base);
    [importing, graph] = (await loadModels([join(folder, 'user.dmn'), join(folder, 'base.dmn')])) as [
      RequirementGraph,
      RequirementGraph,
    ];
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const basket = [{ price: 4 }, { price: 6 }];
  async function valueOfDecision(name: string, inputs: Record<string, unknown>): Promise<unknown> {
    return (await graph.decide(name, inputs)).value;
  }

  it('decides what a decision requires before it, with functions of the model', async () => {
    assert.equal(await valueOfDecision('total', { basket }), 15);
    assert.deepEqual(await graph.decide('over', { basket, limit: 14 }), {
      value: true,
      rules: [1],
      scope: { total: 15, limit: 14 },
    });
    assert.equal(await valueOfDecision('over', { basket, limit: 15 }), false);
  });

  it('knows which input data a decision depends on', () => {
    assert.deepEqual(graph.inputsOf('over').sort(), ['basket', 'limit']);
    assert.deepEqual(graph.inputsOf('boxes'), ['basket']);
  });

  it('takes a single value for a list of one, and a value of another type for null', async () => {
    assert.equal(await valueOfDecision('total', { basket: { price: 2 } }), 3);
    assert.equal(await valueOfDecision('total', { basket: [{ price: 'two' }] }), null);
    assert.equal(await valueOfDecision('text only', { basket }), null);
  });

  it('tells values of its own types', async () => {
    assert.deepEqual(await valueOfDecision('is one', { basket }), [true, true, false]);
  });

  it('evaluates boxed expressions', async () => {
    assert.deepEqual(await valueOfDecision('boxes', { basket }), {
      prices: [4, 6],
      cheap: [4],
      some: true,
      every: false,
      rows: [{ a: 1, b: 2 }],
      list: [1, 2],
    });
  });

  it('sees decisions of an imported model under the name of the import', async () => {
    assert.equal((await importing.decide('doubled', { basket })).value, 30);
  });

  it('finds an imported model where the import says, and refuses one that is nowhere', async () => {
    const located = user.replace('importType', 'locationURI="base.dmn" importType');
    await writeFile(join(folder, 'located.dmn'), located);

    const [found] = await loadModels([join(folder, 'located.dmn')]);

    assert.equal((await found?.decide('doubled', { basket }))?.value, 30);
    await assert.rejects(loadModels([join(folder, 'user.dmn')]), {
      code: 'TABLE_INVALID',
      message: `${join(folder, 'user.dmn')} cannot be used: it imports urn:base, which is in no file here.`,
    });
  });

  it('is asked through the tables, with the input data as the recorded inputs', async () => {
    const decisions = await loadDecisions([join(folder, 'base.dmn')]);

    const record = await decisions.decide('over', { basket, limit: 20, other: 1 });

    assert.deepEqual([record.rules, record.output, record.inputs], [[2], false, { basket, limit: 20 }]);
    assert.equal(await decisions.decide('over', record.inputs), record);
  });
});
