import { definePlugin } from '../../../../pdk/define-plugin.ts';
import { gitDiff } from './git-diff.ts';
import { gitLog } from './git-log.ts';
import { gitStatus } from './git-status.ts';

definePlugin({ 'git-status': gitStatus, 'git-diff': gitDiff, 'git-log': gitLog });
