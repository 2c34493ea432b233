import { definePlugin } from '../../../../pdk/define-plugin.ts';
import { contractValidator } from './contract-validator.ts';

definePlugin({ 'contract-validator': contractValidator });
