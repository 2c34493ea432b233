import { definePlugin } from '../../../../pdk/define-plugin.ts';
import { branchRouter } from './branch-router.ts';

definePlugin({ 'branch-router': branchRouter });
