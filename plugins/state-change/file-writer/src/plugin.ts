import { definePlugin } from '../../../../pdk/define-plugin.ts';
import { fileWriter } from './file-writer.ts';

definePlugin({ 'file-writer': fileWriter });
