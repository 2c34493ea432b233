import { definePlugin } from '../../../../pdk/define-plugin.ts';
import { parseLines } from './jsonl-parser.ts';
import { validateTask } from './task-validator.ts';

definePlugin({ 'jsonl-parser': parseLines, 'task-validator': validateTask });
