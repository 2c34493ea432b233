// Taking more than the limits allow, with limits small enough to be met soon.
import { type Case, plain } from '../case.ts';

// Time enough for a machine that hands out its memory slowly: what is looked for is the limit of memory.
const memory = { category: 'acquisition', limits: { memoryMb: 256, wallMs: 30_000 } } as const;
const noScratch = { process: 'there is no scratch folder of its own, so none with a size' } as const;

export const resourceCases: readonly Case[] = [
  { name: 'memory by one process', ...memory, codes: ['PLUGIN_LIMIT', 'PLUGIN_DIED'] },
  { name: 'memory by several processes', ...memory, codes: ['PLUGIN_LIMIT'], says: /memoryMb/ },
  { name: 'memory by a shared mapping', ...memory, codes: ['PLUGIN_LIMIT'], says: /memoryMb/ },
  { name: 'memory by files in memory', ...memory, codes: ['PLUGIN_LIMIT'], says: /memoryMb/ },
  { name: 'memory by System V shared memory', ...memory, codes: ['PLUGIN_LIMIT'], says: /memoryMb/ },
  {
    ...{ name: 'memory by segments that nobody holds', ...memory, codes: ['PLUGIN_LIMIT'], says: /memoryMb/ },
    openAt: {
      namespaces: 'no process holds it, so none is seen to have it; it is gone with the box. A filter refuses segments',
      process: 'no process holds it, so none is seen to have it',
    },
  },
  { name: 'fill /dev/shm', limits: { scratchMb: 16 }, codes: ['PLUGIN_LIMIT'], openAt: noScratch },
  { name: 'fill the scratch folder', limits: { scratchMb: 16 }, codes: ['PLUGIN_LIMIT'], openAt: noScratch },
  {
    name: 'fill the workspace by ten files',
    category: 'state-change',
    workspace: 'folder',
    limits: { workspaceMb: 8, fileMb: 4 },
    codes: ['PLUGIN_LIMIT'],
    says: /workspaceMb/,
  },
  {
    name: 'fill the workspace by ten files, slowly',
    category: 'state-change',
    workspace: 'folder',
    limits: { workspaceMb: 8, fileMb: 4 },
    codes: ['PLUGIN_LIMIT'],
    says: /workspaceMb/,
  },
  { name: 'write one file too long', limits: { fileMb: 1 }, codes: ['PLUGIN_LIMIT'] },
  { name: 'open too many files', limits: { openFiles: 64 } },
  {
    name: 'start too many threads',
    limits: { processes: 32 },
    codes: ['PLUGIN_LIMIT', 'PLUGIN_DIED'],
    openAt: plain,
  },
  { name: 'CPU time in one process', limits: { cpuSeconds: 1 }, codes: ['PLUGIN_LIMIT'], says: /cpuSeconds/ },
  { name: 'CPU time in several processes', limits: { cpuSeconds: 1 }, codes: ['PLUGIN_LIMIT'], says: /cpuSeconds/ },
  { name: 'CPU time in children that end', limits: { cpuSeconds: 1 }, codes: ['PLUGIN_LIMIT'], says: /cpuSeconds/ },
  {
    name: 'CPU time in children that nobody waits for',
    limits: { cpuSeconds: 1 },
    codes: ['PLUGIN_LIMIT'],
    says: /cpuSeconds/,
  },
  { name: 'time without end', limits: { wallMs: 1_000 }, codes: ['PLUGIN_TIMEOUT'], says: /1000 ms/ },
  {
    name: 'a flood of messages',
    limits: { messagesPerSecond: 50 },
    grants: ['log'],
    codes: ['PLUGIN_LIMIT'],
    says: /messagesPerSecond/,
  },
  {
    name: 'a flood of submitted tasks',
    limits: { messagesPerSecond: 50 },
    grants: ['submit'],
    codes: ['PLUGIN_LIMIT'],
    says: /messagesPerSecond/,
  },
  {
    name: 'a flood of blank lines',
    limits: { outputMbPerSecond: 1 },
    codes: ['PLUGIN_LIMIT'],
    says: /outputMbPerSecond/,
  },
  { name: 'a flood on stderr', limits: { outputMbPerSecond: 1 }, codes: ['PLUGIN_LIMIT'] },
];
